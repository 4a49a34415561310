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


def period_units(reports: list[Row]) -> tuple[int, int, int]:
    """(units, full days covered, full days with a report) of one billing period.

    The last report of each organization counts, summed. A report covers the full days between the start of its
    period and the instant it was made; one made on the first day covers none.
    """
    last: dict[tuple[str, str | None], Row] = {}
    for row in sorted(reports, key=lambda one: one["report_at"]):
        last[row["customer_id"], row.get("organization_id")] = row
    days = {(row["report_at"] - midnight(row["period_start"])).days for row in reports}
    return sum(row["units"] for row in last.values()), max(days), len([day for day in days if day > 0])


def price_on(tables: Tables, identity: Identity, customer_id: str, product_key: str,
             day: date) -> tuple[Tiers, int, int, int | None] | None:
    """(tiers, flat cents, coupon ppm, limit cents) in force on a day: the latest assignment, else the default price.

    None when the product has no price.
    """
    assigned = [row for row in tables.get("price_assignments", [])
                if identity.canonical(row["customer_id"]) == customer_id and row["product_key"] == product_key
                and row["from_date"] <= day]
    assigned.sort(key=lambda row: row["customer_id"])
    own = max(assigned, key=lambda row: row["from_date"], default={})
    default = [row.get("default_price_id") for row in tables.get("products", []) if row["product_key"] == product_key]
    price_id = own.get("price_id") or next(iter(default), None)
    tiers = sorted((row for row in tables.get("price_tiers", []) if row["price_id"] == price_id),
                   key=lambda row: row["tier"])
    flats = [row["flat_cents"] for row in tables.get("prices", [])
             if row["price_id"] == price_id and row.get("flat_cents") is not None]
    if not tiers and not flats:
        return None
    return ([(row.get("up_to"), row["unit_e10"], row.get("flat_cents") or 0) for row in tiers], sum(flats),
            own.get("coupon_ppm") or 0, own.get("limit_cents"))


def measured_rows(tables: Tables, as_of: date, params: dict[str, Any],
                  discounts: dict[tuple[str, int], int]) -> list[Row]:
    """REV-102 for each customer and product whose billing period contains the day; reports up to the day's end.

    `discounts`: credit discount of annual customers by month, which stands in place of the coupon.
    """
    identity, known = Identity(tables), Catalog(tables).known
    periods: dict[tuple[str, str], dict[tuple[date, date], list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in tables.get("usage", []):
        if row["report_at"] < midnight(as_of + timedelta(days=1)) and row["product_key"] in known:
            key = identity.canonical(row["customer_id"]), row["product_key"]
            periods[key][row["period_start"], row["period_end"]].append(row)
    rows = []
    for (customer_id, product_key), by_period in sorted(periods.items()):
        price = price_on(tables, identity, customer_id, product_key, as_of)
        for (start, end), reports in sorted(by_period.items()):
            if not start <= as_of < end or price is None:
                continue
            units, elapsed, reported = period_units(reports)
            before = [(period[1], period[0]) for period in by_period if period[1] <= start]
            last_full = period_units(by_period[max(before)[::-1]])[0] if before else None
            has_run_rate = reported >= params["revenue.forecast_min_days"]
            projected = max(last_full or 0, units)
            if has_run_rate:
                projected = half_up(Fraction(units * (end - start).days, elapsed))
            early = "last_period" if last_full is not None and last_full >= units else "units_to_date"
            month = month_of(end - timedelta(days=1))
            tiers, flat, coupon, limit = price
            discount = discounts.get((customer_id, month), coupon)
            rows.append({
                "customer_id": customer_id, "product_key": product_key, "month_idx": month, "period_start": start,
                "period_end": end, "units_to_date": units, "days_elapsed": elapsed,
                "days_in_period": (end - start).days, "days_reported": reported, "last_period_units": last_full,
                "projected_units": projected,
                "list_cents": graduated_price(projected, tiers), "discount_ppm": discount, "limit_cents": limit,
                "charge_cents": charge(projected, tiers, coupon_ppm=discount, limit=limit, flat=flat),
                "method": "run_rate" if has_run_rate else early,
            })
    return rows


def forecast_product_rows(tables: Tables, as_of: date, params: dict[str, Any]) -> list[Row]:
    """Products with usage and a price, of customers without a credit discount."""
    return measured_rows(tables, as_of, params, {})
