"""A small builder of landing tables in stored form: short calls in, rows with ids of one case's own prefix out."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from .arithmetic import add_months, first_day, month_of, month_of_end
from .identity import Row, Tables
from .rows import midnight, type_of

CONTRACT = Path(__file__).parents[2] / "src/hedgerow/warehouse/landing/contract.yaml"
PRODUCTS = ("feature_flags", "product_analytics", "session_replay")
PACKAGE = "support_package"


class Landing:
    """Rows of one case. `run_month` decides which invoices are completed, upcoming or duplicated forward."""

    def __init__(self, prefix: str, run_month: int) -> None:
        self.prefix = prefix
        self.run_month = run_month
        self.tables: Tables = defaultdict(list)
        self.count = 0

    def new_id(self, kind: str) -> str:
        self.count += 1
        return f"{self.prefix}-{kind}{self.count:03d}"

    def account(self, name: str = "a", **columns: Any) -> str:
        customer_id = f"{self.prefix}{name}"
        self.tables["accounts"].append({"customer_id": customer_id, "name": customer_id} | columns)
        return customer_id

    def config(self, customer_id: str, from_at: datetime, billing_config: str) -> None:
        self.tables["billing_configurations"].append(
            {"customer_id": customer_id, "from_at": from_at, "billing_config": billing_config})

    def invoice(self, customer_id: str, start: datetime, end: datetime, nets: list[tuple[str | None, int]],
                **columns: Any) -> str:
        """An invoice with one line for each (product key, net cents)."""
        invoice_id = self.new_id("in")
        month = month_of_end(end)
        row = {"invoice_id": invoice_id, "customer_id": customer_id, "type": type_of(month, self.run_month),
               "classification": "standard", "status": "paid", "period_start": start, "period_end": end,
               "currency": "USD", "updated_at": end} | columns
        self.tables["invoices"].append(row)
        for key, net in nets:
            self.tables["invoice_lines"].append({
                "line_id": self.new_id("li"), "invoice_id": invoice_id, "product_key": key, "units": None,
                "list_cents": net, "net_cents": net, "customer_id": customer_id, "month_idx": month,
                "is_counted": row["status"] not in ("void", "draft")})
        return invoice_id

    def month_invoice(self, customer_id: str, month: int, nets: list[tuple[str | None, int]], anchor: int = 1,
                      **columns: Any) -> str:
        """The invoice of a monthly period that belongs to `month`: from day 1, or anchored on a later day."""
        if anchor == 1:
            start, end = first_day(month), first_day(month + 1)
        else:
            base = date(2024, 1, anchor)  # January has every day, so that the anchor is kept through February
            end = add_months(base, month - month_of(base))
            start = add_months(base, month - 1 - month_of(base))
        return self.invoice(customer_id, midnight(start), midnight(end), nets, **columns)

    def refund(self, invoice_id: str, cents: int, **columns: Any) -> None:
        self.tables["refunds"].append({"refund_id": self.new_id("re"), "invoice_id": invoice_id, "cents": cents}
                                      | columns)

    def credit(self, customer_id: str, month: int, cents: int, reason: str = "Incident Credit", **columns: Any) -> None:
        self.tables["credit_events"].append({"credit_event_id": self.new_id("ce"), "customer_id": customer_id,
                                             "cents": cents, "reason": reason, "month_idx": month} | columns)

    def purchase(self, customer_id: str, start: date, term: int, listed: int, paid: int, **columns: Any) -> str:
        purchase_id = self.new_id("pu")
        self.tables["credit_purchases"].append({
            "purchase_id": purchase_id, "customer_id": customer_id, "kind": "purchase", "list_credit_cents": listed,
            "discount_ppm": 0, "price_paid_cents": paid, "start_date": start, "term_months": term, "status": "paid",
        } | columns)
        return purchase_id

    def grant(self, customer_id: str, start: date, cents: int, **columns: Any) -> str:
        return self.purchase(customer_id, start, 12, cents, 0, kind="startup_grant", **columns)

    def contract(self, customer_id: str, start: date, end: date, discount_ppm: int | None, **columns: Any) -> str:
        contract_id = self.new_id("co")
        self.tables["contracts"].append({"contract_id": contract_id, "customer_id": customer_id, "start_date": start,
                                         "end_date": end, "discount_ppm": discount_ppm} | columns)
        return contract_id

    def trial(self, customer_id: str, from_month: int, to_month: int | None) -> None:
        self.tables["trial_flags"].append({"customer_id": customer_id, "from_month_idx": from_month,
                                           "to_month_idx": to_month, "set_by": "sales"})

    def merge(self, source: str, canonical: str, kind: str = "region_migration") -> None:
        self.tables["merges"].append({"source_customer_id": source, "canonical_customer_id": canonical, "kind": kind})

    def override(self, organization_id: str, from_month: int, to_month: int, field: str, value: str) -> None:
        layer = "recalc" if field == "selected_type" else "summary"
        self.tables["overrides"].append({
            "organization_id": organization_id, "from_month_idx": from_month, "to_month_idx": to_month,
            "field": field, "value": value, "applies_to": layer, "note": "checked by hand"})

    def usage(self, customer_id: str, product_key: str, month: int, *reports: int, organization: str = "") -> None:
        """Reports of one calendar month; each later report replaces the one before."""
        for day, units in enumerate(reports, start=1):
            self.tables["usage"].append({
                "customer_id": customer_id, "organization_id": organization or None, "product_key": product_key,
                "period_start": first_day(month), "period_end": first_day(month + 1),
                "report_at": midnight(first_day(month)) + timedelta(days=day), "units": units})


def products() -> list[Row]:
    """The catalogue that all cases share."""
    rows: list[Row] = [{"product_key": key, "name": key, "kind": "metered"} for key in PRODUCTS]
    return [*rows, {"product_key": PACKAGE, "name": "Support", "kind": "platform_package"}]


def stored_columns() -> dict[str, list[str]]:
    """Stored column names of every contract table."""
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["tables"]
    return {name: [stored_name(column, spec["type"]) for column, spec in table["columns"].items()]
            for name, table in contract.items()}


def stored_name(column: str, kind: str) -> str:
    if kind == "money":
        return "cents" if column == "amount" else column.removesuffix("_amount") + "_cents"
    if kind == "percent":
        return column.removesuffix("_percent") + "_ppm"
    if kind == "unit_price":
        return "unit_e10"
    if kind == "month":
        return "month_idx" if column == "month" else column.removesuffix("_month") + "_month_idx"
    return column


def complete(tables: Tables) -> Tables:
    """Every table of the contract with every column, empty ones as None, as the landing store hands them over."""
    extra = {"invoice_lines": ["customer_id", "month_idx", "is_counted"]}
    filled: Tables = {}
    for name, columns in stored_columns().items():
        every = columns + [column for column in extra.get(name, []) if column not in columns]
        unknown = {column for row in tables.get(name, []) for column in row} - set(every)
        if unknown:
            raise ValueError(f"{name} has no column {sorted(unknown)}")
        filled[name] = [{column: row.get(column) for column in every} for row in tables.get(name, [])]
    return filled
