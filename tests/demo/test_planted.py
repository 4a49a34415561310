"""What was planted stands in the rows, and the truth about it is right: recomputed here from the rows alone."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hedgerow.demo.planted.plant import RECORD_COLUMNS

from .reading import Tables, cents, monthly_totals, plus, truth, written

#: Every code that must be found in any demo company.
CODES = {
    "unmapped_line", "non_default_price", "multiple_accounts", "multiple_subscriptions",
    "amortized_unmerged", "amortized_pair_incomplete", "subscription_before_payment", "gap_no_invoice",
    "config_mismatch", "discount_out_of_range", "currency_not_supported", "period_not_positive",
    "older_version_replaced", "usage_report_replaced", "startup_without_expiry", "trial_flag_overdue",
    "merge_candidate",
}
Planted = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def company(folder: Path) -> Tables:
    return written(folder)


@pytest.fixture(scope="module")
def planted(company: Tables, folder: Path) -> Planted:
    return truth(folder)


@pytest.fixture(scope="module")
def totals(company: Tables) -> dict[str, Counter[str]]:
    return monthly_totals(company)


@pytest.mark.parametrize("as_of", [date(2026, 11, 22), date(2026, 1, 1), date(2025, 7, 15), date(2024, 2, 29),
                                   date(2026, 5, 31), date(2026, 8, 2)])
def test_every_mistake_is_there_whatever_the_day(tmp_path: Path, as_of: date) -> None:
    """With a year of bills and the fewest accounts; spikes both applied and still waiting."""
    written(tmp_path, months=13, as_of=as_of)
    entries = truth(tmp_path)
    assert {entry["code"] for entry in entries} - {""} == CODES
    spikes = Counter(entry["state"] for entry in entries if entry["kind"] == "spike")
    assert spikes["applied"] >= 3
    assert spikes["pending"] == 1


def test_entries_point_to_rows(company: Tables, planted: Planted) -> None:
    accounts = {row["customer_id"] for row in company["accounts"]}
    for entry in planted:
        assert {entry["customer_id"], entry.get("other_customer_id", entry["customer_id"])} <= accounts, entry
        if entry["kind"] == "gap_no_invoice":
            assert entry["record_id"] not in {row["invoice_id"] for row in company["invoices"]}
            assert entry["line"] is None
            continue
        row = company[entry["table"]][entry["line"] - 2]
        columns = RECORD_COLUMNS.get(entry["table"], tuple(row)[:1])
        assert " ".join(row[name] for name in columns) == entry["record_id"], entry


def test_no_two_entries_are_the_same(planted: Planted) -> None:
    texts = [json.dumps(entry, sort_keys=True) for entry in planted]
    assert len(set(texts)) == len(texts) > 150


def _total(totals: dict[str, Counter[str]], entry: dict[str, Any], months: int = 0) -> int:
    return totals[entry["customer_id"]][plus(entry["month"], months)]


def _refunded(company: Tables) -> Counter[tuple[str, str]]:
    months = {row["invoice_id"]: (row["customer_id"], row["period_start"][:7]) for row in company["invoices"]}
    refunds: Counter[tuple[str, str]] = Counter()
    for row in company["refunds"]:
        refunds[months[row["invoice_id"]]] += cents(row["amount"])
    return refunds


def test_spikes_are_what_the_rule_says(planted: Planted, totals: dict[str, Counter[str]]) -> None:
    """REV-44, tested here on the rows: applied, waiting, and every near miss."""
    seen: Counter[str] = Counter()
    for entry in planted:
        if entry.get("rule") != "REV-44":
            continue
        p2, p1, month, following = (_total(totals, entry, k) for k in (-2, -1, 0, 1))
        jumps = month > p1 + p2 and 2 * month - p1 - p2 >= 200_000
        is_spike = jumps and following * 2 <= month
        expected = "pending" if jumps and entry["month"] == "2026-10" else "applied" if is_spike else "not_applicable"
        assert entry["state"] == expected, entry
        assert cents(entry["before"]) == month
        assert cents(entry["after"]) == ((p1 + p2 + 1) // 2 if expected == "applied" else month)
        seen[entry["kind"] + " " + expected] += 1
    assert seen["spike applied"] > 10
    assert {kind for kind in seen if kind.startswith("near_miss")} == {
        f"near_miss_{name} not_applicable" for name in
        ("next_month_a_cent_too_high", "exactly_twice", "increase_a_cent_short", "plateau")}


def test_one_time_credits_are_what_the_rule_says(company: Tables, planted: Planted,
                                                 totals: dict[str, Counter[str]]) -> None:
    """REV-43: half of the month before, and the next month at least at the average of the two before."""
    refunds = _refunded(company)
    classes = {"Incident Credit": 1, "Promo Credit": 1, "Bug Credit": 1, "Unwanted Spike": 0}
    credits: Counter[tuple[str, str]] = Counter(refunds)
    for row in company["credit_events"]:
        credits[row["customer_id"], row["month"]] += cents(row["amount"]) * classes.get(row["reason"], 0)
    seen = Counter()
    for entry in planted:
        if entry.get("rule") == "REV-43":
            p2, p1, month, following = (_total(totals, entry, k) for k in (-2, -1, 0, 1))
            month -= refunds[entry["customer_id"], entry["month"]]
            is_large = credits[entry["customer_id"], entry["month"]] * 2 >= p1
            applies = is_large and following * 2 >= p1 + p2
            waits = is_large and entry["month"] == "2026-10"
            assert entry["state"] == ("pending" if waits else "applied" if applies else "not_applicable"), entry
            assert (cents(entry["before"]), cents(entry["after"])) == (month, p1 if applies else month), entry
            seen[entry["kind"]] += 1
    assert set(seen) == {"incident_credit", "promo_credit", "bug_credit", "credit_a_cent_short",
                         "credit_unwanted_spike", "refund_split", "refund_whole"}


def test_a_credit_in_the_last_closed_month_waits(tmp_path: Path) -> None:
    """REV-46: October's credit has no closed November yet on 3 November."""
    written(tmp_path, as_of=date(2026, 11, 3))
    states = {entry["month"]: entry["state"] for entry in truth(tmp_path) if entry["kind"] == "incident_credit"}
    assert states["2026-10"] == "pending"
    assert states["2026-04"] == "applied"


