"""Pages, cursors, kills, rate limits and secrets: how the account is read."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from hedgerow.warehouse.landing.raw import UnableToRead
from tests.integrations.stripe.conftest import Account
from tests.integrations.stripe.fake_server import KEY, Failure
from tests.integrations.stripe.objects import SECRET, at, customer, invoice, line, refund, transaction


def many(account: Account, invoices: int = 7, *, page_size: int = 3) -> None:
    account.fake.page_size = page_size
    account.fake.add("customers", customer("cus_a"))
    account.fake.add("invoices", *(invoice(f"in_{i}", "cus_a", [line(100 + i)], created=f"2025-11-0{i + 1}")
                                   for i in range(invoices)))


def ids(account: Account, **options: str) -> list[str]:
    return [row[0] for row in account.rows("invoices", "invoice_id", **options)]


class Killed(BaseException):
    """As a signal would: not an Exception, so nothing may swallow it."""


def killed_at(text: str) -> Any:
    def say(found: str) -> None:
        if found == text:
            raise Killed
    return say


def test_all_pages_and_all_lines_of_an_invoice_are_read(account: Account) -> None:
    """7 invoices in pages of 3; 25 lines of which 10 stand in the invoice itself."""
    many(account)
    account.fake.add("invoices", invoice("in_long", "cus_a", [line(i + 1) for i in range(25)]))
    assert ids(account) == [*(f"in_{i}" for i in range(7)), "in_long"]
    lines = account.rows("invoice_lines", "invoice_id", "net_amount")
    assert len([1 for key, _ in lines if key == "in_long"]) == 25
    assert len(account.fake.paths("/v1/invoices/in_long/lines")) == 5  # 15 further lines in pages of 3, once


def test_a_kill_in_the_middle_continues_where_it_stopped(account: Account) -> None:
    many(account)
    with pytest.raises(Killed):
        account.read(say=killed_at("invoices 6"))
    state = json.loads((account.folder / "state.json").read_text())
    assert state["walk"]["after"] == "in_4"  # the page after it was read, but its place was not noted yet
    account.fake.log.clear()
    assert ids(account) == [f"in_{i}" for i in range(7)]
    assert account.fake.paths("/v1/customers?") == []
    assert [path.split("starting_after=")[1] for path in account.fake.paths("/v1/invoices?") if "after" in path] == [
        "in_4", "in_1"]
    assert len((account.folder / "invoices.jsonl").read_text().splitlines()) == 7  # nothing twice


def test_a_torn_last_line_is_cut_off_and_read_again(account: Account) -> None:
    many(account)
    with pytest.raises(Killed):
        account.read(say=killed_at("invoices 6"))
    file = account.folder / "invoices.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole[:-40])
    assert ids(account) == [f"in_{i}" for i in range(7)]
    assert all(json.loads(found)["id"] for found in file.read_text().splitlines())


def test_a_line_damaged_in_the_middle_is_named(account: Account) -> None:
    many(account)
    account.read()
    file = account.folder / "invoices.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], "{", *lines[2:]]) + "\n")
    with pytest.raises(UnableToRead, match=r"invoices\.jsonl:2") as refused:
        account.read()
    assert refused.value.code == "cache_damaged"


def test_a_page_that_starts_after_a_deleted_object_starts_again(account: Account) -> None:
    many(account)
    with pytest.raises(Killed):
        account.read(say=killed_at("invoices 6"))
    account.fake.objects["invoices"] = [one for one in account.fake.objects["invoices"] if one["id"] != "in_4"]
    assert {f"in_{i}" for i in (0, 1, 2, 3, 5, 6)} <= set(ids(account))


def test_a_second_import_without_news_changes_nothing(account: Account) -> None:
    many(account)
    account.land()
    before = {file.name: file.read_bytes() for file in account.folder.glob("*.jsonl")}
    result = account.land()
    assert result.is_unchanged
    assert not result.is_stored
    assert {file.name: file.read_bytes() for file in account.folder.glob("*.jsonl")} == before


def test_a_second_import_lists_the_window_only(account: Account) -> None:
    """The newest is of 2025-11-07; 60 days before it is 2025-09-08, which is in. A minute earlier is not asked for."""
    account.fake.add("customers", customer("cus_a"))
    for name, day in (("in_new", "2025-11-07"), ("in_edge", "2025-09-08"), ("in_old", "2025-09-07 23:59")):
        account.fake.add("invoices", invoice(name, "cus_a", [line(100)], created=day))
    account.read()
    for one in account.fake.objects["invoices"]:
        one["currency"] = "eur"
    account.fake.log.clear()
    assert account.rows("invoices", "invoice_id", "currency") == [
        ("in_edge", "EUR"), ("in_new", "EUR"), ("in_old", "USD")]
    assert account.fake.paths("/v1/invoices?")[0] == (
        f"/v1/invoices?limit=100&created%5Bgte%5D={at('2025-09-08')}")
    assert account.rows("invoices", "invoice_id", "currency", full="true")[2] == ("in_old", "EUR")


@pytest.mark.parametrize(("before", "after"), [("open", "paid"), ("open", "void"), ("draft", "open"),
                                               ("uncollectible", "paid"), ("open", None)])
def test_an_old_invoice_that_settles_later_is_seen(account: Account, before: str, after: str | None) -> None:
    """It is older than the window; None: a draft that was deleted."""
    many(account)
    old = invoice("in_old", "cus_a", [line(900)], created="2024-01-01", status=before)
    account.fake.add("invoices", old)
    account.read()
    if after is None:
        account.fake.objects["invoices"].remove(old)
        assert "in_old" not in ids(account)
    else:
        old["status"] = after
        assert ("in_old", after) in account.rows("invoices", "invoice_id", "status")
    assert ids(account).count("in_old") == (after is not None)


def test_a_customer_renamed_and_deleted(account: Account) -> None:
    """A change is seen at once; a deleted customer keeps what was known of it."""
    many(account)
    account.fake.add("customers", customer("cus_b", "Bob Inc"))
    account.read()
    account.fake.objects["customers"][0]["name"] = "Ada Group"
    assert ("cus_a", "Ada Group") in account.rows("accounts", "customer_id", "name")
    account.fake.objects["customers"].pop(0)
    account.fake.objects["customers"].append({"id": "cus_a", "object": "customer", "deleted": True, "created": 0})
    assert ("cus_a", "Ada Group") in account.rows("accounts", "customer_id", "name")


def test_balances_are_read_for_who_has_one_and_again_when_it_moved(account: Account) -> None:
    many(account)
    account.fake.add("customers", customer("cus_b", balance=-500), customer("cus_c"))
    account.fake.add("balance_transactions", transaction("cbtxn_1", "cus_b", -500, "adjustment"))
    account.read()
    assert account.fake.paths("/v1/customers/") == ["/v1/customers/cus_b/balance_transactions?limit=100"]
    account.fake.log.clear()
    account.read()
    assert [path for path in account.fake.log if "balance_transactions" in path] == []
    account.fake.objects["customers"][1]["balance"] = -700
    account.fake.add("balance_transactions", transaction("cbtxn_2", "cus_b", -200, "adjustment"))
    assert account.rows("credit_events", "credit_event_id", "amount") == [("cbtxn_1", "5.00"), ("cbtxn_2", "2.00")]


# -- trouble -----------------------------------------------------------------------------------------------------------


def test_retry_after_is_honoured_without_really_sleeping(account: Account) -> None:
    many(account)
    account.fake.failures = [Failure("/v1/invoices", 2, 429, {"Retry-After": "17"}, times=2)]
    assert len(ids(account)) == 7
    assert account.slept == [17, 17]


def test_a_500_and_a_429_without_a_time_back_off(account: Account) -> None:
    many(account)
    account.fake.failures = [Failure("/v1/invoices", 1, 500, times=3), Failure("/v1/customers", 1, 429)]
    assert len(ids(account)) == 7
    assert account.slept == [1, 1, 2, 4]


def test_a_wait_of_hours_is_cut_to_minutes(account: Account) -> None:
    many(account)
    account.fake.failures = [Failure("/v1/customers", 1, 429, {"Retry-After": "86400"})]
    account.read()
    assert account.slept == [300]


def test_a_server_that_stays_down_keeps_what_was_read(account: Account) -> None:
    many(account)
    account.fake.failures = [Failure("/v1/invoices", 2, 503, times=8)]
    with pytest.raises(UnableToRead) as refused:
        account.read()
    assert refused.value.code == "stripe_error"
    assert account.slept == [1, 2, 4, 8, 16, 32, 60]
    assert len((account.folder / "invoices.jsonl").read_text().splitlines()) == 3
    assert len(ids(account)) == 7


def test_endless_rate_limits_are_a_refusal_of_their_own(account: Account) -> None:
    account.fake.failures = [Failure("/v1/products", 1, 429, times=99)]
    with pytest.raises(UnableToRead) as refused:
        account.read()
    assert refused.value.code == "rate_limited"


def test_nobody_there(account: Account) -> None:
    account.fake.base = "http://127.0.0.1:9"
    with pytest.raises(UnableToRead) as refused:
        account.read()
    assert (refused.value.code, len(account.slept)) == ("unreachable", 7)


def test_a_kind_that_the_key_may_not_read_is_named_and_can_be_left_out(account: Account) -> None:
    many(account)
    account.fake.failures = [Failure("/v1/credit_notes", 1, 403, times=99)]
    with pytest.raises(UnableToRead, match="skip=credit_notes") as refused:
        account.read()
    assert refused.value.code == "not_permitted"
    delivery = account.read(skip="credit_notes")
    assert any("credit_notes" in note for note in delivery.notes)


def test_a_server_that_does_not_know_a_kind_says_so(account: Account) -> None:
    many(account)
    account.fake.failures = [Failure("/v1/prices", 1, 404, times=99)]
    with pytest.raises(UnableToRead, match="skip=prices"):
        account.read()
    assert len(ids(account, skip="prices")) == 7


def test_an_invoice_deleted_between_its_page_and_its_lines_is_left_for_the_next_import(account: Account) -> None:
    account.fake.add("customers", customer("cus_a"))
    account.fake.add("invoices", invoice("in_long", "cus_a", [line(1) for _ in range(11)], status="draft"))
    account.fake.failures = [Failure("/v1/invoices/in_long/lines", 1, 404)]
    assert account.rows("invoices", "invoice_id") == []
    assert account.rows("invoice_lines", "invoice_id") == [("in_long",)] * 11


def test_a_folder_of_another_account_is_refused(account: Account) -> None:
    many(account)
    account.read()
    account.fake.objects["customers"] = [customer("cus_x")]
    with pytest.raises(UnableToRead) as refused:
        account.read()
    assert refused.value.code == "other_account"


def test_two_imports_at_once_do_not_share_a_folder(account: Account) -> None:
    many(account)

    def say(text: str) -> None:
        if text == "invoices 3":
            with pytest.raises(UnableToRead) as refused:
                account.read()
            codes.append(refused.value.code)

    codes: list[str] = []
    account.read(say=say)
    assert codes == ["busy"]


# -- secrets -----------------------------------------------------------------------------------------------------------


def test_no_key_no_secret_and_no_address_is_stored_or_said(account: Account,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    many(account)
    account.fake.add("refunds", refund("re_1", 100, None))
    account.land()
    stored = b"".join(file.read_bytes() for file in account.root.rglob("*") if file.is_file())
    said = "".join([*account.said, *capsys.readouterr()])
    for secret in (KEY, SECRET, "Secret Street", "555 0100"):
        assert secret.encode() not in stored
        assert secret not in said
    assert b"Ada Ltd" in stored  # the search would find what is there
    assert "invoices" in said


def test_the_key_is_in_no_message_even_when_stripe_repeats_it(account: Account) -> None:
    account.fake.failures = [Failure("/v1/products", 1, 400)]
    with pytest.raises(UnableToRead) as refused:
        account.read()
    assert "refused with" in refused.value.message
    assert KEY not in refused.value.message
    assert refused.value.__cause__ is None


def test_files_are_for_their_owner_only(account: Account) -> None:
    many(account)
    account.read()
    assert os.stat(account.folder).st_mode & 0o077 == 0
    assert os.stat(account.folder / "customers.jsonl").st_mode & 0o077 == 0


@pytest.mark.parametrize(("environ", "code"), [
    ({}, "no_api_key"), ({"STRIPE_API_KEY": "  "}, "no_api_key"), ({"STRIPE_API_KEY": "sk\n_1"}, "bad_api_key"),
    ({"STRIPE_API_KEY": "sk_1", "HEDGEROW_STRIPE_API_BASE": "http://stripe.example"}, "insecure_base"),
    ({"STRIPE_API_KEY": "sk_1", "HEDGEROW_STRIPE_API_BASE": "http://127.0.0.1.example"}, "insecure_base"),
])
def test_access_that_is_refused_before_any_request(environ: dict[str, str], code: str) -> None:
    from hedgerow.integrations.stripe.client import Access

    with pytest.raises(UnableToRead) as refused:
        Access.of(environ)
    assert refused.value.code == code


def test_our_own_variable_wins_and_a_wrong_key_is_said_to_be_one(account: Account) -> None:
    from hedgerow.integrations.stripe.client import Access

    access = Access.of({"STRIPE_API_KEY": "sk_1", "HEDGEROW_STRIPE_API_KEY": "rk_2"})
    assert (access.key, "rk_2" in repr(access)) == ("rk_2", False)
    account.monkeypatch.setattr("tests.integrations.stripe.fake_server.KEY", "sk_test_another")
    with pytest.raises(UnableToRead) as refused:
        account.read()
    assert (refused.value.code, account.slept) == ("bad_api_key", [])


@pytest.mark.parametrize("options", [{"lookback_days": "-1"}, {"full": "yes"}, {"skip": "everything"}, {"since": "1"}])
def test_an_option_that_is_none(account: Account, options: dict[str, str]) -> None:
    with pytest.raises(UnableToRead) as refused:
        account.read(**options)
    assert refused.value.code == "bad_option"
    assert account.fake.log == []
