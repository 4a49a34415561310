"""Invoices as one thing: the invoice with its canonical customer, month, lines by product, and refunds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .arithmetic import first_day, last_day, month_of_end
from .identity import Identity, Row, Tables

OTHER = ""  # product key under which unknown and missing products are collected (REV-27)


@dataclass
class Invoice:
    invoice_id: str
    customer_id: str
    month: int
    type: str
    classification: str
    role: str
    period_start: datetime
    period_end: datetime
    finalized_at: datetime
    tax: int = 0
    discount: int | None = None
    credit_applied: int = 0
    nets: dict[str, int] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    refunds: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)

    @property
    def instant(self) -> datetime:
        """The instant that stands for the row: the last second of its period."""
        return self.period_end - timedelta(seconds=1)

    @property
    def net(self) -> int:
        return sum(self.nets.values())


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  stored instants are UTC without a zone


class Catalog:
    """Which product keys are known, and which of them are the support package (REV-27, REV-153)."""

    def __init__(self, tables: Tables) -> None:
        products = tables.get("products", [])
        self.known = {row["product_key"] for row in products}
        self.packages = {row["product_key"] for row in products if row.get("kind") == "platform_package"}

    def key(self, product_key: str | None) -> str:
        if not product_key or (self.known and product_key not in self.known):
            return OTHER
        return product_key


def read_invoices(tables: Tables, identity: Identity, catalog: Catalog) -> list[Invoice]:
    """Counted invoices only: void and draft ones count nowhere, with everything that hangs on them."""
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in tables.get("invoice_lines", []):
        lines[line["invoice_id"]].append(line)
    refunds: dict[str, list[Row]] = defaultdict(list)
    for refund in tables.get("refunds", []):
        refunds[refund["invoice_id"]].append(refund)
    roles = {row["provider_customer_id"]: row["role"] for row in tables.get("provider_customers", [])}
    found = []
    for row in tables.get("invoices", []):
        if row.get("status") in ("void", "draft"):
            continue
        invoice = Invoice(
            invoice_id=row["invoice_id"],
            customer_id=identity.canonical(row["customer_id"]),
            month=month_of_end(row["period_end"]),
            type=row["type"],
            classification=row["classification"],
            role=roles.get(row.get("provider_customer_id"), "single"),
            period_start=row["period_start"],
            period_end=row["period_end"],
            finalized_at=row.get("finalized_at") or row["period_end"],
            tax=row.get("tax_cents") or 0,
            discount=row.get("discount_cents"),
            credit_applied=row.get("credit_applied_cents") or 0,
            refunds=[refund | {"product_key": catalog.key(refund["product_key"]) if refund.get("product_key") else None}
                     for refund in refunds[row["invoice_id"]]],
            lines=lines[row["invoice_id"]],
        )
        for line in invoice.lines:
            key = catalog.key(line.get("product_key"))
            invoice.nets[key] = invoice.nets.get(key, 0) + line["net_cents"]
            stated = line.get("list_cents")
            invoice.lists[key] = invoice.lists.get(key, 0) + (line["net_cents"] if stated is None else stated)
        found.append(invoice)
    return found


def type_of(month: int, run_month: int) -> str:
    """The row type (REV-69) that a month's position gives: closed, open, or forward."""
    if month < run_month:
        return "completed"
    return "upcoming" if month == run_month else "upcoming_duplicated"


def read_subscriptions(tables: Tables, identity: Identity, catalog: Catalog, run_month: int,
                       last_month: int) -> list[Invoice]:
    """Periods imported without invoices: one standard row for each month on whose last day the period runs."""
    found = []
    for row in tables.get("subscriptions", []):
        if row.get("monthly_cents") is None:
            continue
        start, end = row["start_date"], row.get("end_date")
        month = start.year * 12 + start.month - 1
        while month <= last_month and (end is None or end >= first_day(month + 1)):
            if start <= last_day(month):
                found.append(Invoice(
                    invoice_id=f"{row['subscription_id']}/{month}",
                    customer_id=identity.canonical(row["customer_id"]),
                    month=month,
                    type=type_of(month, run_month),
                    classification="standard",
                    role="single",
                    period_start=midnight(first_day(month)),
                    period_end=midnight(first_day(month + 1)),
                    finalized_at=midnight(first_day(month + 1)),
                    nets={catalog.key(row.get("product_key")): row["monthly_cents"]},
                    lists={catalog.key(row.get("product_key")): row["monthly_cents"]},
                ))
            month += 1
    return found
