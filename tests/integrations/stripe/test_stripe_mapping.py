"""What becomes of each kind of object, at the edges: currencies, tax, coupons, prorations, years, refunds, credit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.stripe.conftest import Account
from tests.integrations.stripe.objects import (
    at,
    credit_note,
    customer,
    invoice,
    invoice_payment,
    line,
    metered,
    note_line,
    price,
    product,
    refund,
    subscription,
    transaction,
)

INVOICE = ("invoice_id", "period_start", "period_end")


def codes(account: Account, **options: str) -> list[tuple[str, bool]]:
    """Notices, and refusals of objects that could not be read."""
    delivery = account.read(**options)
    found = [*delivery.problems, *(problem for raw in delivery.tables for problem in raw.unreadable)]
    return sorted((problem.code, problem.is_error) for problem in found)


@pytest.fixture
def ada(account: Account) -> Account:
    account.fake.add("customers", customer("cus_a"))
    account.fake.add("products", product("prod_a"))
    account.fake.add("prices", metered("price_a", "prod_a", unit_amount=2),
                     price("price_b", "prod_a", unit_amount=9900))
    return account


# -- accounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("metadata", "config"), [
    ({}, "paid"), ({"is_startup_plan_customer": "true"}, "startup"), ({"is_startup_plan_customer": " YES "}, "startup"),
    ({"is_startup_plan_customer": "1"}, "startup"), ({"is_startup_plan_customer": "No"}, "paid"),
    ({"is_startup_plan_customer": "0"}, "paid"), ({"is_startup_plan_customer": ""}, "paid"),
    ({"is_startup_plan_customer": "perhaps"}, "startup"),
    ({"billing_config": "annual_upfront", "is_startup_plan_customer": "true"}, "annual_upfront"),
])
def test_billing_configuration_from_metadata(account: Account, metadata: dict[str, str], config: str) -> None:
    """AUTO-11: metadata is text; what is neither yes nor no reads as true. A stated configuration wins."""
    account.fake.add("customers", customer("cus_a", metadata=metadata))
    assert account.rows("accounts", "billing_config", "is_startup_plan_customer") == [
        (config, metadata.get("is_startup_plan_customer"))]


@pytest.mark.parametrize(("stated", "read"), [("1767225600", "2026-01-01T00:00:00"), ("2026-01-01", "2026-01-01"),
                                              ("20260101", "20260101"), (None, None)])
def test_credit_expiry_is_text_or_seconds(account: Account, stated: str | None, read: str | None) -> None:
    account.fake.add("customers", customer("cus_a", metadata={"credit_expires_at": stated} if stated else {}))
    assert account.rows("accounts", "credit_expires_at") == [(read,)]


def test_unclear_metadata_lands_and_is_reported(account: Account) -> None:
    account.fake.add("customers", customer("cus_a", metadata={"is_startup_plan_customer": "perhaps"}))
    assert [problem.code for problem in account.land().problems] == ["metadata_unclear"]


def test_a_customer_deleted_before_the_first_import_is_named_from_its_invoices(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_gone", [line(100)], customer_name="Gone Ltd"))
    assert ("cus_gone", "Gone Ltd") in ada.rows("accounts", "customer_id", "name")
    assert codes(ada) == [("customer_not_listed", False)]


@pytest.mark.parametrize(("ended", "end_date"), [(None, None), ("2025-10-15", "2025-10-15"),
                                                 ("2025-10-15 00:01", "2025-10-16")])
def test_a_subscription_ends_the_day_after_its_last(ada: Account, ended: str | None, end_date: str | None) -> None:
    """Ended at midnight: the day before was the last. One minute later: that day was."""
    ada.fake.add("subscriptions", subscription("sub_1", "cus_a", "2025-09-01", ended_at=at(ended) if ended else None),
                 subscription("sub_2", "cus_a", "2025-09-01", status="incomplete_expired"))
    assert ada.rows("subscriptions", "subscription_id", "end_date", "monthly_amount") == [("sub_1", end_date, None)]
    assert codes(ada) == [("subscription_never_started", False)]


# -- catalogue ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cents", "dollars"), [("0.00343", "0.0000343"), ("0.00000001", "0.0000000001"),
                                                ("12", "0.12"), ("100", "1"), ("123456789012.5", "1234567890.125")])
def test_unit_prices_keep_every_place(ada: Account, cents: str, dollars: str) -> None:
    ada.fake.objects["prices"] = [metered("price_a", "prod_a", unit_amount_decimal=cents)]
    assert ada.rows("price_tiers", "tier", "up_to", "unit_price") == [("1", None, dollars)]


def test_a_price_finer_than_ten_places_is_refused_by_name(ada: Account) -> None:
    ada.fake.objects["prices"] = [metered("price_a", "prod_a", unit_amount_decimal="0.000000001")]
    assert [problem.code for problem in ada.land().problems] == ["unit_price_too_fine"]


def test_prices_that_the_contract_cannot_say_are_named(ada: Account) -> None:
    ada.fake.objects["prices"] = [
        metered("p_volume", "prod_a", billing_scheme="tiered", tiers_mode="volume", tiers=[]),
        metered("p_package", "prod_a", unit_amount=5, transform_quantity={"divide_by": 1000, "round": "up"}),
        price("p_open", "prod_a"), price("p_yen", "prod_a", currency="jpy", unit_amount=5)]
    assert ada.rows("prices", "price_id", "flat_amount") == [("p_open", None), ("p_package", None), ("p_volume", None)]
    assert ada.rows("price_tiers", "price_id") == []
    assert codes(ada) == [("currency_not_supported", False), *[("price_without_tiers", False)] * 3]


def test_two_products_of_one_key_are_one_product(ada: Account) -> None:
    """The one made first names it, whatever the order of the list."""
    ada.fake.objects["products"] = [
        product("prod_b", name="New", created=at("2025-02-01"), metadata={"product_key": "replay"}),
        product("prod_a", name="Old", created=at("2024-02-01"), metadata={"product_key": "replay"})]
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100, "prod_b"), line(200, "prod_a"), line(1, "prod_x")]))
    assert ada.rows("products", "product_key", "name") == [("replay", "Old")]
    assert ada.rows("invoice_lines", "product_key", "net_amount") == [
        ("prod_x", "0.01"), ("replay", "1.00"), ("replay", "2.00")]
    assert codes(ada) == [("product_key_shared", False)]


# -- invoices ----------------------------------------------------------------------------------------------------------


def test_coupons_and_tax_inside_the_amount_are_taken_out(ada: Account) -> None:
    """120.00 with 20.00 of tax inside, 10.00 + 5.00 of coupons: list 100.00, net 85.00, tax 20.00; total 105.00."""
    inside = [{"amount": 2000, "tax_behavior": "inclusive", "type": "tax_rate_details"}]
    outside = [{"amount": 700, "tax_behavior": "exclusive", "type": "tax_rate_details"}]
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(12000, discounts=(1000, 500), taxes=inside)],
                                     total_taxes=inside, total=10500),
                 invoice("in_2", "cus_a", [line(10000, taxes=outside)], tax=700))
    assert ada.rows("invoice_lines", "invoice_id", "list_amount", "net_amount") == [
        ("in_1", "100.00", "85.00"), ("in_2", "100.00", "100.00")]
    assert ada.rows("invoices", "invoice_id", "tax_amount", "total_amount") == [
        ("in_1", "20.00", "105.00"), ("in_2", "7.00", "107.00")]
    assert codes(ada) == []


def test_prorations_negative_lines_and_trials_of_nothing_are_kept(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [
        line(-5000, start="2025-10-15", proration=True), line(9000, start="2025-10-15", proration=True)]),
        invoice("in_trial", "cus_a", [line(0)]), invoice("in_minus", "cus_a", [line(-100)]))
    assert ada.rows("invoice_lines", "invoice_id", "net_amount") == [
        ("in_1", "-50.00"), ("in_1", "90.00"), ("in_minus", "-1.00"), ("in_trial", "0.00")]
    assert codes(ada) == []


def test_an_invoice_that_does_not_add_up_is_named_by_the_cent(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100)], total=101), invoice("in_2", "cus_a", [line(100)]))
    assert [(problem.code, problem.value) for problem in ada.read().problems] == [
        ("lines_do_not_add_up", "in_1")]


def test_shipping_is_a_line_of_no_product(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100)], total=600, shipping_cost={
        "amount_subtotal": 500, "amount_tax": 0, "amount_total": 500}))
    assert ("in_1#shipping", None, "5.00") in ada.rows("invoice_lines", "line_id", "product_key", "net_amount")
    assert codes(ada) == []


@pytest.mark.parametrize("status", ["draft", "open", "paid", "void", "uncollectible"])
def test_the_state_is_stripes_own_word(ada: Account, status: str) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100)], status=status))
    assert ada.rows("invoices", "status", "type") == [(status, "completed")]


@pytest.mark.parametrize(("currency", "amount", "shown"), [
    ("eur", 1050, "10.50"), ("jpy", 1050, "1050.00"), ("kwd", 1050, "1.050"), ("usd", -5, "-0.05")])
def test_amounts_are_scaled_as_their_currency_is(ada: Account, currency: str, amount: int, shown: str) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(amount)], currency=currency))
    assert ada.rows("invoice_lines", "net_amount") == [(shown,)]
    assert ada.rows("invoices", "currency") == [(currency.upper(),)]


def test_another_currency_is_refused_by_name_and_the_rest_goes_on(ada: Account) -> None:
    """REV-2 bad input: no silent conversion. Its lines go with it."""
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(1050)], currency="jpy"),
                 invoice("in_2", "cus_a", [line(100)]))
    result = ada.land()
    assert [problem.message for problem in result.problems if problem.code == "currency_not_supported"] == [
        "currency JPY not supported; convert at source"]
    assert {(counts.table, counts.stored, counts.refused) for counts in result.counts} >= {
        ("invoices", 1, 1), ("invoice_lines", 1, 1)}


@pytest.mark.parametrize("broken", [{"amount": 10.5}, {"amount": "100"}, {"amount": True}, {"period": {"start": "x",
                                                                                                      "end": "y"}}])
def test_a_value_of_another_kind_is_named_and_never_guessed(ada: Account, broken: dict[str, Any]) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100)]), invoice("in_2", "cus_a", [line(100)]))
    ada.fake.objects["invoices"][0]["lines"][0].update(broken)
    assert ada.rows("invoices", "invoice_id") == [("in_2",)]
    assert codes(ada) == [("unexpected_shape", True)]
    counts = {counts.table: (counts.stored, counts.refused) for counts in ada.land().counts}
    assert (counts["invoices"], counts["invoice_lines"]) == ((1, 1), (1, 0))


@pytest.mark.parametrize(("config", "balance", "classification"), [
    ("startup", 0, "startup"), ("annual_upfront", -100, "annual"), ("annual_upfront", 0, "standard"),
    ("paid", -100, "standard")])
def test_classification_follows_the_configuration(account: Account, config: str, balance: int,
                                                  classification: str) -> None:
    """REV-11: an annual customer's invoice without any credit is pay-as-you-go at the standard rate."""
    account.fake.add("customers", customer("cus_a", metadata={"billing_config": config}))
    account.fake.add("invoices", invoice("in_1", "cus_a", [line(100)], starting_balance=balance))
    assert account.rows("invoices", "classification", skip="balance_transactions") == [(classification,)]