def test_trials_are_flagged_and_paid(company: Tables, planted: Planted, totals: dict[str, Counter[str]]) -> None:
    flags = {(row["customer_id"], row["from_month"], row["to_month"]) for row in company["trial_flags"]}
    trials = [entry for entry in planted if entry["kind"] == "trial"]
    assert len(trials) >= 6
    for entry in trials:
        assert any(who == entry["customer_id"] and first <= entry["month"] <= last for who, first, last in flags)
        assert (cents(entry["before"]), entry["after"]) == (_total(totals, entry), "0.00")


def test_expected_totals_follow_from_the_rows(company: Tables, planted: Planted,
                                              totals: dict[str, Counter[str]]) -> None:
    """Where neither a grant, instalments nor an override decide, the naive sum of the rows is the expected total."""
    tax = Counter()
    for row in {row["invoice_id"]: row for row in company["invoices"]}.values():
        tax[row["customer_id"], row["period_start"][:7]] += cents(row["tax_amount"]) * (row["status"] == "paid")
    others = {"override", "startup_used_up_inside_invoice", "startup_without_expiry"}
    checked = Counter()
    for entry in planted:
        is_before_usage_basis = entry["kind"].startswith("config_paid_to_annual") and entry["month"] < "2026-01"
        if ("expected_mrr" in entry and entry["month"] and entry["kind"] not in others and not is_before_usage_basis
                and not entry["kind"].startswith("amortized")):
            customer, month = entry["customer_id"], entry["month"]
            assert cents(entry["expected_mrr"]) == totals[customer][month] + tax[customer, month], entry
            checked[entry["kind"]] += 1
    assert set(checked) >= {"tax_in_total", "coupon_and_limit", "unsupported", "multi_org_separate", "startup_expired",
                            "region_migration", "unmapped_line", "gap_no_invoice", "void_and_draft",
                            "duplicate_invoice", "config_annual_to_paid"}


