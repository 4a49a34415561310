"""Adjustments in plain words (REV-40..51), and data issues with what to do about them."""

from __future__ import annotations

from typing import Any

from hedgerow.app.revenue.queries.customers import find_customer
from hedgerow.app.revenue.queries.window import choose_months, dollars, month_status, month_text, product_of
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]

CITES = {"REV-40": "revenue-adjustments#4", "REV-41": "revenue-adjustments#1", "REV-42": "revenue-adjustments#3",
         "REV-43": "revenue-adjustments#5", "REV-44": "revenue-adjustments#2"}
NAMES = {"REV-40": "consolidation", "REV-41": "trial", "REV-42": "annual value",
         "REV-43": "one-time credit or refund", "REV-44": "spike"}
GAP = "gap_no_invoice"
_TODO = {
    "unmapped_line": "add the product to products, or correct the product key at the source",
    "non_default_price": "move the customer to the default price, or record the agreed one in price_assignments",
    "multiple_accounts": "merge the payment-provider customers, or correct the billing configuration",
    "multiple_subscriptions": "end the subscription that is not needed",
    "startup_without_expiry": "set credit_expires_at at the payment provider",
    "startup_flag_unclear": "write true or false into is_startup_plan_customer",
    "amortized_unmerged": "merge the pair: hedgerow merge add",
    "amortized_pair_incomplete": "create the missing credits or usage customer, or correct the configuration",
    "config_mismatch": "decide for amortized or single, and correct the billing configuration",
    "subscription_before_payment": "start the subscription after the credit invoice is paid",
    "legacy": "move the customer to a supported configuration when the contract allows",
    "unsupported": "RevOps decides on a supported configuration",
    "package_comped": "nothing; the support package is free by agreement",
    "billed_via": "nothing; the revenue stands on the customer that is billed",
    "gap_no_invoice": "check whether an invoice was lost in the load; if not, it was a pause",
    "split_outside_configuration": "correct the dated billing configuration or the term of the purchase",
    "unallocated_refund": "split the refund by product at the source",
    "trial_flag_overdue": "set to_month on the trial flag, or confirm the trial with its setter",
    "unknown_account": "load the account record of this customer",
}


def adjustments(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
                customer: str | None = None, is_pending: bool = False, is_all: bool = False) -> Rows:
    """Each adjustment with rule, state, before, after and evidence, on the basis that its month publishes.

    Tests that did not apply are listed on request (``is_all``). Without a range, all closed months and the open one.
    """
    chosen = find_customer(snapshot, customer)["customer_id"] if customer else None
    states = ["pending"] if is_pending else ["applied", "pending", *(["not_applicable"] if is_all else [])]
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    rows = snapshot.rows(
        f"""SELECT a.*, c.name FROM {snapshot.table('adjustment')} a
            LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            JOIN {snapshot.table('policy_month')} m ON m.month_idx = a.month_idx
            WHERE list_contains($states, a.state) AND a.month_idx BETWEEN $first AND $last
              AND ($customer IS NULL OR a.customer_id = $customer)
              AND (a.basis = 'only' OR (a.basis = 'stored') = (m.annual_basis = 'straight_line'))
            ORDER BY a.month_idx, a.customer_id, a.rule, a.scope <> 'total', a.scope""",
        {"states": states, "first": months[0].idx.idx if months else 0, "last": months[-1].idx.idx if months else -1,
         "customer": chosen})
    return [
        {"month": month_text(row["month_idx"]), "customer_id": row["customer_id"], "name": row["name"],
         "rule": row["rule"], "adjustment": NAMES.get(row["rule"], row["rule"]), "state": row["state"],
         "product": product_of(row["scope"]), "before": dollars(row["before_cents"]),
         "after": dollars(row["after_cents"]), "two_months_before": _evidence(row, "prev2_cents"),
         "month_before": _evidence(row, "prev1_cents"), "month_after": _evidence(row, "next_cents"),
         "credits": dollars(row["credit_cents"]) if row["rule"] == "REV-43" else None,
         "text": in_words(row, is_next_closed=_is_closed_after(snapshot, row["month_idx"])),
         "cite": CITES.get(row["rule"])}
        for row in rows
    ]


def _is_closed_after(snapshot: Snapshot, idx: int) -> bool:
    return month_status(snapshot, MonthIdx(idx + 1)).is_closed


def _evidence(row: dict[str, Any], column: str) -> str | None:
    """Only the two tests that look at neighbouring months have such evidence; an open next month is none (REV-46)."""
    if row["rule"] not in ("REV-43", "REV-44") or (column == "next_cents" and row["state"] == "pending"):
        return None
    return dollars(row[column])


