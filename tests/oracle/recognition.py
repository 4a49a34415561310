"""Recognition (sections A to C): what one customer's month is worth, in total and per product.

`recognize` answers a `Book` for every canonical customer: dense months from the first row to run month + 2.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .arithmetic import last_day, month_of
from .identity import Identity, Row, Tables
from .parameters import basis_of
from .prepaid import (
    after_credit,
    amortized_rows,
    contract_on,
    discount_on,
    in_proportion,
    less,
    purchase_rows,
    startup_cover,
)
from .rows import OTHER, Catalog, Invoice, midnight, read_invoices, read_subscriptions

ANNUAL = ("annual_upfront", "annual_amortized")


@dataclass
class Month:
    """One customer-month before any adjustment. Money in cents."""

    month: int
    config: str
    discount_ppm: int = 0
    list: int = 0
    discount: int = 0
    credit_applied: int = 0
    refund: int = 0
    total: int = 0
    tax: int = 0
    straight_line: int = 0
    usage_basis: int = 0
    is_straight_line_annual: bool = False
    standard: int = 0
    covered: int = 0
    unallocated_refund: int = 0
    selected_type: str | None = None
    classification: str | None = None
    has_row: bool = False
    is_gap: bool = False
    products: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    product_list: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    product_standard: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class Book:
    """All months of one canonical customer, by month index."""

    customer_id: str
    months: dict[int, Month] = field(default_factory=dict)
    issues: list[Row] = field(default_factory=list)

    @property
    def product_keys(self) -> list[str]:
        return sorted({key for month in self.months.values() for key in month.products})

    @property
    def has_straight_line(self) -> bool:
        return any(month.is_straight_line_annual for month in self.months.values())


class Sources:
    """All landing rows of one canonical customer."""

    def __init__(self) -> None:
        self.invoices: list[Invoice] = []
        self.contracts: list[Row] = []
        self.purchases: list[Row] = []
        self.configurations: list[Row] = []
        self.overrides: list[Row] = []
        self.account: Row = {}


def gather(tables: Tables, identity: Identity, catalog: Catalog, last_month: int) -> dict[str, Sources]:
    found: dict[str, Sources] = defaultdict(Sources)
    for invoice in read_invoices(tables, identity, catalog):
        found[invoice.customer_id].invoices.append(invoice)
    for invoice in read_subscriptions(tables, identity, catalog, last_month):
        found[invoice.customer_id].invoices.append(invoice)
    for row in tables.get("contracts", []):
        found[identity.canonical(row["customer_id"])].contracts.append(row)
    for row in tables.get("credit_purchases", []):
        found[identity.canonical(row["customer_id"])].purchases.append(row)
    for row in tables.get("overrides", []):
        found[identity.of_organization(row["organization_id"])].overrides.append(row)
    for row in tables.get("billing_configurations", []):
        if identity.canonical(row["customer_id"]) == row["customer_id"]:
            found[row["customer_id"]].configurations.append(row)
    for row in tables.get("accounts", []):
        if identity.canonical(row["customer_id"]) == row["customer_id"]:
            found[row["customer_id"]].account = row
    return found


def configuration_of(sources: Sources, invoices: list[Invoice], month: int) -> str:
    """The configuration in force at the month's last invoice row; without one, at the month's last second."""
    instant = max((one.instant for one in invoices), default=midnight(last_day(month)).replace(hour=23, minute=59,
                                                                                           second=59))
    in_force = [row for row in sources.configurations if row["from_at"] <= instant]
    if in_force:
        return str(max(in_force, key=lambda row: row["from_at"])["billing_config"])
    return sources.account.get("billing_config") or "paid"


def reference_day(invoices: list[Invoice], month: int) -> date:
    """The day on which contract and discount of a month are read: that of its last row, else its last day."""
    return max((one.instant.date() for one in invoices), default=last_day(month))


def refunds_into(month: Month, invoice: Invoice, *, standard: bool) -> int:
    """REV-34: takes the refunds of an invoice off its products; answers their sum."""
    for refund in invoice.refunds:
        key = refund["product_key"]
        if key is None:
            month.unallocated_refund += refund["cents"]
            continue
        month.products[key] -= refund["cents"]
        if standard:
            month.product_standard[key] -= refund["cents"]
    return sum(refund["cents"] for refund in invoice.refunds)


def add_as_paid(month: Month, invoice: Invoice) -> None:
    """REV-2, REV-154: lines and tax, less balance credit and refunds."""
    charge = invoice.net + invoice.tax
    products = after_credit(invoice.nets, invoice.tax, invoice.credit_applied)
    month.list += charge
    month.credit_applied += invoice.credit_applied
    month.tax += max(charge - invoice.credit_applied, 0) - sum(products.values()) if invoice.tax else 0
    for key, cents in products.items():
        month.products[key] += cents
        month.product_list[key] += invoice.nets[key]
    month.refund += refunds_into(month, invoice, standard=False)


def add_as_startup(month: Month, invoice: Invoice, covered: int) -> None:
    """REV-4, REV-5: only what the credit did not cover is revenue."""
    products = after_credit(invoice.nets, invoice.tax, covered)
    uncovered = invoice.net + invoice.tax - covered
    month.list += uncovered
    month.covered += covered
    month.tax += uncovered - sum(products.values()) if invoice.tax else 0
    for key, cents in products.items():
        month.products[key] += cents
        month.product_list[key] += invoice.nets[key]
    month.refund += refunds_into(month, invoice, standard=False)


def add_as_standard(month: Month, invoice: Invoice) -> None:
    """REV-11: usage of an annual customer at standard rate, in full, without tax and without credit discount."""
    products = after_credit(invoice.nets, 0, invoice.credit_applied)
    month.list += invoice.net
    month.credit_applied += invoice.credit_applied
    for key, cents in products.items():
        month.products[key] += cents
        month.product_standard[key] += cents
        month.product_list[key] += invoice.nets[key]
    refund = refunds_into(month, invoice, standard=True)
    month.refund += refund
    month.standard += invoice.net - invoice.credit_applied - refund


def usage_value(month: Month, invoices: list[Invoice], comped: set[str]) -> tuple[int, int]:
    """REV-9, REV-10: (list, value after the credit discount) of the month's usage invoices; products on the way.

    The discount rounds once on the customer-month's sum; an invoice that states what its discount took is
    computed on its own. Products of a comped support package (REV-153) are worth 0.
    """
    pooled: dict[str, int] = defaultdict(int)
    listed = value = 0
    for invoice in invoices:
        nets = {key: cents for key, cents in invoice.nets.items() if key not in comped}
        for key in comped & set(invoice.nets):
            month.products[key] += 0
        for key, cents in nets.items():
            month.product_list[key] += cents
        whole = sum(nets.values())
        if invoice.discount is None:
            for key, cents in nets.items():
                pooled[key] += cents
        else:
            listed += whole
            value += whole - invoice.discount
            for key, cents in in_proportion(nets, whole - invoice.discount, whole, rest_to_last=True).items():
                month.products[key] += cents
    for key, cents in pooled.items():
        month.products[key] += less(cents, month.discount_ppm)
    listed += sum(pooled.values())
    value += less(sum(pooled.values()), month.discount_ppm)
    return listed, value


def comped_products(sources: Sources, catalog: Catalog, invoices: list[Invoice], month: int) -> set[str]:
    contract = contract_on(sources.contracts, reference_day(invoices, month))
    if contract is not None and contract.get("platform_package_charged_to_credits") is False:
        return set(catalog.packages)
    return set()


def annual_discount(sources: Sources, invoices: list[Invoice], month: int) -> int:
    for row in sources.overrides:
        if row["field"] == "discount_percent" and row["from_month_idx"] <= month <= row["to_month_idx"]:
            return int(Decimal(row["value"]) * 10_000)
    return discount_on(sources.contracts, sources.purchases, reference_day(invoices, month))


def fill_upfront(month: Month, invoices: list[Invoice], split_rows: tuple[int, int], basis: str,
                 comped: set[str]) -> None:
    """REV-8 to REV-11: the payment split over its term or the usage less the discount, and standard rows on top."""
    annual_rows = [one for one in invoices if one.type == "annual"]
    usage_rows = [one for one in invoices if one.type != "annual" and one.classification == "annual"]
    for invoice in invoices:
        if invoice.type != "annual" and invoice.classification != "annual":
            add_as_standard(month, invoice)
    paid, listed = split_rows
    for invoice in annual_rows:
        paid += invoice.net
        listed += invoice.net
    month.straight_line = paid
    usage_list, usage = usage_value(month, usage_rows, comped)
    usage_refund = sum(refunds_into(month, invoice, standard=False) for invoice in usage_rows)
    month.usage_basis = usage + month.standard - usage_refund
    month.is_straight_line_annual = basis == "straight_line"
    if month.is_straight_line_annual:
        month.list += listed
        month.discount = listed - paid
    else:
        month.list += usage_list
        month.discount = usage_list - usage
        month.refund += usage_refund


def fill_amortized(month: Month, invoices: list[Invoice], spread: int, comped: set[str]) -> None:
    """REV-12: the total is the charge's part of this month; usage feeds the products alone."""
    for invoice in invoices:
        if invoice.role != "credits" and invoice.classification != "annual":
            add_as_standard(month, invoice)
    usage_rows = [one for one in invoices if one.role != "credits" and one.classification == "annual"]
    usage_value(month, usage_rows, comped)
    for invoice in usage_rows:
        refunds_into(month, invoice, standard=False)
    month.straight_line = spread
    month.list += spread


