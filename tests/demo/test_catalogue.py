"""Prices and bills are exact: whole cents, rounded once per line, in the order of BILL-201."""

from __future__ import annotations

from datetime import date

import pytest

from hedgerow.demo.billing import Bill, Payer, metered_line, projected_units
from hedgerow.demo.catalogue import PRODUCTS, half_up, list_price, units_for
from hedgerow.demo.prepaid import cover
from hedgerow.demo.world import World, day_weights, span_of

PAYER = Payer("cus_1", "org_1", "pc_1", has_tax=True)
JUNE = 2026 * 12 + 5


@pytest.mark.parametrize(("units", "cents"), [
    (0, 0), (1_000_000, 0),         # the free tier, its last unit included
    (1_000_099, 0),                 # 99 x 0.00005 = 0.00495, under half a cent
    (1_000_100, 1),                 # exactly half a cent goes up
    (2_000_000, 50_00), (3_500_000, 101_45), (4_000_000, 118_60), (22_000_000, 702_40),
])
def test_graduated_price(units: int, cents: int) -> None:
    """BILL-200, with the worked sums of the billing rules."""
    assert list_price("product_analytics", units) == cents


def test_units_for_is_exact_where_a_unit_costs_a_cent() -> None:
    for cents in (1, 129_999, 10_000_000):
        assert list_price("data_warehouse", units_for("data_warehouse", cents)) == cents


@pytest.mark.parametrize("product", [key for key, p in PRODUCTS.items() if p.tiers])
def test_units_for_comes_within_a_unit(product: str) -> None:
    for cents in (700, 12_345, 4_000_000):
        units = units_for(product, cents)
        assert list_price(product, units - 1) <= cents <= list_price(product, units) + 1


def test_tiers_rise_and_the_last_is_open() -> None:
    """BILL-136."""
    for product in PRODUCTS.values():
        bounds = [up_to for up_to, _ in product.tiers]
        assert bounds == sorted(b for b in bounds if b is not None) + [None] * bool(bounds)


def test_coupon_before_limit_before_tax() -> None:
    """Example V: 900, 10 % off is 810, limit 700; capping first would give 630. Tax on what is left."""
    line = metered_line("data_warehouse", 90_000, coupon_ppm=100_000, limit_cents=70_000)
    assert (line.list_cents, line.net_cents) == (90_000, 70_000)
    assert Bill(PAYER, span_of(JUNE, 1), (line,)).tax_cents == 14_000


def test_tax_rounds_half_up() -> None:
    bills = [Bill(PAYER, span_of(JUNE, 1), (metered_line("data_warehouse", cents),)) for cents in (2, 3, 12, 13)]
    assert [bill.tax_cents for bill in bills] == [0, 1, 2, 3]  # 0.4, 0.6, 2.4, 2.6 cents
    assert half_up(5, 2) == 3


def test_cover_full_partial_none() -> None:
    """REV-11 and REV-29: full cover states no discount, partial cover only that of the covered part."""
    bill = Bill(PAYER, span_of(JUNE, 1), (metered_line("data_warehouse", 100_000),), has_tax=False)
    full, left = cover(bill, 100_000, 200_000)
    assert (full.classification, full.discount_cents, full.credit_cents, left) == ("annual", None, None, 0)
    partial, left = cover(bill, 99_999, 200_000)
    assert (partial.classification, partial.discount_cents, partial.credit_cents, left) == ("annual", 20_000, 79_999, 0)
    none, left = cover(bill, 0, 200_000)
    assert (none.classification, none.discount_cents, none.tax_cents, left) == ("standard", None, 20_000, 0)


@pytest.mark.parametrize(("month_idx", "anchor", "start", "end"), [
    (JUNE, 1, date(2026, 6, 1), date(2026, 7, 1)),
    (JUNE, 21, date(2026, 5, 21), date(2026, 6, 21)),   # 21 May to 21 June is June (REV-31)
    (JUNE, 2, date(2026, 5, 2), date(2026, 6, 2)),
    (2026 * 12, 21, date(2025, 12, 21), date(2026, 1, 21)),
])
def test_period_of_a_month(month_idx: int, anchor: int, start: date, end: date) -> None:
    span = span_of(month_idx, anchor)
    assert (span.start, span.end) == (start, end)


def test_preview_is_run_rate_from_three_full_days_on() -> None:
    """REV-102: with two full days it is the last full period, with three the run rate."""
    span = span_of(JUNE, 1)
    weights = day_weights(span.start, span.end)
    two, three = (World(1, date(2026, 6, day), JUNE) for day in (3, 4))
    assert projected_units(two, span, weights[-1], 777) == 777
    assert projected_units(three, span, weights[-1], 777) == weights[3] * 10
    assert projected_units(two, span, weights[-1], 1) == weights[2]  # never less than units to date
