"""Graduated prices (BILL-200). Exact inside, in integers of 10^-10 dollars; rounded once, per product line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pydantic import Field

from hedgerow.core.fields import Facts, PositiveMoney, UnitPriceField, Whole
from hedgerow.kernel.money import Money, round_half_up
from hedgerow.kernel.problem import Problem, Where

E10 = 10**10
E10_PER_CENT = 10**8


class Tier(Facts):
    """One step of a graduated price."""

    up_to: Whole | None = Field(default=None, ge=1, description="Last unit of the tier, included; none for the last")
    unit_price: UnitPriceField = Field(description="Dollars per unit inside the tier")
    flat_amount: PositiveMoney = Field(default=Money(0), description="Due once the tier is entered, in dollars; the "
                                       "first tier is entered at 0 units")


@dataclass(frozen=True)
class TierLine:
    """What one tier adds to a price. ``e10`` is exact, in 10^-10 dollars."""

    tier: int
    units: int
    e10: int


def tier_problems(tiers: Sequence[Tier], path: str) -> list[Problem]:
    """Tiers rise strictly, and only the last is open (BILL-136)."""
    problems = []
    for i, tier in enumerate(tiers):
        is_last = i == len(tiers) - 1
        before = tiers[i - 1].up_to if i else 0
        if is_last and tier.up_to is not None:
            message = f"tier {i + 1}, the last, must be open, but ends at {tier.up_to:,}"
        elif not is_last and tier.up_to is None:
            message = f"tier {i + 1} is open, but only the last tier may be"
        elif tier.up_to is not None and before is not None and tier.up_to <= before:
            message = f"tier {i + 1} ends at {tier.up_to:,}, not after tier {i}, which ends at {before:,}"
        else:
            continue
        problems.append(Problem("tier_order", message, Where(path=f"{path}[{i}].up_to"), rule="BILL-136"))
    return problems


def tier_lines(units: int, tiers: Sequence[Tier]) -> list[TierLine]:
    """Units and amount of every tier that is entered."""
    lines, lower = [], 0
    for number, tier in enumerate(tiers, start=1):
        if number > 1 and units <= lower:
            break
        inside = max(0, (units if tier.up_to is None else min(units, tier.up_to)) - lower)
        e10 = inside * int(tier.unit_price * E10) + tier.flat_amount.cents * E10_PER_CENT
        lines.append(TierLine(number, inside, e10))
        lower = units if tier.up_to is None else tier.up_to
    return lines


def graduated_e10(units: int, tiers: Sequence[Tier]) -> int:
    """Exact price of ``units``, in 10^-10 dollars."""
    return sum(line.e10 for line in tier_lines(units, tiers))


def line_price(units: int, tiers: Sequence[Tier]) -> Money:
    """Price of one product line, rounded half up to the cent once."""
    return Money(round_half_up(Fraction(graduated_e10(units, tiers), E10_PER_CENT)))


def exact_dollars(e10: int) -> str:
    """10^-10 dollars as a decimal string with at least two places and no idle zeros."""
    whole, fraction = divmod(e10, E10)
    digits = f"{fraction:010d}".rstrip("0").ljust(2, "0")
    return f"{whole}.{digits}"


def less_percent(amount: Money, percent: Decimal) -> Money:
    """``amount`` x (1 - percent), rounded half up to the cent: the step named discount."""
    return Money(round_half_up(Fraction(amount.cents) * (1 - Fraction(percent) / 100)))
