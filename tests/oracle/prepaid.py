"""Prepaid money over time: purchases split over their term, amortized charges, contracts, startup credit."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from .arithmetic import MILLION, add_months, at_first_row, half_up, split
from .identity import Row, metadata_is_true
from .rows import Invoice

COUNTED = ("invoiced", "paid", "exhausted", "expired")


def counted_purchases(purchases: list[Row], kind: str) -> list[Row]:
    """REV-19: rows exist once the credit is invoiced; drafts, refunds and voids have none."""
    return [row for row in purchases if row["kind"] == kind and row["status"] in COUNTED]


def last_day_of_row(start: date, k: int) -> date:
    """REV-32: the day before the (k + 1)th anniversary month of the start; its month is the row's month."""
    return add_months(start, k + 1) - timedelta(days=1)


def split_rows(purchases: list[Row]) -> list[tuple[int, Row, int, int]]:
    """REV-8, 30, 32, 156: (month, purchase, paid, list) of all rows that count, of one customer.

    From the first month of a purchase that replaces another, rows of the replaced one count nowhere.
    """
    bought = counted_purchases(purchases, "purchase")
    replaced_from: dict[str, int] = {}
    for row in bought:
        older = row.get("supersedes_purchase_id")
        if older:
            first = at_first_row(row["start_date"])
            replaced_from[older] = min(first, replaced_from.get(older, first))
    found = []
    for row in bought:
        first = at_first_row(row["start_date"])
        paid = split(row["price_paid_cents"], row["term_months"])
        listed = split(row["list_credit_cents"], row["term_months"])
        for k in range(row["term_months"]):
            if first + k < replaced_from.get(row["purchase_id"], first + k + 1):
                found.append((first + k, row, paid[k], listed[k]))
    return found


def purchase_rows(purchases: list[Row]) -> dict[int, tuple[int, int]]:
    """month -> (paid, list) of all prepaid purchases of one customer."""
    rows: dict[int, tuple[int, int]] = {}
    for month, _, paid, listed in split_rows(purchases):
        before = rows.get(month, (0, 0))
        rows[month] = (before[0] + paid, before[1] + listed)
    return rows


def contract_on(contracts: list[Row], day: date) -> Row | None:
    """The contract in force on a day; of several, the one that started last."""
    running = [row for row in contracts if row["start_date"] <= day < row["end_date"]]
    running.sort(key=lambda row: (row["start_date"], row["contract_id"]))
    return running[-1] if running else None


def discount_on(contracts: list[Row], purchases: list[Row], day: date) -> int:
    """Credit discount in force on a day, in parts per million: contract first, else the purchase, else none."""
    contract = contract_on(contracts, day)
    if contract is not None and contract.get("discount_ppm") is not None:
        return int(contract["discount_ppm"])
    running = [
        row for row in counted_purchases(purchases, "purchase")
        if row["start_date"] <= day < add_months(row["start_date"], row["term_months"])
    ]
    running.sort(key=lambda row: (row["start_date"], row["purchase_id"]))
    return int(running[-1].get("discount_ppm") or 0) if running else 0


def amortized_rows(invoices: list[Invoice], contracts: list[Row], run_month: int) -> list[tuple[int, date, int]]:
    """REV-12, 13: (month, last day of its sub-period, cents) of the credit charges.

    Each charge lasts to the next one, the last to the end of the contract in force on its day. While that contract
    runs, the last known charge is not the last: it lasts its own period, or as long as the one before.
    """
    charges = [one for one in invoices if one.role == "credits" and one.type == "completed"]
    charges.sort(key=lambda one: (one.period_start, one.invoice_id))
    found = []
    length = 0
    for i, charge in enumerate(charges):
        start = charge.period_start.date()
        first = at_first_row(start)
        contract = contract_on(contracts, start)
        if i + 1 < len(charges):
            length = at_first_row(charges[i + 1].period_start.date()) - first
        elif contract is not None and contract["end_date"] <= date(run_month // 12, run_month % 12 + 1, 1):
            length = at_first_row(contract["end_date"]) - first
        else:
            length = max(length, at_first_row(charge.period_end.date()) - first)
            if contract is not None:
                length = min(length, at_first_row(contract["end_date"]) - first)
        length = max(length, 1)
        for k, cents in enumerate(split(charge.net, length)):
            found.append((first + k, last_day_of_row(start, k), cents))
    return found


def startup_cover(invoices: list[Invoice], purchases: list[Row], account: Row) -> dict[str, int | None]:
    """REV-4 to REV-6: invoice id -> cents that startup credit covered, or None where the credit plays no part.

    A walk in order of finalization: credit that one invoice used is gone for the next.
    """
    grants = counted_purchases(purchases, "startup_grant")
    own = [one for one in invoices if one.classification == "startup"]
    own.sort(key=lambda one: (one.finalized_at, one.invoice_id))
    expires = account.get("credit_expires_at")
    used = 0
    covered: dict[str, int | None] = {}
    for invoice in own:
        covered[invoice.invoice_id] = None
        if not metadata_is_true(account.get("is_startup_plan_customer")):
            continue
        if expires is not None and expires <= invoice.finalized_at:
            continue
        charge = max(invoice.net + invoice.tax, 0)
        if not grants:
            covered[invoice.invoice_id] = min(charge, invoice.credit_applied)
            continue
        day = invoice.finalized_at.date()
        balance = sum(row["list_credit_cents"] for row in grants if row["start_date"] <= day) - used
        if balance > 0:
            covered[invoice.invoice_id] = min(charge, balance)
            used += min(charge, balance)
    return covered


def less(cents: int, discount_ppm: int) -> int:
    """cents x (1 - discount), half up."""
    return half_up(Fraction(cents * (MILLION - discount_ppm), MILLION))


def undiscounted(cents: int, discount_ppm: int) -> int:
    """REV-42: cents / (1 - discount), half up."""
    return half_up(Fraction(cents * MILLION, MILLION - discount_ppm))


def in_proportion(parts: dict[str, int], kept: int, whole: int, *, rest_to_last: bool) -> dict[str, int]:
    """Every part x kept / whole, half up; on request the last key in alphabetical order takes the remainder."""
    if whole == 0:
        return dict.fromkeys(parts, 0)
    scaled = {key: half_up(Fraction(cents * kept, whole)) for key, cents in parts.items()}
    if rest_to_last and scaled:
        last = sorted(scaled)[-1]
        scaled[last] = kept - sum(cents for key, cents in scaled.items() if key != last)
    return scaled


def after_credit(products: dict[str, int], tax: int, covered: int) -> dict[str, int]:
    """REV-5, REV-154: products once a credit covered a part of the charge. The tax, where there is one, keeps the
    remainder, so that products never hold tax."""
    charge = sum(products.values()) + tax
    if covered == 0 or charge <= 0:
        return dict(products)
    return in_proportion(products, max(charge - covered, 0), charge, rest_to_last=tax == 0)
