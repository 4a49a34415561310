"""From the cache to the raw tables of the contract. Nothing is asked of Stripe here: the cache decides everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hedgerow.integrations.stripe.cache import Cache
from hedgerow.integrations.stripe.catalogue import Catalogue
from hedgerow.integrations.stripe.credits import Applied, applied_credit
from hedgerow.integrations.stripe.customers import Customers
from hedgerow.integrations.stripe.fetch import STEPS, Wish
from hedgerow.integrations.stripe.invoices import Invoices
from hedgerow.integrations.stripe.refunds import Refunds
from hedgerow.integrations.stripe.rows import Findings, Rows
from hedgerow.integrations.stripe.shapes import Object, UnexpectedShape, id_of, instant, money, whole
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.warehouse.landing.raw import Delivery, RawTable

REASONS = ("First Big Bill", "Unwanted Spike", "Trial Accommodation", "Promo Credit", "Incident Credit", "Bug Credit",
           "Other")


def delivery_of(cache: Cache, wish: Wish) -> Delivery:
    """All tables, with what could not be read and what was left out as problems, and sentences for the person."""
    findings = Findings()
    catalogue = Catalogue(cache, findings)
    customers = Customers(cache, findings)
    balances = Balances(cache, findings)
    wanted = set(balances.applied.first_invoice.values())
    invoices = Invoices(catalogue, customers.configs, balances.applied.by_invoice, balances.walked, wanted, findings)
    named, products = _named_lines(cache), dict[str, str | None]()
    payments: dict[str, str] = {}
    for at, invoice in cache.objects("invoices"):
        try:
            lines = invoices.add(at, invoice)
        except (UnexpectedShape, KeyError, TypeError, AttributeError, ValueError) as error:
            findings.refuse("invoices", "unexpected_shape", f"cannot be read: {error}", "invoices", at, invoice["id"])
            continue
        customers.name_from_invoice(at, invoice)
        products |= {line.line_id: line.product_key for line in lines if line.line_id in named}
        payments |= {str(id_of(invoice[name])): invoice["id"] for name in ("charge", "payment_intent")
                     if id_of(invoice.get(name))}
    refunds = Refunds(cache, invoices.pieces, products, payments, findings)
    tables = [*customers.tables, *catalogue.tables, *invoices.tables, *refunds.tables, balances.table(invoices.month)]
    checked = [findings.with_refusals(table) for table in tables]
    used = tuple(table for table in checked if table.unreadable or (table.data is not None and len(table.data)))
    return Delivery(used, cache.files, tuple(findings.notices()), _notes(cache, wish))


def _named_lines(cache: Cache) -> set[str]:
    """Invoice lines that credit notes speak of; only their products are kept in memory."""
    return {line["invoice_line_item"] for _, note in cache.objects("credit_notes") for line in note.get("lines", ())
            if line.get("invoice_line_item")}


def _notes(cache: Cache, wish: Wish) -> tuple[str, ...]:
    left = [step for step in STEPS if step in wish.skips]
    notes = [*cache.notes,
             f"What was read is kept in {cache.folder}; the next import reads only what may have changed."]
    if left:
        notes.append(f"Left out as asked: {', '.join(left)}. The figures know only what was read of them before.")
    return tuple(notes)


@dataclass
class Balances:
    """Given credit: events, and where it was applied. ``walked`` are customers whose transactions are known."""

    cache: Cache
    findings: Findings
    applied: Applied = field(default_factory=Applied)
    walked: set[str] = field(default_factory=set)
    _events: list[tuple[int, str, Object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for at, found in self.cache.objects("balance_transactions"):
            try:
                self._read(at, found["id"], found["transactions"])
            except (UnexpectedShape, KeyError, TypeError, AttributeError) as error:
                self.findings.refuse("credit_events", "unexpected_shape", f"cannot be read: {error}",
                                     "balance_transactions", at, found["id"])

    def _read(self, at: int, customer: str, transactions: list[Object]) -> None:
        applied = applied_credit(transactions)
        self.walked.add(customer)
        self.applied.by_invoice |= applied.by_invoice
        self.applied.first_invoice |= applied.first_invoice
        for one in applied.charges:
            self.findings.add("balance_charge", "an adjustment puts a debt on the balance; it is on no invoice line, "
                              "so it does not count", "balance_transactions", at, one["id"])
        self._events += [(at, customer, one) for one in transactions
                         if one.get("type") == "adjustment" and whole(one, "amount") < 0]

    def table(self, months: Mapping[str, str]) -> RawTable:
        """Each credit in the month of the first invoice that it lowered, or of its creation while it lowered none."""
        rows = Rows("credit_events")
        for at, customer, one in self._events:
            currency = str(one.get("currency") or "").upper()
            if currency != "USD":
                self.findings.refuse("credit_events", "currency_not_supported", f"currency {currency} not supported; "
                                     "convert at source", "balance_transactions", at, one["id"], rule="REV-2",
                                     value=currency)
                continue
            metadata: Mapping[str, Any] = one.get("metadata") or {}
            month = months.get(self.applied.first_invoice.get(one["id"], ""))
            rows.add(credit_event_id=one["id"], customer_id=customer, reason=self._reason(at, one, metadata),
                     amount=money(-whole(one, "amount")), reference=metadata.get("reference"),
                     month=month or str(MonthIdx.of(instant(one.get("created")).date())))
        return rows.raw()

    def _reason(self, at: int, one: Object, metadata: Mapping[str, Any]) -> str:
        """A reason of the pick list, in any case; another word counts as Other and is named."""
        text = " ".join(str(metadata.get("reason") or "Other").replace("_", " ").split())
        known = {reason.lower(): reason for reason in REASONS}
        if text.lower() not in known:
            self.findings.add("reason_unknown", f"is none of: {', '.join(REASONS)}; counted as Other",
                              "balance_transactions", at, one["id"], rule="REV-49", value=text[:200])
        return known.get(text.lower(), "Other")