# -- periods -----------------------------------------------------------------------------------------------------------


def test_usage_decides_the_period_and_the_flat_fee_in_advance_follows(ada: Account) -> None:
    """REV-33: October's usage and November's fee on one invoice; both count in October."""
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100), line(9900, "prod_a", "price_b", start="2025-11-01",
                                                                       end="2025-12-01")]))
    assert ada.rows("invoices", *INVOICE) == [("in_1", "2025-10-01T00:00:00", "2025-11-01T00:00:00")]


def test_a_fee_alone_has_its_own_period_beside_prorations(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [
        line(-100, "prod_a", "price_b", start="2025-10-20", end="2025-11-01", proration=True),
        line(9900, "prod_a", "price_b", start="2025-11-01", end="2025-12-01")]))
    assert ada.rows("invoices", *INVOICE) == [("in_1", "2025-11-01T00:00:00", "2025-12-01T00:00:00")]


def test_without_any_span_the_month_of_issue_counts(ada: Account) -> None:
    moment = {"start": at("2025-11-30"), "end": at("2025-11-30")}
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(100, None, None, period=moment)],
                                     created="2025-11-30 23:59"))
    assert ada.rows("invoices", *INVOICE) == [("in_1", "2025-11-01T00:00:00", "2025-12-01T00:00:00")]


