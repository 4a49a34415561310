"""Recognition (sections A to C): what one customer's month is worth, in total and per product.

`recognize` answers a `Book` for every canonical customer: dense months from the first row to run month + 2.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .arithmetic import at_first_row, last_day
from .identity import Identity, Row, Tables
from .parameters import basis_of
from .prepaid import (
    after_credit,
    amortized_rows,
    contract_on,
    discount_on,
    in_proportion,
    last_day_of_row,
    less,
    purchase_rows,
    split_rows,
    startup_cover,
)
from .rows import Catalog, Invoice, midnight, read_invoices, read_subscriptions

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
    comped: set[str] = field(default_factory=set)
    products: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    product_list: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    product_standard: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class Book:
    """All months of one canonical customer, by month index."""

    customer_id: str
    months: dict[int, Month] = field(default_factory=dict)

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


def gather(tables: Tables, identity: Identity, catalog: Catalog, run_month: int, last_month: int) -> dict[str, Sources]:
    found: dict[str, Sources] = defaultdict(Sources)
    for invoice in read_invoices(tables, identity, catalog):
        found[invoice.customer_id].invoices.append(invoice)
    for invoice in read_subscriptions(tables, identity, catalog, run_month, last_month):
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


def last_instant(invoices: list[Invoice], split_days: list[date], month: int) -> datetime:
    """The last second of the month's last invoice row; without one of its last prepaid row; else of the month."""
    if invoices:
        return max(one.instant for one in invoices)
    return midnight(max(split_days, default=last_day(month))).replace(hour=23, minute=59, second=59)


def configuration_at(sources: Sources, instant: datetime) -> str:
    in_force = [row for row in sources.configurations if row["from_at"] <= instant]
    if in_force:
        return str(max(in_force, key=lambda row: row["from_at"])["billing_config"])
    return sources.account.get("billing_config") or "paid"


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


def tax_left(invoice: Invoice, products: dict[str, int], covered: int) -> int:
    """The tax that stands inside the total: what the credit left of the charge, less the products (REV-5)."""
    charge = invoice.net + invoice.tax
    if invoice.tax == 0 or covered == 0 or charge <= 0:
        return invoice.tax
    return max(charge - covered, 0) - sum(products.values())


def add_as_paid(month: Month, invoice: Invoice) -> None:
    """REV-2, REV-154: lines and tax, less balance credit and refunds."""
    charge = invoice.net + invoice.tax
    products = after_credit(invoice.nets, invoice.tax, invoice.credit_applied)
    month.list += charge
    month.credit_applied += invoice.credit_applied
    month.tax += tax_left(invoice, products, invoice.credit_applied)
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
    month.tax += tax_left(invoice, products, covered)
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


def usage_value(month: Month, invoices: list[Invoice]) -> tuple[int, int]:
    """REV-9, REV-10: (list, value after the credit discount) of the month's usage invoices; products on the way.

    The discount rounds once on the customer-month's sum; an invoice that states what its discount took is
    computed on its own. Products of a comped support package (REV-153) are worth 0.
    """
    pooled: dict[str, int] = defaultdict(int)
    listed = value = 0
    for invoice in invoices:
        nets = {key: cents for key, cents in invoice.nets.items() if key not in month.comped}
        for key in month.comped & set(invoice.nets):
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


def comped_products(sources: Sources, catalog: Catalog, day: date) -> set[str]:
    contract = contract_on(sources.contracts, day)
    if contract is not None and contract.get("platform_package_charged_to_credits") is False:
        return set(catalog.packages)
    return set()


def annual_discount(sources: Sources, month: int, day: date) -> int:
    for row in sources.overrides:
        if row["field"] == "discount_percent" and row["from_month_idx"] <= month <= row["to_month_idx"]:
            return int(Decimal(row["value"]) * 10_000)
    return discount_on(sources.contracts, sources.purchases, day)


def fill_upfront(month: Month, invoices: list[Invoice], prepaid: tuple[int, int], basis: str) -> None:
    """REV-8 to REV-11: the payment split over its term or the usage less the discount, and standard rows on top."""
    annual_rows = [one for one in invoices if one.type == "annual"]
    usage_rows = [one for one in invoices if one.type != "annual" and one.classification == "annual"]
    for invoice in invoices:
        if invoice.type != "annual" and invoice.classification != "annual":
            add_as_standard(month, invoice)
    paid, listed = prepaid
    for invoice in annual_rows:
        paid += invoice.net
        listed += invoice.net
    month.straight_line = paid + month.standard
    usage_list, usage = usage_value(month, usage_rows)
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


def fill_amortized(month: Month, invoices: list[Invoice], spread: int) -> None:
    """REV-12: the total is the charge's part of this month; usage feeds the products alone."""
    for invoice in invoices:
        if invoice.role != "credits" and invoice.classification != "annual":
            add_as_standard(month, invoice)
    usage_rows = [one for one in invoices if one.role != "credits" and one.classification == "annual"]
    usage_value(month, usage_rows)
    for invoice in usage_rows:
        refunds_into(month, invoice, standard=False)
    month.list += spread


