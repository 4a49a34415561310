"""Shapes of the running billing period: usage reports, prices, tiers, agreements, and the rows beside them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .arithmetic import first_day
from .draws import AS_OF, RUN_MONTH, amount
from .landing import PRODUCTS, Landing
from .rows import midnight

UNITS = (0, 1, 9, 10, 11, 99, 100, 101, 1_000, 12_345, 2_000_000)


def price(land: Landing, product: str, rng: Random) -> str:
    """A price with one to four tiers; bounds are among the units that are drawn."""
    price_id = land.new_id("pr")
    land.tables["prices"].append({"price_id": price_id, "product_key": product,
                                  "flat_cents": rng.choice([None, None, 0, 999])})
    bounds: list[int | None] = [*sorted(rng.sample(UNITS[1:], rng.randint(0, 3))), None]
    for tier, bound in enumerate(bounds, start=1):
        land.tables["price_tiers"].append({
            "price_id": price_id, "tier": tier, "up_to": bound, "flat_cents": rng.choice([None, None, 1, 250]),
            "unit_e10": rng.choice([0, 1, 343_000, 50_000_000, 333_333_333, 10**8])})
    return price_id


def running(land: Landing, customer: str, product: str, start: date, end: date, rng: Random) -> None:
    """Daily, rare or late reports of the running period, at times one of tomorrow; and the period before."""
    elapsed = (AS_OF - start).days
    days = sorted(rng.sample(range(elapsed + 1), min(elapsed + 1, rng.choice([1, 2, 3, 4, elapsed + 1]))))
    rows = [(start, end, day, rng.choice(UNITS)) for day in [*days, *([elapsed + 1] if rng.random() < 0.2 else [])]]
    if rng.random() < 0.7:
        rows.append((start - timedelta(days=30), start, 30, rng.choice(UNITS)))
    for organization in ("",) if rng.random() < 0.8 else ("one", "two"):
        land.tables["usage"] += [
            {"customer_id": customer, "organization_id": organization or None, "product_key": product,
             "period_start": first, "period_end": last, "units": units,
             "report_at": midnight(first) + timedelta(days=day, minutes=rng.choice([0, 30, 1_439]))}
            for first, last, day, units in rows]


def agreement(land: Landing, customer: str, product: str, rng: Random) -> None:
    """An own price, a coupon or a limit, from before, from today, or from tomorrow on."""
    price_id = price(land, product, rng) if rng.random() < 0.9 else None
    for day in rng.sample([AS_OF - timedelta(days=99), AS_OF, AS_OF + timedelta(days=1)], rng.randint(1, 3)):
        land.tables["price_assignments"].append({
            "customer_id": customer, "product_key": product, "price_id": price_id, "from_date": day,
            "coupon_ppm": rng.choice([None, 0, 100_000, 333_333, 1_000_000]),
            "limit_cents": rng.choice([None, None, 0, 5_000, amount(rng)])})


def forecast_units(land: Landing, rng: Random) -> None:
    """A paying customer with usage of one to three products, with and without price, invoice, tax and preview."""
    customer = land.account("a", billing_config=rng.choice(["paid", "paid", "multi_org_separate", "free", "startup"]),
                            is_startup_plan_customer=rng.choice(["true", "false"]))
    if rng.random() < 0.4:
        land.grant(customer, first_day(RUN_MONTH - 3), rng.choice([0, 10, 5_000, 100_000]))
    products = rng.sample(PRODUCTS, rng.randint(1, 3))
    anchored = rng.random() < 0.3
    start = first_day(RUN_MONTH) - timedelta(days=rng.randint(1, 12)) if anchored else first_day(RUN_MONTH)
    end = start + timedelta(days=30) if anchored else first_day(RUN_MONTH + 1)
    for product in products:
        if rng.random() < 0.85:
            running(land, customer, product, start, end, rng)
        if rng.random() < 0.9:
            agreement(land, customer, product, rng)
    nets = [(product, amount(rng)) for product in products]
    if rng.random() < 0.7:
        land.month_invoice(customer, RUN_MONTH - 1, list(nets), tax_cents=rng.choice([0, 0, 1, 777, 20_000]))
    if rng.random() < 0.6:
        land.invoice(customer, midnight(start), midnight(end), list(nets), type="upcoming",
                     tax_cents=rng.choice([0, 333]))
