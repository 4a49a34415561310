"""The walk over a balance: what was given is used up at most once, and debts come first."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.integrations.stripe.credits import applied_credit
from tests.integrations.stripe.objects import transaction

KINDS = ("adjustment", "initial", "migration", "credit_note", "invoice_overpaid", "unspent_receiver_credit")


@st.composite
def balances(draw: Any, kinds: tuple[str, ...] = KINDS) -> list[dict[str, Any]]:
    """A balance as Stripe keeps one: an invoice never uses more credit than there is."""
    found, balance = [], 0
    for number in range(draw(st.integers(0, 12))):
        credit = max(0, -balance)
        if credit and draw(st.booleans()):
            amount = draw(st.integers(1, credit))
            found.append(transaction(f"t{number}", "cus_a", amount, "applied_to_invoice", of_invoice=f"in_{number}"))
        else:
            amount = -draw(st.integers(1, 5000))
            found.append(transaction(f"t{number}", "cus_a", amount, draw(st.sampled_from(kinds))))
        balance += amount
    return found


def used(transactions: list[dict[str, Any]]) -> dict[str, int]:
    return {one["invoice"]: one["amount"] for one in transactions if one["type"] == "applied_to_invoice"}


@settings(max_examples=150, deadline=None)
@given(transactions=balances())
def test_never_more_than_was_given_and_never_more_than_was_used(transactions: list[dict[str, Any]]) -> None:
    applied = applied_credit(transactions)
    given_cents = -sum(one["amount"] for one in transactions if one["type"] in KINDS[:3])
    assert 0 <= sum(applied.by_invoice.values()) <= given_cents
    assert all(0 <= cents <= used(transactions)[key] for key, cents in applied.by_invoice.items())


@settings(max_examples=100, deadline=None)
@given(transactions=balances(KINDS[:3]))
def test_where_all_was_given_all_that_was_used_is_credit(transactions: list[dict[str, Any]]) -> None:
    assert applied_credit(transactions).by_invoice == used(transactions)


@settings(max_examples=100, deadline=None)
@given(transactions=balances(KINDS[3:]))
def test_where_nothing_was_given_nothing_is_credit(transactions: list[dict[str, Any]]) -> None:
    assert applied_credit(transactions).by_invoice == {}


def test_the_oldest_credit_is_used_first() -> None:
    """10.00 given, then 10.00 of a credit note: an invoice that uses 15.00 uses 10.00 of ours."""
    applied = applied_credit([transaction("t1", "cus_a", -1000, "adjustment"),
                              transaction("t2", "cus_a", -1000, "credit_note"),
                              transaction("t3", "cus_a", 1500, "applied_to_invoice", of_invoice="in_1")])
    assert (applied.by_invoice, applied.first_invoice) == ({"in_1": 1000}, {"t1": "in_1"})


def test_taking_credit_back_leaves_less_for_invoices() -> None:
    """Given 10.00, taken back 4.00 by hand: 6.00 are left for the invoice, and no debt arose."""
    applied = applied_credit([transaction("t1", "cus_a", -1000, "adjustment"),
                              transaction("t2", "cus_a", 400, "adjustment"),
                              transaction("t3", "cus_a", 600, "applied_to_invoice", of_invoice="in_1")])
    assert (applied.by_invoice, applied.charges) == ({"in_1": 600}, [])
