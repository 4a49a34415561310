"""The forecast in SQL: equal to the decision on random cases, and the worked examples as landing rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from hedgerow.core.catalog.price import Tier
from hedgerow.core.revenue.forecast_product import ForecastFacts, forecast_product
from hedgerow.kernel.money import Money
from hedgerow.policies.loader import load_policies
from hedgerow.warehouse.case import run_case

AS_OF = date(2026, 6, 20)
OPEN = 2026 * 12 + 5
PARAMS = load_policies().params(AS_OF, AS_OF)
PUBLIC = [(1_000_000, 0, None), (2_000_000, 500_000, None), (15_000_000, 343_000, None), (None, 295_000, None)]
A_DOLLAR = [(None, 10**10, None)]
Tables = dict[str, list[dict[str, Any]]]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def reports(customer: str, start: date, end: date, units: list[tuple[int, int]], product: str = "p") -> Tables:
    """Usage reports of one period; (full days behind the report, units so far)."""
    return {"usage": [{"customer_id": customer, "product_key": product, "period_start": start, "period_end": end,
                       "report_at": midnight(start + timedelta(days=days)) + timedelta(minutes=30), "units": count}
                      for days, count in units]}


def priced(price: str, tiers: list[tuple[int | None, int, int | None]], flat: int | None = None,
           product: str = "p") -> Tables:
    return {"prices": [{"price_id": price, "product_key": product, "flat_cents": flat}],
            "price_tiers": [{"price_id": price, "tier": n, "up_to": up_to, "unit_e10": e10, "flat_cents": fee}
                            for n, (up_to, e10, fee) in enumerate(tiers, 1)]}


def invoice(customer: str, start: date, end: date, cents: int, kind: str = "completed", tax: int = 0, product: str = "p",
            **columns: Any) -> Tables:
    key = f"{customer}-{kind}-{end}"
    return {"invoices": [{"invoice_id": key, "customer_id": customer, "type": kind, "classification": "standard",
                          "period_start": midnight(start), "period_end": midnight(end), "currency": "USD",
                          "tax_cents": tax, **columns}],
            "invoice_lines": [{"line_id": key, "invoice_id": key, "product_key": product, "net_cents": cents}]}


def landing(*parts: Tables, accounts: dict[str, str] | None = None) -> Tables:
    found: Tables = {"products": [{"product_key": "p", "kind": "metered", "default_price_id": "public"},
                                  {"product_key": "seat", "kind": "flat"}]}
    names = {row["customer_id"] for part in parts for rows in part.values() for row in rows if "customer_id" in row}
    found["accounts"] = [{"customer_id": name, "billing_config": (accounts or {}).get(name, "paid")}
                         for name in sorted(names)]
    for part in parts:
        for table, rows in part.items():
            found.setdefault(table, []).extend(rows)
    return found


def forecast(tables: Tables, as_of: date = AS_OF) -> tuple[dict[Any, dict[str, Any]], dict[Any, dict[str, Any]]]:
    """(rows of forecast_product by customer and product, rows of forecast_customer by customer and month)."""
    params = PARAMS if as_of == AS_OF else load_policies().params(as_of, as_of)
    found = run_case(tables, as_of=as_of, params=params, want=["forecast_product", "forecast_customer"])
    return ({(row["customer_id"], row["product_key"]): row for row in found["forecast_product"]},
            {(row["customer_id"], row["month_idx"]): row for row in found["forecast_customer"]})


def random_tiers(rng: Random) -> list[tuple[int | None, int, int | None]]:
    bounds: list[int | None] = [*sorted(rng.sample(range(1, 2_000), rng.randint(0, 4))), None]
    return [(bound, rng.choice([0, 1, 333_333, 50_000_000, 10**10, rng.randint(0, 10**9)]),
             rng.choice([None, None, 0, 1, 500])) for bound in bounds]


def test_sql_equals_the_decision_on_random_cases() -> None:
    """REV-102, BILL-200, BILL-201: 400 cases in one run, every step to the cent."""
    rng, parts, facts = Random(7), [], {}
    for n in range(400):
        customer, tiers = f"c{n:03d}", random_tiers(rng)
        start = AS_OF - timedelta(days=rng.choice([0, 1, 2, 3, 4, 12, 19]))
        end = start + timedelta(days=rng.choice([20, 28, 30, 31]))
        elapsed = (AS_OF - start).days
        days = sorted(rng.sample(range(elapsed + 1), rng.choice([elapsed + 1, min(elapsed + 1, rng.randint(1, 4))])))
        counts = sorted(rng.randint(0, 900) for _ in days)
        if rng.random() < 0.1:
            counts = [count * 10**9 for count in counts]
        last = rng.choice([None, 0, rng.randint(0, 1_000), counts[-1]])
        coupon = rng.choice([None, 0, 100_000, 333_333, 1_000_000])
        limit = rng.choice([None, 0, 99, rng.randint(0, 90_000)])
        flat = rng.choice([None, 0, 2_000])
        parts += [reports(customer, start, end, list(zip(days, counts, strict=True))),
                  priced(f"price{n}", tiers, flat),
                  {"price_assignments": [{"customer_id": customer, "product_key": "p", "price_id": f"price{n}",
                                          "from_date": start, "coupon_ppm": coupon, "limit_cents": limit}]}]
        if last is not None:
            before = start - timedelta(days=30)
            parts.append(reports(customer, before, start, [(30, last)]))
        facts[customer] = ForecastFacts(
            days_in_period=(end - start).days, days_elapsed=days[-1], days_with_report=sum(day > 0 for day in days),
            units_to_date=counts[-1], last_period_units=last,
            tiers=tuple(Tier(up_to=up_to, unit_price=Decimal(e10) / 10**10, flat_amount=Money(fee or 0))
                        for up_to, e10, fee in tiers),
            discount_percent=Decimal(coupon or 0) / 10_000, billing_limit=None if limit is None else Money(limit),
            flat_fees=({"name": "flat", "amount": Money(flat)},) if flat else ())
    products, _ = forecast(landing(*parts))
    assert len(products) == len(facts)
    methods = set()
    for customer, given in facts.items():
        row, wanted = products[customer, "p"], forecast_product(given, PARAMS, as_of=AS_OF).value
        found = (row["projected_units"], row["method"], row["list_cents"], row["charge_cents"])
        assert found == (wanted.projected_units, wanted.method, wanted.steps[0].amount.cents, wanted.charge.cents), given
        methods.add(wanted.method)
    assert methods == {"run_rate", "last_period", "units_to_date"}


def test_example_f_run_rate_and_tiers() -> None:
    """Day 12 of 30, 1,400,000 events: 3,500,000 projected, 101.45. A report made after the day is not known yet."""
    products, customers = forecast(landing(
        reports("f", date(2026, 6, 1), date(2026, 7, 1), [(9, 9), (10, 10), (11, 11), (12, 1_400_000), (13, 5)]),
        priced("public", PUBLIC)), as_of=date(2026, 6, 13))
    row = products["f", "p"]
    assert (row["days_elapsed"], row["days_in_period"], row["projected_units"]) == (12, 30, 3_500_000)
    assert (row["charge_cents"], row["month_idx"], row["method"]) == (10_145, OPEN, "run_rate")
    assert customers["f", OPEN]["forecast_cents"] == 10_145


def test_example_v_discount_before_limit() -> None:
    """REV-102, BILL-140: list 900, 10 % off is 810, the limit 700 leaves 700; flat fees are on top of the limit."""
    products, _ = forecast(landing(
        reports("v", date(2026, 6, 1), date(2026, 7, 1), [(17, 1), (18, 2), (19, 570)]),
        priced("dollar", A_DOLLAR, 1_500),
        {"price_assignments": [{"customer_id": "v", "product_key": "p", "price_id": "dollar",
                                "from_date": date(2026, 1, 1), "coupon_ppm": 100_000, "limit_cents": 70_000}]}))
    row = products["v", "p"]
    assert (row["projected_units"], row["list_cents"], row["charge_cents"]) == (900, 90_000, 71_500)


@pytest.mark.parametrize(("days", "method", "units"), [([1, 2], "last_period", 900), ([1, 2, 3], "run_rate", 1_000),
                                                       ([3], "last_period", 900), ([0], "last_period", 900)])
def test_three_full_days_with_a_report(days: list[int], method: str, units: int) -> None:
    """REV-102: days with a report count, not days that have passed; the report of the first hours is no full day."""
    start = date(2026, 6, 17)
    products, _ = forecast(landing(
        reports("a", start, start + timedelta(days=30), [(day, 100) for day in days]),
        reports("a", date(2026, 5, 18), start, [(1, 7), (30, 900)]), priced("public", A_DOLLAR)))
    assert (products["a", "p"]["method"], products["a", "p"]["projected_units"]) == (method, units)


def test_a_later_agreement_is_not_in_force_yet() -> None:
    """BILL-201: the newest assignment that has begun counts; tomorrow's does not, today's does."""
    agreed = [("old", date(2026, 1, 1), 500_000), ("new", AS_OF, 900_000), ("next", AS_OF + timedelta(days=1), 0)]
    products, _ = forecast(landing(
        reports("a", date(2026, 6, 1), date(2026, 7, 1), [(17, 1), (18, 2), (19, 19)]), priced("public", A_DOLLAR),
        {"price_assignments": [{"customer_id": "a", "product_key": "p", "from_date": day, "coupon_ppm": ppm}
                               for _, day, ppm in agreed]}))
    assert products["a", "p"]["charge_cents"] == 300


def test_customers_without_usage_keep_the_upcoming_row() -> None:
    """REV-103, REV-104: a flat product is shown as its preview; beside measured products it is added to them."""
    june = date(2026, 6, 1), date(2026, 7, 1)
    products, customers = forecast(landing(
        invoice("flat", *june, 5_000, "upcoming", tax=500, product="seat"),
        invoice("both", *june, 700, "upcoming", product="seat"),
        reports("both", *june, [(17, 1), (18, 2), (19, 19)]), priced("public", A_DOLLAR)))
    assert (products["flat", "seat"]["method"], products["flat", "seat"]["charge_cents"]) == ("preview", 5_000)
    assert products["flat", "seat"]["projected_units"] is None
    assert (customers["flat", OPEN]["forecast_cents"], customers["flat", OPEN]["method"]) == (5_500, "preview")
    assert customers["flat", OPEN]["completed_cents"] == 0
    assert (customers["both", OPEN]["forecast_cents"], customers["both", OPEN]["method"]) == (3_700, "usage")


def test_a_period_that_is_invoiced_is_not_forecast_again() -> None:
    """REV-104: 16 May to 16 June is June's completed row; the running period belongs to July."""
    start = date(2026, 6, 16)
    products, customers = forecast(landing(
        invoice("a", date(2026, 5, 16), start, 4_000), reports("a", date(2026, 5, 16), start, [(31, 40)]),
        reports("a", start, date(2026, 7, 16), [(1, 1), (2, 2), (3, 8)]), priced("public", A_DOLLAR)))
    assert products["a", "p"]["month_idx"] == OPEN + 1
    june, july = customers["a", OPEN], customers["a", OPEN + 1]
    assert (june["completed_cents"], june["forecast_cents"], june["method"]) == (4_000, 4_000, "completed")
    assert (july["completed_cents"], july["forecast_cents"], july["method"]) == (0, 8_000, "usage")
    assert customers["a", OPEN + 2]["forecast_cents"] == 8_000


