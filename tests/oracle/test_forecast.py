"""REV-102: run-rate after enough full days, the order tiers, discount, limit, flat fee."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from .forecast import charge, forecast_product_rows, graduated_price, projected_units
from .landing import Landing, complete, products
from .parameters import DEFAULTS

TIERS = [(1_000_000, 0, 0), (2_000_000, 500_000, 0), (15_000_000, 343_000, 0), (None, 295_000, 0)]
PER_UNIT = [(None, 10**10, 0)]  # a dollar a unit


@pytest.mark.parametrize(("days", "units"), [(2, 900), (3, 1000), (30, 100)])
def test_run_rate_from_the_third_full_day(days: int, units: int) -> None:
    assert projected_units(100, days_elapsed=days, days_in_period=30, last_full_units=900, min_days=3) == units


def test_before_the_third_day_never_less_than_to_date() -> None:
    assert projected_units(950, days_elapsed=2, days_in_period=30, last_full_units=900, min_days=3) == 950


@pytest.mark.parametrize(("units", "cents"), [(0, 0), (1_000_000, 0), (1_000_100, 1), (1_000_099, 0),
                                              (2_000_000, 5_000), (3_000_000, 8_430)])
def test_graduated_price_rounds_once(units: int, cents: int) -> None:
    """1,000,100: 100 x 0.00005 = 0.005 -> 0.01; 99 x 0.00005 = 0.00495 -> 0.00."""
    assert graduated_price(units, TIERS) == cents


def test_flat_amounts_of_tiers_entered() -> None:
    tiers = [(10, 0, 500), (None, 10**10, 200)]
    assert [graduated_price(units, tiers) for units in (0, 10, 11)] == [500, 500, 800]


def test_example_v_discount_before_limit() -> None:
    """List 900, discount 10 % -> 810; limit 700 -> 700.00, where capping first would give 630."""
    assert charge(900, PER_UNIT, coupon_ppm=100_000, limit=70_000) == 70_000
    assert charge(900, PER_UNIT, coupon_ppm=100_000) == 81_000
    assert charge(900, PER_UNIT, coupon_ppm=100_000, limit=70_000, flat=500) == 70_500


def test_forecast_rows_read_the_last_report_of_the_running_period() -> None:
    """Example F from landing rows: twelve full days, 1.4 M events, 101.45; April is over and yields no row."""
    land = Landing("F", 0)
    customer = land.account()
    land.tables["products"] = [products()[1] | {"default_price_id": "p"}]
    land.tables["prices"] = [{"price_id": "p", "product_key": "product_analytics"}]
    land.tables["price_tiers"] = [{"price_id": "p", "tier": i, "up_to": up_to, "unit_e10": price}
                                  for i, (up_to, price, _) in enumerate(TIERS, start=1)]
    for start, end, at, units in [
        (date(2026, 4, 1), date(2026, 5, 1), datetime(2026, 5, 1), 7),  # noqa: DTZ001
        (date(2026, 6, 1), date(2026, 7, 1), datetime(2026, 6, 11), 12),  # noqa: DTZ001
        (date(2026, 6, 1), date(2026, 7, 1), datetime(2026, 6, 12), 9_999_999),  # noqa: DTZ001
        (date(2026, 6, 1), date(2026, 7, 1), datetime(2026, 6, 13), 1_400_000),  # noqa: DTZ001
        (date(2026, 6, 1), date(2026, 7, 1), datetime(2026, 6, 14), 5),  # noqa: DTZ001  after the day
    ]:
        land.tables["usage"].append({"customer_id": customer, "product_key": "product_analytics", "period_start": start,
                                     "period_end": end, "report_at": at, "units": units})
    (row,) = forecast_product_rows(complete(land.tables), date(2026, 6, 13), DEFAULTS)
    assert (row["units_to_date"], row["days_elapsed"], row["days_in_period"]) == (1_400_000, 12, 30)
    assert (row["projected_units"], row["charge_cents"], row["method"]) == (3_500_000, 10_145, "run_rate")
    assert Fraction(row["projected_units"], 30) * 12 == row["units_to_date"]
