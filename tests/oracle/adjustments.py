"""The adjusted series (section D): trial, annual value, one-time credit, spike; each step reads the one before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .arithmetic import half_up
from .identity import Identity, Row, Tables
from .parameters import basis_of
from .prepaid import undiscounted
from .recognition import ANNUAL, Book

TOTAL = "total"
Series = dict[str, dict[int, int]]  # scope -> month -> cents; scope TOTAL or a product key


@dataclass
class Adjusted:
    """One customer's whole history on one basis, before and after adjustment."""

    unadjusted: Series
    adjusted: Series
    steps: list[Row] = field(default_factory=list)


@dataclass
class Ledger:
    """One customer: the stored basis (each month its own) and the usage basis, as whole series (REV-158)."""

    customer_id: str
    stored: Adjusted
    usage: Adjusted
    params: dict[str, Any]

    def on_basis_of(self, month: int) -> Adjusted:
        """The series that a figure of this month, and everything it is compared with, is read from."""
        return self.usage if basis_of(self.params, month) == "usage" else self.stored

    @property
    def scopes(self) -> list[str]:
        return list(self.stored.unadjusted)

    @property
    def months(self) -> list[int]:
        return sorted(self.stored.unadjusted[TOTAL])


@dataclass
class Evidence:
    """What outside of the series the steps look at, for one customer."""

    trial: set[int] = field(default_factory=set)
    credits: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def class_of(row: Row, reasons: dict[str, str]) -> str:
    """REV-49: the class set by hand, else the default of the reason."""
    return row.get("adjustment_class") or reasons.get(row.get("reason") or "", "none")


def gather_evidence(tables: Tables, last_month: int, params: dict[str, Any]) -> dict[str, Evidence]:
    identity = Identity(tables)
    found: dict[str, Evidence] = defaultdict(Evidence)
    wanted = params["revenue.credit_override_classes"]
    for row in tables.get("trial_flags", []):
        until = last_month if row.get("to_month_idx") is None else row["to_month_idx"]
        flagged = found[identity.canonical(row["customer_id"])].trial
        flagged |= set(range(row["from_month_idx"], min(until, last_month) + 1))
    for row in tables.get("credit_events", []):
        if class_of(row, params["revenue.credit_reason_classes"]) in wanted:
            found[identity.canonical(row["customer_id"])].credits[row["month_idx"]] += row["cents"]
    return found


def add_refunds(evidence: dict[str, Evidence], invoices: list[Any], params: dict[str, Any]) -> None:
    """A refund belongs to the month of the invoice that it corrects (REV-34, REV-43)."""
    for invoice in invoices:
        for refund in invoice.refunds:
            if class_of(refund, params["revenue.refund_reason_classes"]) in params["revenue.credit_override_classes"]:
                evidence[invoice.customer_id].credits[invoice.month] += refund["cents"]


def step_row(book: Book, month: int, rule: str, state: str, scope: str, before: int, after: int, **seen: int) -> Row:
    evidence = {f"{name}_cents": seen.get(name) for name in ("prev1", "prev2", "next", "credit")}
    return {"customer_id": book.customer_id, "month_idx": month, "rule": rule, "state": state, "scope": scope,
            "before_cents": before, "after_cents": after} | evidence


def trial_step(book: Book, series: Series, evidence: Evidence, steps: list[Row]) -> Series:
    """REV-41: flagged months are worth nothing, in every scope."""
    after = {scope: dict(values) for scope, values in series.items()}
    for scope, values in series.items():
        for month in values:
            if month in evidence.trial:
                after[scope][month] = 0
                steps.append(step_row(book, month, "REV-41", "applied", scope, values[month], 0))
    return after


def annual_step(book: Book, signed: Series, series: Series, evidence: Evidence, steps: list[Row]) -> Series:
    """REV-42: what an annual customer would have paid without the credit discount; standard rows stay as they are.

    Computed on the signed amounts, so that a refund beyond the standard rows does not read as prepaid usage.
    """
    after = {scope: dict(values) for scope, values in series.items()}
    for month, facts in book.months.items():
        if facts.config not in ANNUAL or facts.discount_ppm <= 0 or month in evidence.trial:
            continue
        for scope, values in series.items():
            standard = facts.standard if scope == TOTAL else facts.product_standard.get(scope, 0)
            value = max(undiscounted(signed[scope][month] - standard, facts.discount_ppm) + standard, 0)
            after[scope][month] = value
            steps.append(step_row(book, month, "REV-42", "applied", scope, values[month], value))
    return after


def tested_months(series: Series, run_month: int) -> list[int]:
    """REV-45: closed months with two months before them since the first paying month."""
    total = series[TOTAL]
    paying = [month for month in total if total[month] > 0]
    if not paying:
        return []
    return [month for month in sorted(total) if min(paying) + 2 <= month < run_month]