def test_an_invoice_without_lines_keeps_its_dates(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", []))
    assert ada.rows("invoices", *INVOICE) == [("in_1", "2025-10-01T00:00:00", "2025-11-01T00:00:00")]


def test_a_year_paid_at_once_is_spread_over_its_months(ada: Account) -> None:
    """REV-30, REV-32: 1000.00 from 21 September over 12 months; the parts add up, October is the first month."""
    ada.fake.add("invoices", invoice("in_1", "cus_a", [
        line(100000, "prod_a", "price_b", start="2025-09-21", end="2026-09-21", id="il_year")], tax=1200))
    rows = ada.rows("invoices", "invoice_id", "period_start", "tax_amount")
    assert rows[0] == ("in_1#2025-10", "2025-09-21T00:00:00", "1.00")
    assert [row[0][-7:] for row in rows] == [f"2025-{m}" for m in (10, 11, 12)] + [f"2026-0{m}" for m in range(1, 10)]
    amounts = [amount for _, amount in ada.rows("invoice_lines", "invoice_id", "net_amount")]
    assert amounts == ["83.33", "83.34", "83.33"] * 4


def test_a_year_beside_usage_is_spread_and_the_usage_is_not(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [
        line(600), line(120000, "prod_a", "price_b", start="2025-11-01", end="2026-11-01")]))
    rows = ada.rows("invoices", "invoice_id", "period_end")
    assert (len(rows), rows[0], rows[1]) == (13, ("in_1", "2025-11-01T00:00:00"),
                                             ("in_1#2025-11", "2025-12-01T00:00:00"))