def test_tax_is_estimated_at_the_last_rate() -> None:
    """REV-103: 10.01 of tax on 100.00 in May; 30.00 of products in June carry 3.003, which is 3.00."""
    _, customers = forecast(landing(
        invoice("a", date(2026, 5, 1), date(2026, 6, 1), 10_000, tax=1_001),
        reports("a", date(2026, 6, 1), date(2026, 7, 1), [(17, 1), (18, 2), (19, 19)]), priced("public", A_DOLLAR)))
    assert customers["a", OPEN]["forecast_cents"] == 3_300


def test_startup_credit_is_drawn_month_after_month() -> None:
    """REV-103: 50.00 of credit, 30.00 a month: nothing in June, 10.00 in July, all of August."""
    tables = landing(
        reports("s", date(2026, 6, 1), date(2026, 7, 1), [(17, 1), (18, 2), (19, 19)]), priced("public", A_DOLLAR),
        {"credit_purchases": [{"purchase_id": "g", "customer_id": "s", "kind": "startup_grant",
                               "list_credit_cents": 5_000, "price_paid_cents": 0, "start_date": date(2026, 1, 1),
                               "term_months": 12, "status": "paid"}]},
        accounts={"s": "startup"})
    tables["accounts"][0]["is_startup_plan_customer"] = "true"
    _, customers = forecast(tables)
    assert [customers["s", OPEN + n]["forecast_cents"] for n in range(3)] == [0, 1_000, 3_000]


