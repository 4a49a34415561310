"""Objects in the shape that the official client of today types; only ids, times and sums are named by the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

SECRET = "seti_secret_neverOnDisk"
_ids = count(1)


def at(text: str) -> int:
    """``2025-10-01`` or ``2025-10-01 10:30`` in UTC, as seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def product(key: str, **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "product", "active": True, "created": at("2025-01-01"), "default_price": None,
            "metadata": {}, "name": key.title(), "livemode": False, "images": [], "updated": 0, **fields}


def price(key: str, of: str, **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "price", "active": True, "billing_scheme": "per_unit", "created": at("2025-01-01"),
            "currency": "usd", "metadata": {}, "nickname": None, "product": of,
            "recurring": {"interval": "month", "interval_count": 1, "meter": None, "usage_type": "licensed"},
            "tiers_mode": None, "transform_quantity": None, "type": "recurring", "unit_amount": None,
            "unit_amount_decimal": None, **fields}


def metered(key: str, of: str, **fields: Any) -> dict[str, Any]:
    recurring = {"interval": "month", "interval_count": 1, "meter": "mtr_1", "usage_type": "metered"}
    return price(key, of, recurring=recurring, **fields)


def customer(key: str, name: str = "Ada Ltd", **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "customer", "address": {"line1": "1 Secret Street"}, "balance": 0,
            "created": at("2025-01-05"), "email": "billing@ada.example", "metadata": {}, "name": name,
            "phone": "+1 555 0100", "tax_exempt": "none", "livemode": False, **fields}


def subscription(key: str, of: str, start: str, **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "subscription", "created": at(start), "customer": of, "ended_at": None,
            "start_date": at(start), "status": "active", "metadata": {}, **fields}


def line(amount: int, of: str | None = "prod_a", price_id: str | None = "price_a", *, start: str = "2025-10-01",
         end: str = "2025-11-01", discounts: tuple[int, ...] = (), proration: bool = False,
         **fields: Any) -> dict[str, Any]:
    details = {"invoice_item": None, "proration": proration, "proration_details": None, "subscription": "sub_1",
               "subscription_item": "si_1"}
    pricing = {"price_details": {"price": price_id, "product": of}, "type": "price_details",
               "unit_amount_decimal": None}
    return {"id": f"il_{next(_ids)}", "object": "line_item", "amount": amount, "currency": "usd", "description": "…",
            "discount_amounts": [{"amount": cents, "discount": "di_1"} for cents in discounts], "metadata": {},
            "parent": {"invoice_item_details": None, "subscription_item_details": details,
                       "type": "subscription_item_details"},
            "period": {"start": at(start), "end": at(end)}, "pretax_credit_amounts": [],
            "pricing": pricing if price_id else None, "quantity": 1, "subtotal": amount, "taxes": [], **fields}


def invoice(key: str, of: str, lines: list[dict[str, Any]], *, created: str = "2025-11-01 01:00", tax: int = 0,
            **fields: Any) -> dict[str, Any]:
    total = sum(one["amount"] - sum(d["amount"] for d in one["discount_amounts"]) for one in lines) + tax
    status = fields.get("status", "paid")
    return {"id": key, "object": "invoice", "amount_due": total, "billing_reason": "subscription_cycle",
            "confirmation_secret": {"client_secret": SECRET, "type": "payment_intent"}, "created": at(created),
            "currency": "usd", "customer": of, "customer_email": "billing@ada.example", "customer_name": "Ada Ltd",
            "ending_balance": 0, "hosted_invoice_url": f"https://invoice.stripe.example/{SECRET}", "lines": lines,
            "metadata": {}, "period_start": at("2025-10-01"), "period_end": at("2025-11-01"), "shipping_cost": None,
            "starting_balance": 0, "status": status, "subtotal": total - tax,
            "status_transitions": {"finalized_at": None if status == "draft" else at(created),
                                   "marked_uncollectible_at": None, "paid_at": at(created), "voided_at": None},
            "total": total, "total_pretax_credit_amounts": [],
            "total_taxes": [{"amount": tax, "tax_behavior": "exclusive", "type": "tax_rate_details"}] if tax else [],
            **fields}


def note_line(amount: int, of_line: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"id": f"cnli_{next(_ids)}", "object": "credit_note_line_item", "amount": amount, "discount_amount": 0,
            "discount_amounts": [], "invoice_line_item": of_line, "quantity": 1, "taxes": [],
            "type": "invoice_line_item" if of_line else "custom_line_item", **fields}


def credit_note(key: str, of: str, lines: list[dict[str, Any]], *, total: int, **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "credit_note", "amount": total, "created": at("2025-11-03"), "currency": "usd",
            "customer": "cus_a", "invoice": of, "lines": lines, "metadata": {}, "reason": None, "refunds": [],
            "status": "issued", "total": total, "type": "post_payment", **fields}


def refund(key: str, amount: int, intent: str | None, **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "refund", "amount": amount, "charge": "ch_1", "created": at("2025-11-04"),
            "currency": "usd", "metadata": {}, "payment_intent": intent, "reason": None, "status": "succeeded",
            **fields}


def invoice_payment(of: str, intent: str) -> dict[str, Any]:
    return {"id": f"inpay_{next(_ids)}", "object": "invoice_payment", "created": at("2025-11-01"), "currency": "usd",
            "invoice": of, "payment": {"type": "payment_intent", "payment_intent": intent}, "status": "paid"}


def transaction(key: str, of: str, amount: int, kind: str, *, created: str = "2025-10-15",
                of_invoice: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"id": key, "object": "customer_balance_transaction", "amount": amount, "created": at(created),
            "currency": "usd", "customer": of, "invoice": of_invoice, "metadata": {}, "type": kind, **fields}