def credit_step(book: Book, series: Series, evidence: Evidence, steps: list[Row], run_month: int,
                params: dict[str, Any]) -> Series:
    """REV-43: a month that a one-time credit distorted is set to the month before it."""
    after = {scope: dict(values) for scope, values in series.items()}
    total = series[TOTAL]
    for month in tested_months(series, run_month):
        credit, p1, p2, following = evidence.credits.get(month, 0), total[month - 1], total[month - 2], total[month + 1]
        if p1 <= 0 or credit <= 0 or credit < params["revenue.credit_override_share"] * p1:
            continue
        is_open = month + 1 >= run_month
        if not is_open and following < Fraction(p1 + p2, 2):
            continue
        for scope, values in series.items():
            value = values[month] if is_open else values[month - 1]
            after[scope][month] = value
            seen = {"prev1": p1, "prev2": p2, "credit": credit} | ({} if is_open else {"next": following})
            steps.append(step_row(book, month, "REV-43", "pending" if is_open else "applied", scope, values[month],
                                  value, **seen))
    return after


def spike_step(book: Book, series: Series, steps: list[Row], run_month: int, params: dict[str, Any]) -> Series:
    """REV-44: a month far above the two before it, that the next month does not sustain, is set to their average."""
    after = {scope: dict(values) for scope, values in series.items()}
    total = series[TOTAL]
    for month in tested_months(series, run_month):
        now, p1, p2, following = total[month], total[month - 1], total[month - 2], total[month + 1]
        average = Fraction(p1 + p2, 2)
        if not now > params["revenue.spike_multiple"] * average:
            continue
        if not now - average >= params["revenue.spike_min_increase"]:
            continue
        is_open = month + 1 >= run_month
        if not is_open and following > now * (1 - params["revenue.spike_drop_share"]):
            continue
        for scope, values in series.items():
            own_average = half_up(Fraction(values[month - 1] + values[month - 2], 2))
            value = values[month] if is_open else own_average
            after[scope][month] = value
            seen = {"prev1": p1, "prev2": p2} | ({} if is_open else {"next": following})
            steps.append(step_row(book, month, "REV-44", "pending" if is_open else "applied", scope, values[month],
                                  value, **seen))
    return after


def adjust(book: Book, series: Series, evidence: Evidence, run_month: int, params: dict[str, Any]) -> Adjusted:
    steps: list[Row] = []
    unadjusted = floored(series)
    after = trial_step(book, unadjusted, evidence, steps)
    after = annual_step(book, series, after, evidence, steps)
    after = credit_step(book, after, evidence, steps, run_month, params)
    after = spike_step(book, after, steps, run_month, params)
    return Adjusted(unadjusted, after, steps)


def series_of(book: Book, *, usage_basis: bool) -> Series:
    """Revenue by scope and month, signed: what is below 0 is carried, not revenue (`floored`)."""
    total = {idx: month.usage_basis if usage_basis else month.total for idx, month in book.months.items()}
    products = {key: {idx: month.products.get(key, 0) for idx, month in book.months.items()}
                for key in book.product_keys}
    return {TOTAL: total} | products


def floored(series: Series) -> Series:
    """MRR is never below 0; no test and no figure reads the negative remainder of a month."""
    return {scope: {month: max(cents, 0) for month, cents in values.items()} for scope, values in series.items()}


def adjust_all(books: dict[str, Book], evidence: dict[str, Evidence], run_month: int,
               params: dict[str, Any]) -> dict[str, Ledger]:
    ledgers = {}
    for customer_id, book in books.items():
        own = evidence.get(customer_id, Evidence())
        stored, usage = (adjust(book, series_of(book, usage_basis=basis), own, run_month, params)
                         for basis in (False, True))
        ledgers[customer_id] = Ledger(customer_id, stored, usage, params)
    return ledgers


def adjusted_month_rows(ledgers: dict[str, Ledger]) -> list[Row]:
    return [
        {"scope": scope, "customer_id": ledger.customer_id, "month_idx": month,
         "unadjusted_cents": ledger.on_basis_of(month).unadjusted[scope][month],
         "adjusted_cents": ledger.on_basis_of(month).adjusted[scope][month]}
        for ledger in ledgers.values() for scope in ledger.scopes for month in ledger.months
    ]


def adjustment_rows(ledgers: dict[str, Ledger]) -> list[Row]:
    """Only what was applied or waits: each month on its own published basis."""
    rows = []
    for ledger in ledgers.values():
        for series in (ledger.stored, ledger.usage):
            rows += [row for row in series.steps if ledger.on_basis_of(row["month_idx"]) is series]
    return rows
