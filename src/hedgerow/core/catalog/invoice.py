"""The order of an invoice: product lines, coupon, billing limit, tax on net, balance credit, amount due (BILL-201)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hedgerow.core.catalog.price import less_percent
from hedgerow.kernel.money import Money, round_half_up


@dataclass(frozen=True)
class Charge:
    """One product's way from list price to charge. The limit is in dollars after the discount."""

    listed: Money
    discounted: Money
    capped: Money
    flat: Money

    @property
    def net(self) -> Money:
        return self.capped + self.flat


def charge(listed: Money, *, percent: Decimal, limit: Money | None, flat_fees: Sequence[Money] = ()) -> Charge:
    """Discount, then cap, then flat fees, which no limit holds back."""
    discounted = less_percent(listed, percent)
    capped = discounted if limit is None or discounted <= limit else limit
    return Charge(listed, discounted, capped, sum(flat_fees, Money(0)))


def tax_on(net: Money, percent: Decimal) -> Money:
    """Tax on the net amount, rounded half up to the cent."""
    return Money(round_half_up(Fraction(net.cents) * Fraction(percent) / 100))


def amount_due(net: Money, tax: Money, credit: Money) -> Money:
    """What is left after credit; credit beyond it stays on the balance (BILL-15)."""
    return Money(max(0, (net + tax - credit).cents))
