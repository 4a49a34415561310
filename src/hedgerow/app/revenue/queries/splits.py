"""The schedule of prepaid purchases: which cents of the price paid count in which month (REV-30, 32, 156)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from hedgerow.app.revenue.queries.customers import find_customer, member_ids
from hedgerow.app.revenue.queries.window import UnableToAnswer, dollars, month_text
from hedgerow.kernel.calendar import add_months, month_of_period_end
from hedgerow.kernel.money import split_cents
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]
_COUNTS_NOWHERE = ("draft", "refunded", "void")


def splits(*, snapshot: Snapshot, customer_or_contract: str) -> Rows:
    """One row per purchase or amortized charge and month. ``state``: counted, superseded (REV-156), or not_counted (REV-19)."""
    charges = _charges(snapshot, customer_or_contract)
    purchases = _purchases(snapshot, customer_or_contract, is_needed=not charges)
    followed = {p["supersedes_purchase_id"]: p["start_date"] for p in purchases
                if p["supersedes_purchase_id"] and p["status"] not in _COUNTS_NOWHERE}
    return [row for purchase in purchases for row in _schedule(purchase, followed)] + charges


def _charges(snapshot: Snapshot, given: str) -> Rows:
    """Credit charges of an instalment customer, by the customer or by the charging invoice (REV-12, REV-13)."""
    try:
        customer = find_customer(snapshot, given)["customer_id"]
    except UnableToAnswer:
        customer = given
    rows = snapshot.rows(
        f"""SELECT * FROM {snapshot.table('amortized_span')} WHERE customer_id = $customer OR invoice_id = $given
            ORDER BY month_idx, invoice_id""", {"customer": customer, "given": given})
    return [{"kind": "amortized", "purchase_id": row["invoice_id"], "contract_id": None,
             "customer_id": row["customer_id"], "status": "charged", "part": int(row["part"]), "of": int(row["parts"]),
             "period_start": str(add_months(row["part_end"].date(), -1)), "period_end": str(row["part_end"].date()),
             "month": month_text(row["month_idx"]), "amount": dollars(row["paid_part"]), "state": "counted"}
            for row in rows]


def _purchases(snapshot: Snapshot, given: str, *, is_needed: bool) -> Rows:
    columns = f"SELECT * FROM {snapshot.landing('credit_purchases')} WHERE kind = 'purchase'"
    found = snapshot.rows(f"{columns} AND (contract_id = $id OR purchase_id = $id) ORDER BY start_date, purchase_id",
                          {"id": given})
    if found:
        ids = [found[0]["customer_id"]]
        linked = snapshot.rows(f"{columns} AND list_contains($ids, customer_id)", {"ids": ids})
        later = [p for p in linked if p["supersedes_purchase_id"] in {f["purchase_id"] for f in found}]
        return found + [p for p in later if p["purchase_id"] not in {f["purchase_id"] for f in found}]
    try:
        customer_id = find_customer(snapshot, given)["customer_id"]
    except UnableToAnswer as error:
        if not is_needed:
            return []
        raise UnableToAnswer("unknown_contract", f"no contract, purchase or customer {given!r}: "
                             f"{error.message}") from None
    return snapshot.rows(f"{columns} AND list_contains($ids, customer_id) ORDER BY start_date, purchase_id",
                         {"ids": member_ids(snapshot, customer_id)})


def _schedule(purchase: Mapping[str, Any], followed: Mapping[str, Any]) -> Rows:
    start, months = purchase["start_date"], int(purchase["term_months"])
    ends_from = followed.get(purchase["purchase_id"])
    rows = []
    for number, cents in enumerate(split_cents(int(purchase["price_paid_cents"]), months), start=1):
        first, after = add_months(start, number - 1), add_months(start, number)
        is_superseded = ends_from is not None and first >= ends_from
        state = ("not_counted" if purchase["status"] in _COUNTS_NOWHERE else
                 "superseded" if is_superseded else "counted")
        rows.append({
            "kind": "prepaid", "purchase_id": purchase["purchase_id"], "contract_id": purchase["contract_id"],
            "customer_id": purchase["customer_id"], "status": purchase["status"], "part": number, "of": months,
            "period_start": str(first), "period_end": str(after),
            "month": str(month_of_period_end(datetime.combine(after, time()))), "amount": dollars(cents),
            "state": state})
    return rows
