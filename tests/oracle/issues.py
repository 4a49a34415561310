"""Data issues that the requirements spell out: money is counted all the same, and the row is named (REV-3, REV-153)."""

from __future__ import annotations

from .identity import Identity, Row, Tables
from .recognition import ANNUAL, Book
from .rows import OTHER, Catalog, read_invoices


def issue(code: str, rule: str, customer_id: str, month: int, record_id: str) -> Row:
    return {"code": code, "rule": rule, "customer_id": customer_id, "month_idx": month, "record_id": record_id}


def issue_rows(tables: Tables, books: dict[str, Book]) -> list[Row]:
    """One row for each invoice with a line without a known product, and for each comped support package.

    Lines of amortized credit charges name no product by nature (REV-12); prepay rows split at the source neither.
    """
    identity, catalog = Identity(tables), Catalog(tables)
    rows = []
    for invoice in read_invoices(tables, identity, catalog):
        month = books[invoice.customer_id].months.get(invoice.month) if invoice.customer_id in books else None
        if month is None or invoice.role == "credits" or invoice.type == "annual":
            continue
        if OTHER in invoice.nets:
            rows.append(issue("unmapped_line", "REV-3", invoice.customer_id, invoice.month, invoice.invoice_id))
        comped = [key for key in month.comped if invoice.nets.get(key)]
        if month.config in ANNUAL and invoice.classification == "annual" and comped:
            rows.append(issue("package_comped", "REV-153", invoice.customer_id, invoice.month, invoice.invoice_id))
    return rows
