"""Forecast of the open month per product (REV-102) and the graduated price it is charged at (BILL-200)."""

from __future__ import annotations

from fractions import Fraction

from .arithmetic import half_up

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