def test_a_void_year_is_one_row(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(120000, end="2026-10-01")], status="void"))
    assert ada.rows("invoices", "invoice_id") == [("in_1",)]


# -- refunds -----------------------------------------------------------------------------------------------------------


def test_a_credit_note_splits_by_product_and_what_is_left_by_none(ada: Account) -> None:
    """30.00 of prod_a, 10.00 of prod_b less 1.00 coupon, 2.00 of no line, 4.10 tax: 45.10 in all."""
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(5000, id="il_1"), line(5000, "prod_b", id="il_2")]))
    ada.fake.add("credit_notes", credit_note("cn_1", "in_1", [
        note_line(3000, "il_1"), note_line(1000, "il_2", discount_amounts=[{"amount": 100, "discount": "di_1"}]),
        note_line(200)], total=4510), credit_note("cn_void", "in_1", [note_line(1, "il_1")], total=1, status="void"))
    assert ada.rows("refunds", "refund_id", "product_key", "amount") == [
        ("cn_1", "prod_a", "30.00"), ("cn_1#2", "prod_b", "9.00"), ("cn_1#3", None, "6.10")]


def test_a_refund_inside_a_credit_note_counts_once(ada: Account) -> None:
    """The note gave 20.00 of the refund's 25.00: 5.00 are left for the refund itself; a whole one leaves nothing."""
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(5000, id="il_1")]))
    ada.fake.add("credit_notes", credit_note("cn_1", "in_1", [note_line(2000, "il_1")], total=2000, refunds=[
        {"amount_refunded": 2000, "refund": "re_part", "type": "refund"}]))
    ada.fake.add("credit_notes", credit_note("cn_2", "in_1", [note_line(700, "il_1")], total=700, refunds=[
        {"amount_refunded": 700, "refund": {"id": "re_whole", "object": "refund"}, "type": "refund"}]))
    ada.fake.add("refunds", refund("re_part", 2500, "pi_1"), refund("re_whole", 700, "pi_1"),
                 refund("re_failed", 900, "pi_1", status="failed"))
    ada.fake.add("invoice_payments", invoice_payment("in_1", "pi_1"))
    assert ada.rows("refunds", "refund_id", "amount") == [("cn_1", "20.00"), ("cn_2", "7.00"), ("re_part", "5.00")]


