"""Which fields of Stripe's objects are kept and read, under the names of the client's types; the rest is not stored.

What stands here decides what lies on disk: no address, phone, card, URL or client secret. Fields of API versions before
2025 stand in ``EARLIER``: invoices of then are served in today's shape, but some servers still answer in the old one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

Object = dict[str, Any]

KEPT: Mapping[str, tuple[str, ...]] = {
    "products": ("id", "active", "created", "default_price", "metadata", "name"),
    "prices": ("id", "active", "billing_scheme", "created", "currency", "metadata", "nickname", "product", "recurring",
               "tiers", "tiers_mode", "transform_quantity", "type", "unit_amount", "unit_amount_decimal"),
    "customers": ("id", "balance", "business_name", "created", "email", "metadata", "name", "tax_exempt"),
    "subscriptions": ("id", "created", "customer", "customer_account", "ended_at", "start_date", "status"),
    "invoices": ("id", "created", "currency", "customer", "customer_account", "customer_email", "customer_name",
                 "ending_balance", "lines", "metadata", "period_end", "period_start", "shipping_cost",
                 "starting_balance", "status", "status_transitions", "total", "total_pretax_credit_amounts",
                 "total_taxes"),
    "credit_notes": ("id", "created", "currency", "invoice", "lines", "metadata", "reason", "refunds", "status",
                     "total"),
    "refunds": ("id", "amount", "charge", "created", "currency", "metadata", "payment_intent", "reason", "status"),
}
LINE_KEPT: Mapping[str, tuple[str, ...]] = {
    "invoices": ("id", "amount", "discount_amounts", "parent", "period", "pricing", "quantity", "quantity_decimal",
                 "taxes"),
    "credit_notes": ("id", "amount", "discount_amounts", "invoice_line_item", "taxes"),
}
TRANSACTION_KEPT = ("id", "amount", "created", "currency", "invoice", "metadata", "type")
EARLIER: Mapping[str, tuple[str, ...]] = {
    "invoices": ("charge", "payment_intent", "tax", "total_tax_amounts"),
    "credit_notes": ("refund",),
    "customers": ("account_balance",),
}
LINE_EARLIER: Mapping[str, tuple[str, ...]] = {
    "invoices": ("plan", "price", "proration", "tax_amounts"),
    "credit_notes": ("tax_amounts",),
}
METADATA: Mapping[str, tuple[str, ...]] = {
    "products": ("product_key", "kind", "launched_on"),
    "prices": (),
    "customers": ("billing_config", "is_startup_plan_customer", "credit_expires_at", "owner_id", "segment", "region",
                  "role", "shared_billing_id", "annual_plan_starts_at", "annual_plan_ends_at", "parent_customer_id"),
    "invoices": ("classification",),
    "credit_notes": ("reason",),
    "refunds": ("reason",),
    "balance_transactions": ("reason", "reference"),
}


class UnexpectedShape(Exception):
    """A field does not hold what the client's types say; the message names it."""


def fingerprint_of_shapes() -> str:
    """Changes when other fields are kept, so that a cache of an earlier version is listed again."""
    parts = [KEPT, LINE_KEPT, TRANSACTION_KEPT, EARLIER, LINE_EARLIER, METADATA]
    return digest_of(json.loads(json.dumps(parts)))


def digest_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:24]


def pruned(kind: str, found: Object) -> Object:
    """Only what is kept. Line items become a plain list; ``has_more`` says that the list goes on elsewhere."""
    kept = _only(found, (*KEPT[kind], *EARLIER.get(kind, ())), METADATA.get(kind))
    if kind in LINE_KEPT:
        lines = found.get("lines") or {}
        kept["lines"] = [pruned_line(kind, line) for line in lines.get("data", ())]
        kept["has_more"] = bool(lines.get("has_more"))
    return kept


def pruned_line(kind: str, line: Object) -> Object:
    return _only(line, (*LINE_KEPT[kind], *LINE_EARLIER.get(kind, ())), ())


def pruned_transaction(found: Object) -> Object:
    return _only(found, TRANSACTION_KEPT, METADATA["balance_transactions"])


def _only(found: Object, names: tuple[str, ...], metadata: tuple[str, ...] | None) -> Object:
    kept = {name: found[name] for name in names if found.get(name) is not None}
    if "metadata" in kept:
        kept["metadata"] = {name: kept["metadata"][name] for name in metadata or () if name in kept["metadata"]}
    return kept


def brief_of(kind: str, kept: Object) -> list[Any]:
    """The few fields that are kept in memory for every object of a kind."""
    if kind == "invoices":
        return [kept.get("status"), owner_of(kept), kept.get("starting_balance") or 0, kept.get("ending_balance") or 0]
    if kind == "customers":
        return [kept.get("balance", kept.get("account_balance")) or 0]
    return []


# -- values ------------------------------------------------------------------------------------------------------------

# From Stripe's list of currencies: amounts are whole units, or thousandths, rather than hundredths.
ZERO_DECIMAL = frozenset(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv",
                          "xaf", "xof", "xpf"))
THREE_DECIMAL = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))


def id_of(value: Any) -> str | None:
    """The id of something that may stand as an id, as an object, as a deleted object, or not at all."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def owner_of(found: Object) -> str | None:
    """Who was billed: the customer, or the account that stands for one."""
    return id_of(found.get("customer")) or id_of(found.get("customer_account"))


def whole(found: Object, name: str) -> int:
    """A sum in the currency's smallest unit; absent is 0. Raises UnexpectedShape for anything but a whole number."""
    value = found.get(name)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnexpectedShape(f"{name} is {str(value)[:40]!r}, not a whole number of cents")
    return value


def total_of(items: Any, name: str = "amount") -> int:
    return sum(whole(item, name) for item in items or ())


def money(minor: int, currency: str = "usd") -> str:
    """A decimal string of major units, scaled as the currency is: 1050 is 10.50 USD, 1050.00 JPY, 1.050 KWD."""
    places = 0 if currency.lower() in ZERO_DECIMAL else 3 if currency.lower() in THREE_DECIMAL else 2
    major = Decimal(minor).scaleb(-places)
    return f"{major:.{max(places, 2)}f}"


def unit_price(found: Object, name: str) -> str:
    """Dollars per unit from ``<name>_decimal`` (cents with up to 12 places, as text) or ``<name>`` (whole cents)."""
    text = found.get(f"{name}_decimal")
    cents = Decimal(whole(found, name)) if text is None else Decimal(str(text))
    return f"{cents.scaleb(-2).normalize():f}"


def instant(seconds: Any) -> datetime:
    """Raises UnexpectedShape for anything but a number of seconds since 1970."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds < 2**33:
        raise UnexpectedShape(f"{str(seconds)[:40]!r} is not an instant")
    return datetime.fromtimestamp(seconds, UTC)


def iso(seconds: Any) -> str | None:
    return None if seconds is None else instant(seconds).strftime("%Y-%m-%dT%H:%M:%S")
