"""Forecast of each customer (REV-103 to REV-107): the books with and without upcoming rows, and usage in between."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

from .arithmetic import MILLION, first_day, half_up
from .forecast import measured_rows
from .identity import Identity, Row, Tables, metadata_is_true
from .parameters import basis_of
from .prepaid import counted_purchases, startup_cover
from .recognition import ANNUAL, Book, recognize
from .rows import Catalog, Invoice, midnight, read_invoices

UPCOMING = ("upcoming", "upcoming_duplicated")


def credit_discounts(books: dict[str, Book]) -> dict[tuple[str, int], int]:
    return {(book.customer_id, idx): month.discount_ppm for book in books.values() for idx, month in book.months.items()
            if month.config in ANNUAL and month.has_row}


def without_upcoming(tables: Tables, run_month: int) -> Tables:
    """The landing as if nothing were known of what is still to be billed."""
    cut = first_day(run_month)
    subscriptions = [row | {"end_date": min(row.get("end_date") or cut, cut)}
                     for row in tables.get("subscriptions", [])]
    gone = {row["invoice_id"] for row in tables.get("invoices", []) if row["type"] in UPCOMING}
    return tables | {"invoices": [row for row in tables.get("invoices", []) if row["invoice_id"] not in gone],
                     "invoice_lines": [row for row in tables.get("invoice_lines", []) if row["invoice_id"] not in gone],
                     "subscriptions": subscriptions}


class Customer:
    """What one customer's forecast is made of."""

    def __init__(self, tables: Tables, identity: Identity, customer_id: str, invoices: list[Invoice],
                 measured: list[Row], as_of: date) -> None:
        self.invoices, self.measured, self.as_of = invoices, measured, as_of
        self.account = next((row for row in tables.get("accounts", []) if row["customer_id"] == customer_id), {})
        self.purchases = [row for row in tables.get("credit_purchases", [])
                          if identity.canonical(row["customer_id"]) == customer_id]

    def shown(self, month: int) -> list[Invoice]:
        return [one for one in self.invoices if one.type in UPCOMING and one.month == month]

    def products(self, month: int) -> int | None:
        """Charges of all products in a month; periods of at most a month go on in later months."""
        taken = {(row["product_key"], row["month_idx"]) for row in self.measured}
        parts = [(row["month_idx"], row["period_start"], row["period_end"], row["charge_cents"], True)
                 for row in self.measured]
        for one in self.invoices:
            if one.type == "upcoming":
                parts += [(one.month, one.period_start.date(), one.period_end.date(), net, False)
                          for key, net in one.nets.items() if (key, one.month) not in taken]
        own = [(cents, is_measured) for idx, start, end, cents, is_measured in parts
               if idx == month or (idx < month and (end - start).days <= 31 and end > self.as_of)]
        return sum(cents for cents, _ in own) if any(is_measured for _, is_measured in own) else None

    def rate(self, month: int, run_month: int) -> Fraction:
        """Tax on products: of the last closed month, else of the month's own rows."""
        for idx in (run_month - 1, month):
            rows = [one for one in self.invoices if one.month == idx]
            if sum(one.net for one in rows) > 0:
                return Fraction(sum(one.tax for one in rows), sum(one.net for one in rows))
        return Fraction(0)

    def grants(self) -> list[Row]:
        return [row for row in counted_purchases(self.purchases, "startup_grant") if row["start_date"] <= self.as_of]

    def credit_left(self) -> int:
        covered = startup_cover(self.invoices, self.purchases, self.account)
        drawn = sum(covered.get(one.invoice_id) or 0 for one in self.invoices
                    if one.type not in UPCOMING or (one.month < min(row["month_idx"] for row in self.measured)))
        return sum(row["list_credit_cents"] for row in self.grants()) - drawn


def forecast_of(customer: Customer, config: str, month: int, run_month: int, full: int, completed: int,
                credit: list[int], params: dict[str, Any]) -> int:
    products = customer.products(month)
    fixed = config in ("free", "annual_amortized") or (
        config == "annual_upfront" and basis_of(params, month) == "straight_line")
    granted = customer.grants() and metadata_is_true(customer.account.get("is_startup_plan_customer"))
    unknown = (config == "startup" and metadata_is_true(customer.account.get("is_startup_plan_customer"))
               and not customer.grants())
    if products is None or fixed or unknown:
        return max(full, 0)
    if config == "annual_upfront":
        return max(completed + products, 0)
    due = products + half_up(products * customer.rate(month, run_month))
    expires = customer.account.get("credit_expires_at")
    if config == "startup" and granted and (expires is None or expires > midnight(first_day(month + 1))):
        covered = min(max(credit[0], 0), due)
        credit[0] -= covered
        due -= covered
    return max(completed + due - (0 if config == "startup" and granted else sum(
        one.credit_applied for one in customer.shown(month))), 0)


def forecast_customer_rows(tables: Tables, books: dict[str, Book], as_of: date, run_month: int, params: dict[str, Any],
                           measured: list[Row]) -> list[Row]:
    identity = Identity(tables)
    completed_books = recognize(without_upcoming(tables, run_month), run_month, params)
    invoices: dict[str, list[Invoice]] = defaultdict(list)
    for invoice in read_invoices(tables, identity, Catalog(tables)):
        invoices[invoice.customer_id].append(invoice)
    usage: dict[str, list[Row]] = defaultdict(list)
    for row in measured:
        usage[row["customer_id"]].append(row)
    rows = []
    for customer_id in sorted(books.keys() | usage.keys()):
        customer = Customer(tables, identity, customer_id, invoices[customer_id], usage[customer_id], as_of)
        months = books[customer_id].months if customer_id in books else {}
        before = completed_books[customer_id].months if customer_id in completed_books else {}
        closed = {idx: max(month.total, 0) for idx, month in months.items() if idx < run_month}
        last = closed.get(run_month - 1, 0)
        credit = [customer.credit_left() if customer.measured else 0]
        for idx in range(run_month, run_month + 3):
            config = months[idx].config if idx in months else customer.account.get("billing_config") or "paid"
            full = months[idx].total if idx in months else 0
            completed = before[idx].total if idx in before else 0
            cents = forecast_of(customer, config, idx, run_month, full, completed, credit, params)
            ends = [one.period_end.date() for one in customer.shown(idx)]
            still = any(end > as_of for end in ends) or customer.products(idx) is not None
            change = Fraction(cents - last, last) if last else None
            is_alert = idx == run_month and change is not None and last > params["revenue.usage_alert_min_mrr"] and abs(
                change) > params["revenue.usage_alert_change"]
            rows.append({
                "customer_id": customer_id, "month_idx": idx, "completed_cents": max(completed, 0),
                "forecast_cents": cents, "last_closed_cents": last,
                "growth_ppm": None if change is None else half_up(change * MILLION),
                "is_first_payment": int(not any(closed.values()) and still
                                        and cents > params["revenue.first_payment_min_forecast"]),
                "alert": ("up" if cents > last else "down") if is_alert else "",
            })
    return rows


def forecast_rows(tables: Tables, books: dict[str, Book], as_of: date, run_month: int,
                  params: dict[str, Any]) -> tuple[list[Row], list[Row]]:
    """(forecast_product with a price and usage, forecast_customer)."""
    measured = measured_rows(tables, as_of, params, credit_discounts(books))
    return measured, forecast_customer_rows(tables, books, as_of, run_month, params, measured)
