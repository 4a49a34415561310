"""Gainers and losers with their context (REV-100, REV-101)."""

from __future__ import annotations

from typing import Any

from hedgerow.app.revenue.queries.window import (
    OTHER,
    UnableToAnswer,
    choose_months,
    dollars,
    in_series,
    last_closed,
    month_status,
    parse_month,
)
from hedgerow.kernel.money import Money, percent
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]


def movers(*, snapshot: Snapshot, month: str | None = None, closed_months_only: bool = False,
           side: str | None = None, from_month: str | None = None, to_month: str | None = None) -> Rows:
    """The largest gains and losses of unadjusted MRR, with owner, products, usage, adjustments, deals and health.

    Without a month: the last closed one, and the open one (forecast) unless ``closed_months_only``.
    A range names both ends.
    """
    if side not in (None, "gainer", "loser"):
        raise UnableToAnswer("bad_side", f"there is no side {side!r}; choose gainer or loser")
    if from_month or to_month:
        states = choose_months(snapshot, from_month=month or from_month, to_month=month or to_month)
    else:
        asked = [parse_month(month)] if month else [last_closed(snapshot), snapshot.run_month]
        states = [month_status(snapshot, m) for m in dict.fromkeys(asked)]
    if month and closed_months_only and not states[0].is_closed:
        raise UnableToAnswer("not_closed", f"{month} is not closed; the last closed month is {last_closed(snapshot)}")
    if month and not states[0].has_rows:
        raise UnableToAnswer("no_data_for_month", f"the sources bring no rows for {month} yet; "
                             f"the last closed month is {last_closed(snapshot)}")
    shown = [state for state in states if state.has_rows and (state.is_closed or not closed_months_only)]
    return [row for state in shown for row in _of_month(snapshot, state.idx.idx, str(state.idx), state.label, side)]


def _of_month(snapshot: Snapshot, idx: int, text: str, label: str, side: str | None) -> Rows:
    rows = snapshot.rows(
        f"""SELECT v.*, c.name, c.owner_name, c.segment, c.health, c.last_contact_at
            FROM {snapshot.table('mover')} v LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE v.month_idx = ? AND (? IS NULL OR v.side = ?) ORDER BY v.side, v.rank""", [idx, side, side])
    ids = [row["customer_id"] for row in rows]
    products, usage = _product_deltas(snapshot, idx, ids), _usage_deltas(snapshot, idx, ids)
    adjusted, given, deals = _adjustments(snapshot, idx, ids), _given_back(snapshot, idx, ids), _deals(snapshot, ids)
    return [{
        "month": text, "side": row["side"], "rank": int(row["rank"]), "customer_id": row["customer_id"],
        "name": row["name"], "owner": row["owner_name"] or None, "segment": row["segment"] or None,
        "previous": dollars(row["prev_cents"]), "current": dollars(row["mrr_cents"]),
        "delta": dollars(row["delta_cents"]), "delta_percent": percent(row["delta_cents"], row["prev_cents"]),
        "stage": row["stage"], "product_deltas": products.get(row["customer_id"]),
        "usage_deltas": usage.get(row["customer_id"]), "adjustment": adjusted.get(row["customer_id"]),
        "credits": given.get(row["customer_id"], (None, None))[0],
        "refunds": given.get(row["customer_id"], (None, None))[1],
        "open_deal_stage": deals.get(row["customer_id"]), "health": row["health"] or None,
        "last_contact": str(row["last_contact_at"].date()) if row["last_contact_at"] else None, "status": label,
    } for row in rows]


def _product_deltas(snapshot: Snapshot, idx: int, ids: list[str]) -> dict[str, str]:
    rows = snapshot.rows(
        f"""SELECT customer_id, scope AS product_key, delta_cents FROM {snapshot.table('stage_month')} l
            WHERE {in_series('unadjusted')} AND scope <> 'total' AND month_idx = ? AND list_contains(?, customer_id)
              AND delta_cents <> 0 ORDER BY customer_id, ABS(delta_cents) DESC, scope""", [idx, ids])
    return _joined(rows, lambda row: _signed(str(Money(int(row["delta_cents"])))))


def _usage_deltas(snapshot: Snapshot, idx: int, ids: list[str]) -> dict[str, str]:
    """Only where both months have a report: unknown is not zero (REV-155)."""
    rows = snapshot.rows(
        f"""SELECT n.customer_id, n.product_key, n.units - p.units AS delta FROM {snapshot.table('usage_month')} n
            JOIN usage_month p ON p.customer_id = n.customer_id AND p.product_key = n.product_key
              AND p.month_idx = n.month_idx - 1
            WHERE n.month_idx = ? AND list_contains(?, n.customer_id) AND n.units <> p.units
            ORDER BY n.customer_id, n.product_key""", [idx, ids])
    return _joined(rows, lambda row: _signed(str(row["delta"])))


def _joined(rows: Rows, value: Any) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(f"{row['product_key'] or OTHER} {value(row)}")
    return {customer: "; ".join(parts) for customer, parts in found.items()}


def _signed(number: str) -> str:
    return number if number.startswith("-") else f"+{number}"


def _adjustments(snapshot: Snapshot, idx: int, ids: list[str]) -> dict[str, str]:
    rows = snapshot.rows(
        f"""SELECT DISTINCT customer_id, rule, state FROM {snapshot.table('adjustment')}
            WHERE scope = 'total' AND state <> 'not_applicable' AND month_idx = ? AND list_contains(?, customer_id)
            ORDER BY customer_id, rule, state""", [idx, ids])
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(f"{row['rule']} {row['state']}")
    return {customer: "; ".join(parts) for customer, parts in found.items()}


def _given_back(snapshot: Snapshot, idx: int, ids: list[str]) -> dict[str, tuple[str | None, str | None]]:
    rows = snapshot.rows(
        f"""SELECT customer_id, credit_applied_cents, refund_cents FROM {snapshot.table('customer_month')}
            WHERE month_idx = ? AND list_contains(?, customer_id)""", [idx, ids])
    return {row["customer_id"]: (dollars(row["credit_applied_cents"]), dollars(row["refund_cents"])) for row in rows}


def _deals(snapshot: Snapshot, ids: list[str]) -> dict[str, str]:
    """Stage of the newest open deal."""
    members = f"""SELECT d.stage, d.created_at, d.deal_id, COALESCE(m.customer_id, d.customer_id) AS customer_id
                  FROM {snapshot.landing('deals')} d LEFT JOIN {snapshot.table('customer_member')} m
                    ON m.source_customer_id = d.customer_id WHERE d.closed_at IS NULL"""
    rows = snapshot.rows(f"SELECT customer_id, stage FROM ({members}) WHERE list_contains(?, customer_id) "
                         "ORDER BY created_at, deal_id", [ids])
    return {row["customer_id"]: row["stage"] for row in rows}