def label(month: Month, invoices: list[Invoice], has_split_row: bool) -> None:
    """REV-25: annual when any annual row exists, else that of the row that ends last; classification likewise."""
    if invoices:
        last = max(invoices, key=lambda one: (one.period_end, one.invoice_id))
        month.selected_type, month.classification = last.type, last.classification
    if has_split_row or any(one.type == "annual" for one in invoices):
        month.selected_type = "annual"
    if has_split_row or any(one.classification == "annual" for one in invoices):
        month.classification = "annual"


class History:
    """The rows of one customer by month: invoices, prepaid rows, amortized rows, and what startup credit covered."""

    def __init__(self, sources: Sources, run_month: int) -> None:
        self.sources = sources
        self.invoices: dict[int, list[Invoice]] = defaultdict(list)
        self.split_days: dict[int, list[date]] = defaultdict(list)
        self.bought = purchase_rows(sources.purchases)
        self.spread: dict[int, int] = defaultdict(int)
        self.cover = startup_cover(sources.invoices, sources.purchases, sources.account)
        for invoice in sources.invoices:
            self.invoices[invoice.month].append(invoice)
        for month, purchase, _, _ in split_rows(sources.purchases):
            k = month - at_first_row(purchase["start_date"])
            self.split_days[month].append(last_day_of_row(purchase["start_date"], k))
        for month, day, cents in amortized_rows(sources.invoices, sources.contracts, run_month):
            self.spread[month] += cents
            self.split_days[month].append(day)

    def instant(self, month: int) -> datetime:
        return last_instant(self.invoices.get(month, []), self.split_days.get(month, []), month)

    def config(self, month: int) -> str:
        return configuration_at(self.sources, self.instant(month))

    def months_with_rows(self, last_month: int) -> set[int]:
        months = set(self.invoices)
        months |= {month for month in self.bought if self.config(month) == "annual_upfront"}
        months |= {month for month in self.spread if self.config(month) == "annual_amortized"}
        return {month for month in months if month <= last_month}


def recognize_month(history: History, catalog: Catalog, month: Month, params: dict[str, Any]) -> None:
    """Fills one month by its configuration."""
    sources, idx = history.sources, month.month
    invoices, day = history.invoices.get(idx, []), history.instant(idx).date()
    has_split_row = False
    if month.config in ANNUAL:
        month.discount_ppm = annual_discount(sources, idx, day)
        month.comped = comped_products(sources, catalog, day)
    if month.config == "annual_upfront":
        has_split_row = idx in history.bought
        fill_upfront(month, invoices, history.bought.get(idx, (0, 0)), basis_of(params, idx))
    elif month.config == "annual_amortized":
        has_split_row = idx in history.spread
        fill_amortized(month, invoices, history.spread.get(idx, 0))
    elif month.config == "free":
        for invoice in invoices:
            for key in invoice.nets:
                month.products[key] += 0
    else:
        for invoice in invoices:
            covered = history.cover.get(invoice.invoice_id) if month.config == "startup" else None
            if covered is None:
                add_as_paid(month, invoice)
            else:
                add_as_startup(month, invoice, covered)
    label(month, invoices, has_split_row)
    month.total = month.list - month.discount - month.credit_applied - month.refund
    if month.config != "annual_upfront":
        month.usage_basis = month.straight_line = month.total


def recognize_customer(sources: Sources, catalog: Catalog, run_month: int, last_month: int,
                       params: dict[str, Any]) -> dict[int, Month]:
    """All dense months of one customer; empty when no row of it lies in or before the last month."""
    history = History(sources, run_month)
    with_rows = history.months_with_rows(last_month)
    months: dict[int, Month] = {}
    if not with_rows:
        return months
    for idx in range(min(with_rows), last_month + 1):
        months[idx] = Month(month=idx, config=history.config(idx), has_row=idx in with_rows)
        recognize_month(history, catalog, months[idx], params)
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
                month.usage_basis = month.straight_line = new
            elif row["field"] == "product_analytics_mrr":
                month.products["product_analytics"] = int(Decimal(row["value"]) * 100)
            elif row["field"] == "selected_type":
                month.selected_type = row["value"]


def recognize(tables: Tables, run_month: int, params: dict[str, Any]) -> dict[str, Book]:
    """Books of all canonical customers that have at least one row, by customer id."""
    identity, catalog = Identity(tables), Catalog(tables)
    last_month = run_month + params["revenue.lifecycle_forward_months"]
    books: dict[str, Book] = {}
    for customer_id, sources in sorted(gather(tables, identity, catalog, run_month, last_month).items()):
        months = recognize_customer(sources, catalog, run_month, last_month, params)
        if not months:
            continue
        book = Book(customer_id, months)
        mark_gaps(months, run_month)
        apply_overrides(book, sources.overrides)
        books[customer_id] = book
    return books