def test_a_startup_pays_what_its_grant_left(company: Tables, planted: Planted) -> None:
    grants = {row["customer_id"]: cents(row["list_credit_amount"]) for row in company["credit_purchases"]
              if row["kind"] == "startup_grant"}
    entries = [entry for entry in planted if entry["kind"] == "startup_used_up_inside_invoice"]
    assert len(entries) >= 3
    for entry in entries:
        charged = sum(cents(row["total_amount"]) for row in company["invoices"] if row["type"] == "completed"
                      and row["customer_id"] == entry["customer_id"] and row["classification"] == "startup")
        assert cents(entry["expected_mrr"]) == charged - grants[entry["customer_id"]]


def test_instalments_add_up_to_the_year(company: Tables, planted: Planted) -> None:
    """REV-13: monthly, quarterly and irregular charges of one contract are 18,000.00 a year, 1,500.00 a month."""
    for code, charges in (("monthly", 12), ("quarterly", 4), ("irregular", 4)):
        customer = f"cus_x_amortized_{code}_credits"
        rows = [row for row in company["invoices"] if row["customer_id"] == customer
                and "2025-07-01" <= row["period_start"][:10] < "2026-07-01"]
        assert len(rows) == charges
        assert sum(cents(row["total_amount"]) for row in rows) == 1_800_000
        assert [row["period_end"] for row in rows[:-1]] == [row["period_start"] for row in rows[1:]]
    expected = Counter(entry["expected_mrr"] for entry in planted if entry["kind"] == "amortized_quarterly")
    assert expected == {"1500.00": 4}


def test_a_pair_is_unmerged_and_a_lookalike_is_no_pair(company: Tables, planted: Planted) -> None:
    merged = {row["source_customer_id"] for row in company["merges"]} | {
        row["canonical_customer_id"] for row in company["merges"]}
    account = {row["customer_id"]: row for row in company["accounts"]}
    for kind, same in (("amortized_unmerged", "domain"), ("merge_candidate", "domain"), ("lookalike_pair", "name")):
        entry = next(entry for entry in planted if entry["kind"] == kind)
        one, other = account[entry["customer_id"]], account[entry["other_customer_id"]]
        assert not {one["customer_id"], other["customer_id"]} & merged
        assert one[same] == other[same]
        assert (one["domain"] == other["domain"]) == (kind != "lookalike_pair")


def test_a_candidate_ends_in_the_month_before_the_other_begins(planted: Planted,
                                                              totals: dict[str, Counter[str]]) -> None:
    entry = next(entry for entry in planted if entry["kind"] == "merge_candidate")
    ending, appearing = totals[entry["customer_id"]], totals[entry["other_customer_id"]]
    assert ending[plus(entry["month"], -1)] > 0 == ending[entry["month"]]
    assert appearing[entry["month"]] > 0
    assert min(month for month, value in appearing.items() if value) == entry["month"]


def test_a_subscription_begins_before_its_payment(company: Tables, planted: Planted) -> None:
    """The planted one does; all other subscriptions that begin with a term begin after it was paid (REV-152)."""
    early = {entry["customer_id"] for entry in planted if entry["code"] == "subscription_before_payment"}
    paid = {(row["customer_id"], row["start_date"]): row["paid_at"][:10] for row in company["credit_purchases"]
            if row["kind"] == "purchase"}
    begins = {(row["customer_id"], row["start_date"]) for row in company["subscriptions"]}
    late = {customer for (customer, start), day in paid.items() if (customer, start) not in begins or day > start}
    assert early <= late
    others = {customer for customer in late - early if not customer.startswith("cus_x_early_subscription")}
    assert others == {"cus_x_run_out"}  # its second purchase goes on under the running subscription


def test_hostile_text_is_in_the_names_as_it_was_typed(company: Tables, planted: Planted) -> None:
    names = {row["customer_id"]: row["name"] for row in company["accounts"]}
    hostile = [entry for entry in planted if entry["kind"] == "hostile_text"]
    assert all(names[entry["customer_id"]] == entry["text"] for entry in hostile)
    assert {entry["text"][0] for entry in hostile} >= {"=", "<", "[", "@", "+"}
