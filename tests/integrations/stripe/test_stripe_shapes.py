"""The fields that are read are those of the official client's types, and so are those of the tests' own objects."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from hedgerow.integrations.stripe.cache import KINDS
from hedgerow.integrations.stripe.shapes import (
    EARLIER,
    KEPT,
    LINE_EARLIER,
    LINE_KEPT,
    TRANSACTION_KEPT,
    UnexpectedShape,
    instant,
    money,
    whole,
)
from tests.integrations.stripe import objects

TYPES: dict[str, Any] = {
    "products": stripe.Product, "prices": stripe.Price, "customers": stripe.Customer,
    "subscriptions": stripe.Subscription, "invoices": stripe.Invoice, "credit_notes": stripe.CreditNote,
    "refunds": stripe.Refund}
LINE_TYPES: dict[str, Any] = {"invoices": stripe.InvoiceLineItem, "credit_notes": stripe.CreditNoteLineItem}


def fields(kind: Any) -> set[str]:
    return set(kind.__annotations__)


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_kept_is_typed_by_the_client_and_what_is_earlier_is_not(kind: str) -> None:
    assert set(KEPT[kind]) <= fields(TYPES[kind])
    assert set(EARLIER.get(kind, ())).isdisjoint(fields(TYPES[kind]))
    assert set(LINE_KEPT.get(kind, ())) <= fields(LINE_TYPES.get(kind, TYPES[kind]))
    assert set(LINE_EARLIER.get(kind, ())).isdisjoint(fields(LINE_TYPES.get(kind, TYPES[kind])))
    assert kind in KINDS


def test_balance_transactions_are_typed_by_the_client() -> None:
    assert set(TRANSACTION_KEPT) <= fields(stripe.CustomerBalanceTransaction)


def test_the_parts_inside_are_typed_by_the_client() -> None:
    line = stripe.InvoiceLineItem
    assert {"price", "product"} <= fields(line.Pricing.PriceDetails)
    assert "proration" in fields(line.Parent.SubscriptionItemDetails) & fields(line.Parent.InvoiceItemDetails)
    assert {"amount", "tax_behavior"} <= fields(line.Tax)
    assert {"amount", "type"} <= fields(stripe.Invoice.TotalPretaxCreditAmount)
    assert "finalized_at" in fields(stripe.Invoice.StatusTransitions)
    assert {"amount_total", "amount_tax"} <= fields(stripe.Invoice.ShippingCost)
    assert {"amount_refunded", "refund"} <= fields(stripe.CreditNote.Refund)
    assert {"up_to", "unit_amount_decimal", "flat_amount", "flat_amount_decimal"} <= fields(stripe.Price.Tier)
    assert "usage_type" in fields(stripe.Price.Recurring)
    assert {"invoice", "payment"} <= fields(stripe.InvoicePayment)


@pytest.mark.parametrize(("made", "kind"), [
    (objects.product("p"), stripe.Product), (objects.price("p", "x"), stripe.Price),
    (objects.customer("c"), stripe.Customer), (objects.subscription("s", "c", "2025-01-01"), stripe.Subscription),
    (objects.line(1), stripe.InvoiceLineItem), (objects.invoice("i", "c", []), stripe.Invoice),
    (objects.note_line(1), stripe.CreditNoteLineItem), (objects.credit_note("n", "i", [], total=1), stripe.CreditNote),
    (objects.refund("r", 1, None), stripe.Refund), (objects.invoice_payment("i", "p"), stripe.InvoicePayment),
    (objects.transaction("t", "c", 1, "adjustment"), stripe.CustomerBalanceTransaction)])
def test_the_objects_of_the_tests_have_the_clients_shape(made: dict[str, Any], kind: Any) -> None:
    assert set(made) <= fields(kind)


@pytest.mark.parametrize(("minor", "currency", "shown"), [
    (0, "usd", "0.00"), (1, "usd", "0.01"), (-1, "usd", "-0.01"), (10**15 + 1, "usd", "10000000000000.01"),
    (5, "JPY", "5.00"), (5, "kwd", "0.005")])
def test_money(minor: int, currency: str, shown: str) -> None:
    assert money(minor, currency) == shown


@pytest.mark.parametrize("value", [1.0, "1", True, [1]])
def test_only_whole_numbers_are_money(value: Any) -> None:
    with pytest.raises(UnexpectedShape, match="amount is"):
        whole({"amount": value}, "amount")


@pytest.mark.parametrize("value", [-1, 2**33, "0", None, 1.5])
def test_only_seconds_are_an_instant(value: Any) -> None:
    with pytest.raises(UnexpectedShape):
        instant(value)
