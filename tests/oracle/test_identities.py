"""What must hold of the reference on any data: sums that close, bounds, order and neighbours that do not matter."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .adjustments import TOTAL
from .arithmetic import half_up, split
from .generate import AS_OF, RUN_MONTH, SHAPES, batch, cases
from .identity import Row, Tables
from .landing import complete
from .prepaid import after_credit
from .reference import compute

MODEST = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def of(rows: list[Row], **wanted: object) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


@MODEST
@given(cases())
def test_waterfall_holds_on_every_row(tables: Tables) -> None:
    """REV-28; mrr and carried are the two halves of the total."""
    for row in compute(tables, AS_OF)["customer_month"]:
        left = row["list_cents"] - row["discount_cents"] - row["credit_applied_cents"] - row["refund_cents"]
        assert left == row["total_cents"] == row["mrr_cents"] + row["carried_cents"]
        assert row["mrr_cents"] >= 0 >= row["carried_cents"]


@MODEST
@given(cases())
def test_movements_close_both_ways(tables: Tables) -> None:
    """REV-150: baseline = retained - churned; now = baseline + all changes; in both series and every scope."""
    result = compute(tables, AS_OF)
    cells: dict[tuple[str, str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in result["movement"]:
        cells[row["series"], row["scope"], row["month_idx"]][row["component"]] = row["amount_cents"]
    now: dict[tuple[str, str, int], int] = defaultdict(int)
    for row in result["adjusted_month"]:
        for series in ("adjusted", "unadjusted"):
            now[series, row["scope"], row["month_idx"]] += max(row[f"{series}_cents"], 0)
    for key, part in cells.items():
        changes = part["new"] + part["reactivated"] + part["expansion"] + part["contraction"]
        assert part["baseline"] == part["retained"] - part["churned"]
        assert now[key] == part["retained"] + changes
        assert now[key] == part["baseline"] + changes + part["churned"]


@MODEST
@given(cases(most=5))
def test_retention_bounds(tables: Tables) -> None:
    """REV-82: 0 <= GDR <= 100 % and GDR <= NDR; a population is never empty."""
    result = compute(tables, AS_OF)
    for row in result["retention"] + result["cohort"]:
        assert 0 <= row["capped_cents"] <= min(row["base_cents"], row["current_cents"])
        assert row["customers"] > 0 < row["base_cents"]


@MODEST
@given(cases())
def test_months_are_dense_to_the_last_forward_month(tables: Tables) -> None:
    result = compute(tables, AS_OF)
    months: dict[str, list[int]] = defaultdict(list)
    for row in result["customer_month"]:
        months[row["customer_id"]].append(row["month_idx"])
    for found in months.values():
        assert found == list(range(found[0], RUN_MONTH + 3))
    assert len(of(result["adjusted_month"], scope=TOTAL)) == len(result["customer_month"])


@MODEST
@given(cases())
def test_open_and_forward_months_are_never_evidence(tables: Tables) -> None:
    """REV-46: REV-43 and REV-44 touch closed months only, and never with an open next month."""
    for row in compute(tables, AS_OF)["adjustment"]:
        if row["rule"] in ("REV-43", "REV-44"):
            assert row["month_idx"] < RUN_MONTH
            assert (row["state"] == "pending") == (row["month_idx"] + 1 >= RUN_MONTH)
            assert (row["next_cents"] is None) == (row["state"] == "pending")


@MODEST
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(tables: Tables, rng: Random) -> None:
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in tables.items()}
    assert compute(shuffled, AS_OF)["customer_month"] == compute(tables, AS_OF)["customer_month"]
    assert compute(shuffled, AS_OF)["lifecycle"] == compute(tables, AS_OF)["lifecycle"]


def test_many_together_equal_one_by_one() -> None:
    """A batch gives each customer the months that the customer has alone."""
    together = compute(batch(2 * len(SHAPES)), AS_OF)
    alone = [row for i in range(2 * len(SHAPES)) for row in compute(only(i), AS_OF)["customer_month"]]
    assert sorted(alone, key=key) == sorted(together["customer_month"], key=key)


def key(row: Row) -> tuple[str, int]:
    return row["customer_id"], row["month_idx"]


def only(number: int) -> Tables:
    """The one case of the batch with this number."""
    mark = f"{number:05d}"
    return {name: [row for row in rows if name == "products" or
                   any(isinstance(value, str) and mark in value for value in row.values())]
            for name, rows in batch(2 * len(SHAPES)).items()}


@given(st.integers(-(10**9), 10**9), st.integers(1, 60))
def test_split_adds_up(total: int, parts: int) -> None:
    """REV-30: parts add up and differ by at most a cent."""
    rows = split(total, parts)
    assert sum(rows) == total
    assert max(rows) - min(rows) <= 1


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**6), min_size=1), st.integers(0, 10**4),
       st.integers(0, 10**6))
def test_products_never_hold_tax(products: dict[str, int], tax: int, covered: int) -> None:
    """REV-5: without tax the products add up to the uncovered part; with tax the rest is tax, within a cent each."""
    charge = sum(products.values()) + tax
    covered = min(covered, charge)
    after = after_credit(products, tax, covered)
    rest = charge - covered - sum(after.values())
    assert rest == 0 if tax == 0 else abs(rest - half_up(Fraction(tax * (charge - covered), charge))) <= len(products)


def test_the_generator_reaches_every_rule() -> None:
    """A batch that no longer reaches a rule or a stage would compare nothing in silence."""
    result = compute(complete(batch(300)), AS_OF)
    reached = {(row["rule"], row["state"]) for row in result["adjustment"] if row["before_cents"] != row["after_cents"]
               or row["state"] == "pending"}
    assert reached == {("REV-41", "applied"), ("REV-42", "applied"), ("REV-43", "applied"), ("REV-43", "pending"),
                       ("REV-44", "applied"), ("REV-44", "pending")}
    assert len({row["stage"] for row in result["lifecycle"]}) == 7
    months = result["customer_month"]
    for column in ("covered_cents", "carried_cents", "other_products_cents", "basis_gap_cents", "standard_cents",
                   "unallocated_refund_cents", "credit_applied_cents", "discount_cents", "is_gap"):
        assert sum(1 for row in months if row[column]) >= 10, column
    assert {row["billing_config"] for row in months} == {
        "free", "paid", "startup", "annual_upfront", "annual_amortized", "multi_org_separate", "multi_org_shared",
        "legacy", "unsupported"}