def label(month: Month, invoices: list[Invoice], has_split_row: bool) -> None:
    """REV-25: annual when any annual row exists, else the type of the row that ends last."""
    if invoices:
        last = max(invoices, key=lambda one: (one.period_end, one.invoice_id))
        month.selected_type, month.classification = last.type, last.classification
    if has_split_row or any(one.type == "annual" for one in invoices):
        month.selected_type = "annual"
        month.classification = month.classification or "annual"


def recognize_customer(sources: Sources, catalog: Catalog, last_month: int, params: dict[str, Any]) -> dict[int, Month]:
    """All dense months of one customer; empty when no row of it lies in or before the last month."""
    by_month: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in sources.invoices:
        by_month[invoice.month].append(invoice)
    bought = purchase_rows(sources.purchases)
    spread = amortized_rows(sources.invoices, sources.contracts)
    cover = startup_cover(sources.invoices, sources.purchases, sources.account)

    def config(month: int) -> str:
        return configuration_of(sources, by_month.get(month, []), month)

    with_rows = set(by_month)
    with_rows |= {month for month in bought if config(month) == "annual_upfront"}
    with_rows |= {month for month in spread if config(month) == "annual_amortized"}
    with_rows = {month for month in with_rows if month <= last_month}
    months: dict[int, Month] = {}
    if not with_rows:
        return months
    for idx in range(min(with_rows), last_month + 1):
        invoices = by_month.get(idx, [])
        month = Month(month=idx, config=config(idx), has_row=idx in with_rows)
        months[idx] = month
        is_split = False
        if month.config in ANNUAL:
            month.discount_ppm = annual_discount(sources, invoices, idx)
        if month.config == "annual_upfront":
            is_split = idx in bought
            fill_upfront(month, invoices, bought.get(idx, (0, 0)), basis_of(params, idx),
                         comped_products(sources, catalog, invoices, idx))
        elif month.config == "annual_amortized":
            is_split = idx in spread
            fill_amortized(month, invoices, spread.get(idx, 0), comped_products(sources, catalog, invoices, idx))
        elif month.config == "free":
            for invoice in invoices:
                for key in invoice.nets:
                    month.products[key] += 0
        else:
            for invoice in invoices:
                covered = cover.get(invoice.invoice_id) if month.config == "startup" else None
                if covered is None:
                    add_as_paid(month, invoice)
                else:
                    add_as_startup(month, invoice, covered)
        label(month, invoices, is_split)
        month.total = month.list - month.discount - month.credit_applied - month.refund
        if month.config != "annual_upfront":
            month.usage_basis = month.total
    return months