def test_annual_upfront_takes_the_credit_discount_and_never_tax() -> None:
    """REV-103, REV-9: on the usage basis 30.00 of usage at a credit discount of 20 % is 24.00."""
    _, customers = forecast(landing(
        reports("y", date(2026, 6, 1), date(2026, 7, 1), [(17, 1), (18, 2), (19, 19)]), priced("public", A_DOLLAR),
        {"credit_purchases": [{"purchase_id": "k", "customer_id": "y", "kind": "purchase", "list_credit_cents": 60_000,
                               "discount_ppm": 200_000, "price_paid_cents": 48_000, "start_date": date(2026, 1, 1),
                               "term_months": 12, "status": "paid"}]}, accounts={"y": "annual_upfront"}))
    assert (customers["y", OPEN]["forecast_cents"], customers["y", OPEN]["method"]) == (2_400, "usage")


def test_free_accounts_are_forecast_at_nothing() -> None:
    _, customers = forecast(landing(
        reports("z", date(2026, 6, 1), date(2026, 7, 1), [(17, 1), (18, 2), (19, 19)]), priced("public", A_DOLLAR),
        accounts={"z": "free"}))
    assert (customers["z", OPEN]["forecast_cents"], customers["z", OPEN]["is_first_payment"]) == (0, 0)


