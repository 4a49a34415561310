"""Forecast of the open month per product (REV-102) and the graduated price it is charged at (BILL-200)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .arithmetic import half_up, month_of
from .identity import Identity, Row, Tables
from .rows import Catalog, midnight

E10 = 10**10  # units of *_e10: 1 = 10^-10 dollars


def projected_units(units_to_date: int, *, days_elapsed: int, days_in_period: int, last_full_units: int,
                    min_days: int) -> int:
    """Run-rate once enough full days have a report; before that the last full period, never less than to date."""
    if days_elapsed >= min_days:
        return half_up(Fraction(units_to_date * days_in_period, days_elapsed))
    return max(last_full_units, units_to_date)


def graduated_price(units: int, tiers: list[tuple[int | None, int, int]]) -> int:
    """Cents for units over tiers of (up to and included, unit price e10, flat cents). Rounds once, at the end.

    The flat amount of each tier entered is due; the first tier's even at 0 units.
    """
    exact = Fraction(0)
    lower = 0
    for i, (up_to, unit_e10, flat_cents) in enumerate(tiers):
        if i > 0 and units <= lower:
            break
        inside = (units if up_to is None else min(units, up_to)) - lower
        exact += Fraction(inside * unit_e10 * 100, E10) + flat_cents
        lower = units if up_to is None else up_to
    return half_up(exact)


def charge(units: int, tiers: list[tuple[int | None, int, int]], *, coupon_ppm: int = 0, limit: int | None = None,
           flat: int = 0) -> int:
    """Tiers, then discount, then the billing limit (in after-discount dollars), then flat fees. Cents."""
    priced = half_up(Fraction(graduated_price(units, tiers) * (1_000_000 - coupon_ppm), 1_000_000))
    capped = priced if limit is None else min(priced, limit)
    return capped + flat


Tiers = list[tuple[int | None, int, int]]


def period_units(reports: list[Row]) -> tuple[int, int]:
    """(units, full days covered) of one billing period: the last report of each organization, summed.

    A report covers the full days between the start of its period and the instant it was made.
    """
    last: dict[tuple[str, str | None], Row] = {}
    for row in sorted(reports, key=lambda one: one["report_at"]):
        last[row["customer_id"], row.get("organization_id")] = row
    days = max((row["report_at"] - midnight(row["period_start"])).days for row in last.values())
    return sum(row["units"] for row in last.values()), days


def price_on(tables: Tables, customer_ids: set[str], product_key: str, day: date) -> tuple[Tiers, int, int, int | None]:
    """(tiers, flat cents, coupon ppm, limit cents) in force on a day: the latest assignment, else the default price."""
    assigned = [row for row in tables.get("price_assignments", []) if row["customer_id"] in customer_ids
                and row["product_key"] == product_key and row["from_date"] <= day]
    own = max(assigned, key=lambda row: row["from_date"], default={})
    default = [row.get("default_price_id") for row in tables.get("products", []) if row["product_key"] == product_key]
    price_id = own.get("price_id") or next(iter(default), None)
    tiers = sorted((row for row in tables.get("price_tiers", []) if row["price_id"] == price_id),
                   key=lambda row: row["tier"])
    flat = sum(row.get("flat_cents") or 0 for row in tables.get("prices", []) if row["price_id"] == price_id)
    return ([(row.get("up_to"), row["unit_e10"], row.get("flat_cents") or 0) for row in tiers], flat,
            own.get("coupon_ppm") or 0, own.get("limit_cents"))


def forecast_product_rows(tables: Tables, as_of: date, params: dict[str, Any]) -> list[Row]:
    """REV-102 for each customer and product whose billing period contains the day; reports up to the day's end."""
    identity, catalog = Identity(tables), Catalog(tables)
    periods: dict[tuple[str, str], dict[tuple[date, date], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in tables.get("usage", []):
        if row["report_at"] < midnight(as_of + timedelta(days=1)):
            key = identity.canonical(row["customer_id"]), catalog.key(row["product_key"])
            periods[key][row["period_start"], row["period_end"]].append(row)
    rows = []
    for (customer_id, product_key), by_period in sorted(periods.items()):
        for (start, end), reports in sorted(by_period.items()):
            if not start <= as_of < end:
                continue
            units, elapsed = period_units(reports)
            before = [period for period in by_period if period[1] <= start]
            last_full = period_units(by_period[max(before)])[0] if before else 0
            has_run_rate = elapsed >= params["revenue.forecast_min_days"]
            projected = projected_units(units, days_elapsed=elapsed, days_in_period=(end - start).days,
                                        last_full_units=last_full, min_days=params["revenue.forecast_min_days"])
            ids = {row["customer_id"] for row in reports} | {customer_id}
            tiers, flat, coupon, limit = price_on(tables, ids, product_key, as_of)
            rows.append({
                "customer_id": customer_id, "product_key": product_key, "month_idx": month_of(end - timedelta(days=1)),
                "units_to_date": units, "days_elapsed": elapsed, "days_in_period": (end - start).days,
                "projected_units": projected, "method": "run_rate" if has_run_rate else "last_period",
                "charge_cents": charge(projected, tiers, coupon_ppm=coupon, limit=limit, flat=flat),
            })
    return rows
