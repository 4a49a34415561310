"""What all shapes draw from: amounts, products, runs of months around the open one."""

from __future__ import annotations

from datetime import date
from random import Random

from .arithmetic import month_of, parse_month
from .landing import PRODUCTS, Landing

AS_OF = date(2026, 5, 10)
RUN_MONTH = month_of(AS_OF)
SWITCH = parse_month("2026-01")  # the first month on the usage basis
ANCHORS = (1, 1, 1, 2, 15, 21, 28, 31)
DISCOUNTS = (0, 50_000, 100_000, 100_000, 145_000, 200_000, 200_000, 333_333, 500_000, 999_999)


def amount(rng: Random) -> int:
    """Cents: round figures, odd cents, single cents, zero."""
    return rng.choice([0, 1, 2, 3, 99, 333, 1_000, 41_666, 41_667, 50_000, 100_000, 100_001, 333_333,
                       rng.randint(1, 2_000_000), rng.randint(1, 500_000)])


def some_products(rng: Random, *, odd: bool = True) -> list[tuple[str | None, int]]:
    """One to three products; at times a line without a product or with an unknown one, or two of one product."""
    keys: list[str | None] = list(rng.sample(PRODUCTS, rng.randint(1, 3)))
    if odd and rng.random() < 0.15:
        keys.append(rng.choice([None, "mystery", keys[0]]))
    return [(key, amount(rng)) for key in keys]


def spread_over(rng: Random, total: int) -> list[tuple[str | None, int]]:
    """A total as lines of one or two products that add up to it."""
    if rng.random() < 0.5 or total < 2:
        return [("product_analytics", total)]
    part = rng.randint(0, total)
    return [("product_analytics", part), ("session_replay", total - part)]


def run_of_months(rng: Random, low: int = 4, high: int = 13) -> list[int]:
    """Consecutive months that end before, in, or after the open month."""
    last = rng.choice([RUN_MONTH - 4, RUN_MONTH - 2, RUN_MONTH - 1, RUN_MONTH - 1, RUN_MONTH, RUN_MONTH + 2])
    return list(range(last - rng.randint(low, high) + 1, last + 1))


def monthly(land: Landing, customer: str, months: list[int], totals: list[int], rng: Random) -> list[str]:
    return [land.month_invoice(customer, month, spread_over(rng, total))
            for month, total in zip(months, totals, strict=True)]