ALERTS = [("exact", 200_000, 300_000, ""), ("above", 200_000, 300_001, "up"), ("below", 200_000, 99_999, "down"),
          ("half", 200_000, 100_000, ""), ("small", 100_000, 900_000, ""), ("least", 100_001, 900_000, "up"),
          ("gone", 200_000, 0, "down"), ("first", 0, 900_000, "")]


def test_alerts_are_strict_and_whoever_left_raises_one() -> None:
    """REV-105, REV-107: above 50 % and above 1000.00; no row at all in the open month is a fall to 0."""
    may, june = (date(2026, 5, 1), date(2026, 6, 1)), (date(2026, 6, 1), date(2026, 7, 1))
    parts = [invoice(name, *may, last) for name, last, _, _ in ALERTS if last]
    parts += [invoice(name, *june, now, "upcoming") for name, _, now, _ in ALERTS if now]
    _, customers = forecast(landing(*parts))
    assert {name: customers[name, OPEN]["alert"] for name, *_ in ALERTS} == {row[0]: row[3] for row in ALERTS}
    assert customers["exact", OPEN]["growth_ppm"] == 500_000
    assert customers["first", OPEN]["growth_ppm"] is None
    assert customers["gone", OPEN]["growth_ppm"] == -1_000_000


@pytest.mark.parametrize(("cents", "is_first"), [(100, 0), (101, 1)])
def test_first_payment_needs_more_than_a_dollar(cents: int, is_first: int) -> None:
    """REV-106: strictly above 1; who has paid before is not a first payment."""
    may, june = (date(2026, 5, 1), date(2026, 6, 1)), (date(2026, 6, 1), date(2026, 7, 1))
    _, customers = forecast(landing(invoice("a", *june, cents, "upcoming"), invoice("b", *may, 1),
                                    invoice("b", *june, cents, "upcoming")))
    assert customers["a", OPEN]["is_first_payment"] == is_first
    assert customers["b", OPEN]["is_first_payment"] == 0
