"""Exact money: whole cents inside, decimal strings at the edges, half up, never a float."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

CENTS = Decimal(100)


def round_half_up(value: Decimal | Fraction | int) -> int:
    """Nearest whole number; a half goes away from zero. Exact for fractions, so one step rounds once."""
    exact = Fraction(value)
    doubled = abs(exact) * 2 + 1
    whole = doubled.numerator // (doubled.denominator * 2)
    return whole if exact >= 0 else -whole


@dataclass(frozen=True, order=False)
class Money:
    """An amount in the minor unit (cents) of one currency. Different currencies do not add."""

    cents: int
    currency: str = "USD"

    def __post_init__(self) -> None:
        if isinstance(self.cents, bool) or not isinstance(self.cents, int):
            raise TypeError(f"cents must be a whole number, not {self.cents!r}")

    @classmethod
    def parse(cls, text: str | int | Decimal, currency: str = "USD") -> Money:
        """The one gate in: a decimal string of major units with at most two places.

        >>> Money.parse("12.30").cents
        1230

        Raises ValueError for anything else: a float, a third decimal, NaN, an exponent beyond cents.
        """
        if isinstance(text, float | bool):
            raise ValueError(f"money is a decimal string such as \"12.30\", not {text!r}")
        try:
            cents = Decimal(text) * CENTS
        except InvalidOperation:
            raise ValueError(f"{text!r} is not an amount of money such as \"12.30\"") from None
        if not cents.is_finite() or cents != cents.to_integral_value():
            raise ValueError(f"{text!r} is not a whole number of cents")
        return cls(int(cents), currency)

    @classmethod
    def rounded(cls, major: Decimal | Fraction, currency: str = "USD") -> Money:
        """A computed amount in major units, rounded half up to the cent: call it once, at a named step."""
        return cls(round_half_up(Fraction(major) * 100), currency)

    @property
    def amount(self) -> Decimal:
        """Major units with two places."""
        return (Decimal(self.cents) / CENTS).quantize(Decimal("0.01"))

    def __str__(self) -> str:
        return str(self.amount)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add; convert at the source")
        return other.cents

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.cents - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.cents < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.cents <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.cents > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.cents >= self._same(other)

    def split(self, parts: int) -> list[Money]:
        """Equal parts by cumulative rounding (REV-30); they always add up to the whole."""
        return [Money(cents, self.currency) for cents in split_cents(self.cents, parts)]

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Parts in proportion to whole-number weights, by largest remainder; they add up to the whole."""
        return [Money(cents, self.currency) for cents in allocate_cents(self.cents, weights)]


def split_cents(total: int, parts: int) -> list[int]:
    """Row k = round(S*k/n) - round(S*(k-1)/n), half up, for k = 1..n (REV-30, BILL-207)."""
    if parts < 1:
        raise ValueError(f"cannot split over {parts} parts; at least 1 is needed")
    steps = [round_half_up(Fraction(total * k, parts)) for k in range(parts + 1)]
    return [after - before for before, after in zip(steps, steps[1:], strict=False)]


def allocate_cents(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder; ties go to the earlier part. Weights are not negative and not all zero."""
    whole = sum(weights)
    if not weights or min(weights) < 0 or whole == 0:
        raise ValueError("weights must be zero or more, with at least one above zero")
    sign = -1 if total < 0 else 1
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    missing = abs(total) - sum(base for base, _ in shares)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    extra = set(by_remainder[:missing])
    return [sign * (base + (i in extra)) for i, (base, _) in enumerate(shares)]


def percent(part: int, whole: int, places: int = 2) -> str | None:
    """part / whole x 100 as a decimal string, half up; None when the whole is zero (unknown is not 0 %)."""
    if whole == 0:
        return None
    scaled = round_half_up(Fraction(part * 100 * 10**places, whole))
    return str((Decimal(scaled) / 10**places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