def in_words(row: dict[str, Any], *, is_next_closed: bool = True) -> str:
    """One sentence for people about one adjustment row."""
    before, after = Money(int(row["before_cents"] or 0)), Money(int(row["after_cents"] or 0))
    if row["rule"] == "REV-41":
        return f"flagged as a trial: {before} is taken out of the adjusted series"
    if row["rule"] == "REV-42":
        rate = Money(int(row.get("discount_ppm") or 0) // 100)
        return f"annual value: {before} billed at {rate} % credit discount is worth {after}"
    prev1, prev2 = Money(int(row["prev1_cents"] or 0)), Money(int(row["prev2_cents"] or 0))
    following = "the next month is still open" if not is_next_closed or row["state"] == "pending" else (
        f"{Money(int(row['next_cents'] or 0))} the month after")
    if row["rule"] == "REV-43":
        facts = (f"credits and refunds of {Money(int(row['credit_cents'] or 0))} against {prev1} the month before, "
                 f"{following}")
        outcome = {"applied": f"one-time: {before} becomes {after}", "pending": f"{before} stays until it is clear"}
    else:
        facts = f"{before} after {prev2} and {prev1}, {following}"
        outcome = {"applied": f"spike: becomes {after}", "pending": "perhaps a spike; it stays until it is clear"}
    return f"{facts}: {outcome.get(row['state'], 'the test does not apply; unchanged')}"


def issues(*, snapshot: Snapshot, customer: str | None = None, code: str | None = None) -> Rows:
    """What is remarkable in the sources, with the rule and the way out; the money is counted all the same."""
    chosen = find_customer(snapshot, customer)["customer_id"] if customer else None
    rows = snapshot.rows(
        f"""SELECT i.*, c.name FROM {snapshot.table('data_issue')} i
            LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE ($customer IS NULL OR i.customer_id = $customer) AND ($code IS NULL OR i.code = $code)
            ORDER BY i.code, i.customer_id, i.month_idx NULLS FIRST, i.record_id""",
        {"customer": chosen, "code": code})
    missing = _missing_months(snapshot) if any(row["code"] == GAP for row in rows) else {}
    return [{"code": r["code"], "rule": r["rule"], "customer_id": r["customer_id"], "name": r["name"],
             "month": month_text(r["month_idx"]), "record": r["record_id"] or None,
             "detail": r["detail"] + (missing.get((r["customer_id"], r["month_idx"]), "") if r["code"] == GAP else ""),
             "what_to_do": _TODO.get(r["code"], "look at the record and correct it at the source")} for r in rows]


def _missing_months(snapshot: Snapshot) -> dict[tuple[str, int], str]:
    """By customer and month after a gap: the months that have no invoice, so that each can be looked for."""
    rows = snapshot.rows(
        f"""SELECT i.customer_id, i.month_idx, MAX(c.month_idx) AS last_idx FROM {snapshot.table('data_issue')} i
            JOIN {snapshot.table('customer_month')} c ON c.customer_id = i.customer_id AND c.month_idx < i.month_idx
            WHERE i.code = ? GROUP BY i.customer_id, i.month_idx""", [GAP])
    return {(row["customer_id"], row["month_idx"]): "; missing: " + ", ".join(
        str(month_text(idx)) for idx in range(row["last_idx"] + 1, row["month_idx"])) for row in rows}


def issue_groups(*, snapshot: Snapshot) -> Rows:
    """One row per code: rule, how many records and customers, and what to do; most records first."""
    rows = snapshot.rows(
        f"""SELECT code, string_agg(DISTINCT rule, ', ' ORDER BY rule) AS rule, COUNT(*) AS records,
                   COUNT(DISTINCT customer_id) AS customers FROM {snapshot.table('data_issue')}
            GROUP BY code ORDER BY records DESC, code""")
    return [{"code": row["code"], "rule": row["rule"], "records": int(row["records"]),
             "customers": int(row["customers"]), "what_to_do": what_to_do(row["code"])} for row in rows]


def issue_counts(snapshot: Snapshot) -> dict[str, int]:
    sql = f"SELECT code, COUNT(*) AS n FROM {snapshot.table('data_issue')} GROUP BY code ORDER BY n DESC, code"
    return {row["code"]: int(row["n"]) for row in snapshot.rows(sql)}


def what_to_do(code: str) -> str:
    return _TODO.get(code, "look at the records and correct them at the source")