def mark_gaps(months: dict[int, Month], run_month: int) -> None:
    """A closed month without a row, with rows before and after it."""
    later = False
    for idx in sorted(months, reverse=True):
        months[idx].is_gap = later and not months[idx].has_row and idx < run_month
        later = later or months[idx].has_row


def apply_overrides(book: Book, overrides: list[Row]) -> None:
    """REV-23, REV-24: a summary override replaces an amount; a recalc override only the label."""
    for row in overrides:
        for idx in range(row["from_month_idx"], row["to_month_idx"] + 1):
            month = book.months.get(idx)
            if month is None:
                continue
            if row["field"] == "total_mrr":
                new = int(Decimal(row["value"]) * 100)
                month.list += new - month.total
                month.total = new
                month.usage_basis = new
            elif row["field"] == "product_analytics_mrr":
                month.products["product_analytics"] = int(Decimal(row["value"]) * 100)
            elif row["field"] == "selected_type":
                month.selected_type = row["value"]


def recognize(tables: Tables, run_month: int, params: dict[str, Any]) -> dict[str, Book]:
    """Books of all canonical customers that have at least one row, by customer id."""
    identity, catalog = Identity(tables), Catalog(tables)
    last_month = run_month + params["revenue.lifecycle_forward_months"]
    books: dict[str, Book] = {}
    for customer_id, sources in sorted(gather(tables, identity, catalog, last_month).items()):
        months = recognize_customer(sources, catalog, last_month, params)
        if not months:
            continue
        book = Book(customer_id, months)
        mark_gaps(months, run_month)
        apply_overrides(book, sources.overrides)
        books[customer_id] = book
    return books


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
