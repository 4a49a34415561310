"""The fact tables as rows: customer_month and product_month, and units from usage reports (REV-155)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from .arithmetic import month_of
from .identity import Identity, Row, Tables
from .recognition import Book
from .rows import OTHER, Catalog


def customer_month_rows(books: dict[str, Book]) -> list[Row]:
    rows = []
    for book in books.values():
        paying = 0
        last_paid: int | None = None
        for idx, month in sorted(book.months.items()):
            if month.total > 0:
                paying, last_paid = paying + 1, idx
            products = sum(month.products.values())
            gap = month.total - products + month.unallocated_refund if month.is_straight_line_annual else 0
            rows.append({
                "customer_id": book.customer_id, "month_idx": idx, "billing_config": month.config,
                "selected_type": month.selected_type, "classification": month.classification,
                "list_cents": month.list, "discount_cents": month.discount,
                "credit_applied_cents": month.credit_applied, "refund_cents": month.refund,
                "total_cents": month.total, "mrr_cents": max(month.total, 0), "carried_cents": min(month.total, 0),
                "tax_cents": month.tax, "ex_tax_cents": month.total - month.tax,
                "straight_line_cents": month.straight_line, "usage_basis_cents": month.usage_basis,
                "is_straight_line_annual": month.is_straight_line_annual, "discount_ppm": month.discount_ppm,
                "standard_cents": month.standard, "covered_cents": month.covered,
                "other_products_cents": month.products.get(OTHER, 0), "basis_gap_cents": gap,
                "unallocated_refund_cents": month.unallocated_refund, "paying_month_number": paying,
                "months_since_last_payment": None if last_paid is None else idx - last_paid,
                "is_gap": month.is_gap,
            })
    return rows


def product_month_rows(books: dict[str, Book], units: dict[tuple[str, int, str], int]) -> list[Row]:
    """Dense: every product that the customer ever had, in every month. Units are null without a report (REV-155)."""
    rows = []
    for book in books.values():
        for key in book.product_keys:
            for idx, month in sorted(book.months.items()):
                rows.append({
                    "customer_id": book.customer_id, "month_idx": idx, "product_key": key,
                    "list_cents": month.product_list.get(key, 0), "mrr_cents": month.products.get(key, 0),
                    "standard_cents": month.product_standard.get(key, 0),
                    "units": units.get((book.customer_id, idx, key)),
                })
    return rows


def usage_units(tables: Tables) -> dict[tuple[str, int, str], int]:
    """Units = last report of each billing period, never a sum of reports; organizations of one customer add up."""
    identity, catalog = Identity(tables), Catalog(tables)
    last: dict[tuple[Any, ...], Row] = {}
    for row in sorted(tables.get("usage", []), key=lambda one: one["report_at"]):
        last[row["customer_id"], row.get("organization_id"), row["product_key"], row["period_start"]] = row
    units: dict[tuple[str, int, str], int] = defaultdict(int)
    for row in last.values():
        month = month_of(date.fromordinal(row["period_end"].toordinal() - 1))
        units[identity.canonical(row["customer_id"]), month, catalog.key(row["product_key"])] += row["units"]
    return dict(units)