def test_a_refund_of_a_payment_without_invoice_is_named(ada: Account) -> None:
    ada.fake.add("refunds", refund("re_1", 900, "pi_alone"), refund("re_2", 900, None))
    assert ada.rows("refunds", "refund_id") == []
    assert codes(ada) == [("refund_without_invoice", False)] * 2


def test_a_refund_of_a_year_is_spread_like_the_year(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_1", "cus_a", [
        line(120000, "prod_a", "price_b", start="2025-10-01", end="2026-10-01", id="il_1")]))
    ada.fake.add("credit_notes", credit_note("cn_1", "in_1", [note_line(1200, "il_1")], total=1200))
    rows = ada.rows("refunds", "refund_id", "invoice_id", "product_key", "amount")
    assert len(rows) == 12
    assert rows[0] == ("cn_1@in_1#2025-10", "in_1#2025-10", "prod_a", "1.00")


# -- credit ------------------------------------------------------------------------------------------------------------


def credit_of(account: Account, *transactions: dict[str, Any], start: int, end: int = 0) -> Any:
    account.fake.add("invoices", invoice("in_1", "cus_a", [line(10000)], starting_balance=start, ending_balance=end))
    account.fake.add("balance_transactions", *transactions)
    return account.rows("invoices", "credit_applied_amount")


def test_given_credit_lowers_the_invoice_and_the_event_has_its_month(ada: Account) -> None:
    """Given in June, applied in October: the event belongs to October."""
    assert credit_of(ada, transaction("t1", "cus_a", -3000, "adjustment", created="2025-06-01"),
                     transaction("t2", "cus_a", 2000, "applied_to_invoice", of_invoice="in_1"),
                     start=-3000, end=-1000) == [("20.00",)]
    assert ada.rows("credit_events", "amount", "month", "reason") == [("30.00", "2025-10", "Other")]


def test_credit_that_lowered_nothing_yet_has_the_month_of_its_creation(ada: Account) -> None:
    ada.fake.objects["customers"][0]["balance"] = -3000
    ada.fake.add("balance_transactions", transaction("t1", "cus_a", -3000, "adjustment", created="2025-06-30 23:59",
                                                     metadata={"reason": "Bug credit"}))
    assert ada.rows("credit_events", "month", "reason") == [("2025-06", "Bug Credit")]


def test_the_customers_own_money_is_no_credit(ada: Account) -> None:
    """A credit note lowered its own invoice already (REV-34); paying the next one with it lowers nothing again."""
    assert credit_of(ada, transaction("t1", "cus_a", -3000, "credit_note"),
                     transaction("t2", "cus_a", -1000, "adjustment"),
                     transaction("t3", "cus_a", 3500, "applied_to_invoice", of_invoice="in_1"),
                     start=-4000, end=-500) == [("5.00",)]


