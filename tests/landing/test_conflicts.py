"""Rows that do not go together: both are named, and the order of a file decides nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hedgerow.warehouse.landing.conflicts import merge_problems

from .conftest import Land

INVOICE = "invoice_id,customer_id,type,classification,period_start,period_end,tax_amount,updated_at\n"


def _invoice(tax: str, at: str, name: str = "I1") -> str:
    return f"{name},A,completed,standard,2025-01-01,2025-02-01,{tax},{at}\n"


def test_latest_version_of_an_invoice_stays_and_both_are_logged(land: Land) -> None:
    found = land(invoices=INVOICE + _invoice("2", "2025-02-02") + _invoice("1", "2025-02-01") + _invoice("0", ""))
    assert [row["tax_cents"] for row in found.rows["invoices"]] == [200]
    assert [(p.where.line, p.message) for p in found.problems] == [
        (3, "replaced by the later version in line 2"), (4, "replaced by the later version in line 2")]
    counts = found.counts["invoices"]
    assert (counts.stored, counts.refused, counts.replaced) == (1, 0, 2)


def test_two_versions_of_one_instant_that_differ_are_both_refused(land: Land) -> None:
    found = land(invoices=INVOICE + _invoice("2", "2025-02-01T00:00:00Z") + _invoice("1", "2025-02-01") +
                 _invoice("5", "2025-01-31") + _invoice("1", "2025-02-01", "I2"))
    assert found.codes() == ["duplicate_key"] * 3
    assert "lines 2, 3, 4" in found.problems[0].message
    assert [row["invoice_id"] for row in found.rows["invoices"]] == ["I2"]


def test_equal_rows_are_kept_once(land: Land) -> None:
    found = land(accounts="customer_id,name\nA,x\nA,x \nA,x\n")
    assert found.counts["accounts"].stored == 1
    assert [p.where.line for p in found.problems if p.code == "duplicate_dropped"] == [3, 4]


def test_different_rows_of_one_key_are_all_refused(land: Land) -> None:
    found = land(accounts="customer_id,name\nA,x\nB,y\nA,z\n")
    assert [(p.code, p.where.line) for p in found.problems] == [("duplicate_key", 2), ("duplicate_key", 4)]
    assert [row["customer_id"] for row in found.rows["accounts"]] == ["B"]


USAGE = "customer_id,organization_id,product_key,period_start,period_end,report_at,units\n"


def _report(at: str, units: int, org: str = "O") -> str:
    return f"A,{org},p,2025-01-01,2025-02-01,{at},{units}\n"


def test_last_report_of_a_day_wins_and_the_dropped_ones_are_counted(land: Land) -> None:
    """REV-155: a running total, so at one instant the higher one is the later."""
    found = land(usage=USAGE + _report("2025-01-03T09:00:00Z", 50) + _report("2025-01-03T08:00:00Z", 70) +
                 _report("2025-01-04", 60) + _report("2025-01-05", 61) + _report("2025-01-05", 62) +
                 _report("2025-01-05", 1, org=""))
    assert sorted(row["units"] for row in found.rows["usage"]) == [1, 50, 60, 62]
    replaced = [(p.where.line, p.value) for p in found.problems if p.code == "usage_report_replaced"]
    assert replaced == [(3, "70"), (5, "61")]
    assert found.counts["usage"].replaced == 2


def test_the_utc_day_decides_which_reports_share_a_day(land: Land) -> None:
    found = land(usage=USAGE + _report("2025-01-03T23:59:59Z", 1) + _report("2025-01-03T22:00:00-02:00", 2))
    assert found.counts["usage"].replaced == 0


MERGES = "source_customer_id,canonical_customer_id,kind\n"


@pytest.mark.parametrize(("pairs", "expected"), [
    ("A,B B,C", {2: ("merge_chain", "map A directly to C")}),
    ("B,C A,B", {3: ("merge_chain", "map A directly to C")}),
    ("A,B B,C C,D", {2: ("merge_chain", "map A directly to D"), 3: ("merge_chain", "map B directly to D")}),
    ("A,B B,A", {2: ("merge_cycle", "A -> B -> A"), 3: ("merge_cycle", "B -> A -> B")}),
    ("X,A A,B B,A", {2: ("merge_cycle", "X -> A -> B -> A"), 3: ("merge_cycle", ""), 4: ("merge_cycle", "")}),
    ("A,B C,B", {}),
])
def test_merge_chains_and_circles(land: Land, pairs: str, expected: dict[int, tuple[str, str]]) -> None:
    found = land(merges=MERGES + "".join(f"{pair},parallel_teams\n" for pair in pairs.split()))
    assert {p.where.line: p.code for p in found.problems} == {line: code for line, (code, _) in expected.items()}
    for problem in found.problems:
        assert expected[problem.where.line or 0][1] in problem.message
        assert problem.rule == "REV-22"


def test_source_mapped_to_two_canonicals_names_both_rows(land: Land) -> None:
    found = land(merges=MERGES + "A,B,parallel_teams\nA,C,parallel_teams\n")
    assert [(p.code, p.where.line) for p in found.problems] == [("merge_two_targets", 2), ("merge_two_targets", 3)]
    assert "lines 2, 3" in found.problems[0].message


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF")), max_size=8,
                unique_by=lambda pair: pair[0]))
def test_what_is_left_of_merges_is_flat(pairs: list[tuple[str, str]]) -> None:
    new = [(line, source, target) for line, (source, target) in enumerate(pairs) if source != target]
    refused = {line for line, *_ in merge_problems(new, {})}
    left = {source: target for line, source, target in new if line not in refused}
    assert not set(left) & set(left.values())
    assert refused or len(left) == len(new)


OVERRIDES = "organization_id,from_month,to_month,field,value,applies_to,note\n"


@pytest.mark.parametrize(("second", "overlaps"), [
    ("O,2025-03,2025-04,total_mrr,6,summary,n", True), ("O,2025-04,2025-04,total_mrr,6,summary,n", False),
    ("O,2024-12,2025-01,total_mrr,6,summary,n", True), ("O,2024-12,2024-12,total_mrr,6,summary,n", False),
    ("O,2025-01,2025-03,product_analytics_mrr,6,summary,n", False), ("P,2025-01,2025-03,total_mrr,6,summary,n", False),
])
def test_overlapping_overrides(land: Land, second: str, overlaps: bool) -> None:
    found = land(overrides=f"{OVERRIDES}O,2025-01,2025-03,total_mrr,5,summary,n\n{second}\n")
    assert [(p.code, p.where.line) for p in found.problems] == ([("override_overlap", 2), ("override_overlap", 3)]
                                                               if overlaps else [])


def test_a_discount_override_with_its_sign_is_stored_as_a_number(land: Land) -> None:
    found = land(overrides=OVERRIDES + "O,2025-01,2025-03,discount_percent,0.2%,summary,n\n")
    assert not found.problems
    assert found.rows["overrides"][0]["value"] == "0.2"
