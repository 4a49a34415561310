"""Customer balances: which credit was given by us, and which invoice it lowered.

A balance holds money of two kinds. Credit that we gave (an adjustment, an opening or migrated balance) lowers revenue
where it is applied. Money that is the customer's own (a credit note paid to the balance, an overpayment, a negative
invoice) was taken off revenue already where it arose, or never was revenue; taking it off again where it pays an
invoice would count it twice. Oldest credit is used first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from hedgerow.integrations.stripe.shapes import Object, UnexpectedShape, id_of, whole

_GIVEN = ("adjustment", "initial", "migration")


@dataclass
class Credit:
    """What is left of one credit; ``given`` is the transaction that gave it, None when it is the customer's own."""

    given: str | None
    cents: int


@dataclass
class Applied:
    """Cents of given credit by invoice, the first invoice of each credit, and sums of the balance beyond credit."""

    by_invoice: dict[str, int] = field(default_factory=dict)
    first_invoice: dict[str, str] = field(default_factory=dict)
    charges: list[Object] = field(default_factory=list)


def applied_credit(transactions: Iterable[Object]) -> Applied:
    """Walk one customer's transactions, oldest first. Stripe's sign: negative is credit, positive uses it up.

    ``charges`` are adjustments that put a debt on the balance instead of using credit up.
    """
    found, pool, debt = Applied(), deque[Credit](), 0
    drawn: dict[str, list[Credit]] = {}
    for one in transactions:
        amount, kind, invoice = whole(one, "amount"), one.get("type"), id_of(one.get("invoice"))
        if amount < 0 and kind == "unapplied_from_invoice" and invoice in drawn:
            _give_back(found, pool, drawn[invoice], -amount, invoice)
        elif amount < 0:
            paid = min(debt, -amount)
            debt -= paid
            if -amount > paid:
                pool.append(Credit(one["id"] if kind in _GIVEN else None, -amount - paid))
        else:
            uses = _draw(pool, amount)
            rest = amount - sum(use.cents for use in uses)
            debt += rest
            if rest and kind == "adjustment":
                found.charges.append(one)
            if invoice and kind == "applied_to_invoice":
                drawn.setdefault(invoice, []).extend(uses)
                _count(found, uses, invoice)
    return found


def applied_by_balance(invoice: Object) -> int:
    """Without transactions: the credit that the balance held before the invoice and no longer holds after it."""
    if invoice.get("ending_balance") is None:
        return 0
    return max(0, max(0, -whole(invoice, "starting_balance")) - max(0, -whole(invoice, "ending_balance")))


def granted_credit(invoice: Object) -> int:
    """Credit grants used before tax; coupons stand in the same list and are left out."""
    amounts = invoice.get("total_pretax_credit_amounts") or ()
    return sum(whole(item, "amount") for item in amounts if item.get("type") == "credit_balance_transaction")


def _draw(pool: deque[Credit], amount: int) -> list[Credit]:
    uses = []
    while amount and pool:
        part = min(amount, pool[0].cents)
        uses.append(Credit(pool[0].given, part))
        pool[0].cents -= part
        amount -= part
        if not pool[0].cents:
            pool.popleft()
    return uses


def _count(found: Applied, uses: Iterable[Credit], invoice: str) -> None:
    for use in uses:
        if use.given:
            found.by_invoice[invoice] = found.by_invoice.get(invoice, 0) + use.cents
            found.first_invoice.setdefault(use.given, invoice)


def _give_back(found: Applied, pool: deque[Credit], uses: list[Credit], amount: int, invoice: str | None) -> None:
    """A voided invoice returns its credit, the last used first, to the front of what is left."""
    if invoice is None:
        raise UnexpectedShape("a transaction without its invoice")
    while amount and uses:
        part = min(amount, uses[-1].cents)
        if uses[-1].given:
            found.by_invoice[invoice] -= part
        pool.appendleft(Credit(uses[-1].given, part))
        uses[-1].cents -= part
        amount -= part
        if not uses[-1].cents:
            uses.pop()
    if amount:
        pool.append(Credit(None, amount))