def test_a_debt_is_paid_before_credit_is_had(ada: Account) -> None:
    """15.00 owed on the balance, 20.00 given: 5.00 of credit are there for the invoice."""
    assert credit_of(ada, transaction("t1", "cus_a", 1500, "adjustment"),
                     transaction("t2", "cus_a", -2000, "adjustment"),
                     transaction("t3", "cus_a", 500, "applied_to_invoice", of_invoice="in_1"),
                     start=-500) == [("5.00",)]
    assert codes(ada) == [("balance_charge", False)]


def test_a_voided_invoice_gives_its_credit_back(ada: Account) -> None:
    ada.fake.add("invoices", invoice("in_2", "cus_a", [line(10000)], starting_balance=-3000))
    assert credit_of(ada, transaction("t1", "cus_a", -3000, "adjustment"),
                     transaction("t2", "cus_a", 3000, "applied_to_invoice", of_invoice="in_1"),
                     transaction("t3", "cus_a", -3000, "unapplied_from_invoice", of_invoice="in_1"),
                     transaction("t4", "cus_a", 3000, "applied_to_invoice", of_invoice="in_2"),
                     start=-3000) == [("0.00",), ("30.00",)]


@pytest.mark.parametrize(("start", "end", "applied"), [(-3000, 0, "30.00"), (-3000, -1000, "20.00"), (0, 0, "0.00"),
                                                       (500, 0, "0.00"), (0, 30, "0.00"), (0, -500, "0.00")])
def test_without_transactions_the_balances_of_the_invoice_tell(ada: Account, start: int, end: int,
                                                               applied: str) -> None:
    """A debt that was collected, one that was carried on, and a negative invoice are no credit."""
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(10000)], starting_balance=start, ending_balance=end))
    assert ada.rows("invoices", "credit_applied_amount", skip="balance_transactions") == [(applied,)]


def test_credit_grants_are_credit_and_coupons_are_not(ada: Account) -> None:
    amounts = [{"amount": 2500, "type": "credit_balance_transaction"}, {"amount": 100, "type": "discount"}]
    ada.fake.add("invoices", invoice("in_1", "cus_a", [line(10000, discounts=(100,))], total=7400,
                                     total_pretax_credit_amounts=amounts))
    assert ada.rows("invoices", "credit_applied_amount") == [("25.00",)]
    assert codes(ada) == []


def test_credit_of_another_currency_and_an_unknown_reason_are_named(ada: Account) -> None:
    ada.fake.objects["customers"][0]["balance"] = -1
    ada.fake.add("balance_transactions", transaction("t1", "cus_a", -100, "adjustment", currency="eur"),
                 transaction("t2", "cus_a", -100, "adjustment", metadata={"reason": "because"}))
    assert ada.rows("credit_events", "credit_event_id", "reason") == [("t2", "Other")]
    assert codes(ada) == [("currency_not_supported", True), ("reason_unknown", False)]


# -- hostile text ------------------------------------------------------------------------------------------------------


def test_hostile_text_stays_text(account: Account) -> None:
    """Names, ids and metadata are data: no formula, markup, SQL or path comes alive."""
    name, key = "=HYPERLINK(\"http://x\")<script>[bold]'; DROP TABLE t; --", "cus_../../x'\"?limit=1&a=b"
    account.fake.add("customers", customer(key, name, balance=-5, email="a@\"><img>.example"))
    account.fake.add("products", product("prod_a", name=name, metadata={"product_key": "a'); DROP TABLE x; --"}))
    account.fake.add("invoices", invoice("in_1", key, [line(100)]))
    account.land(skip="balance_transactions")
    assert account.stored("accounts", "customer_id, name") == [(key, name)]
    assert account.stored("products", "product_key, name") == [("a'); DROP TABLE x; --", name)]
    assert account.stored("invoice_lines", "product_key, customer_id") == [("a'); DROP TABLE x; --", key)]
    account.fake.log.clear()
    account.read()
    assert [path for path in account.fake.log if "balance" in path] == [
        "/v1/customers/cus_..%2F..%2Fx%27%22%3Flimit%3D1%26a%3Db/balance_transactions?limit=100"]
