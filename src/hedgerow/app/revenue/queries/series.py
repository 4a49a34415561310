"""The monthly series on one annual basis, so that two months compare without mixing bases (REV-158)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hedgerow.app.revenue.queries.window import check_series
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.warehouse.snapshot_reader import Snapshot

_BASIS = {"straight_line": "stored", "usage": "usage"}


@dataclass(frozen=True)
class Relation:
    """A SELECT with the values of its named parameters."""

    sql: str
    values: dict[str, Any]


def basis_of(snapshot: Snapshot, month: MonthIdx) -> str:
    """How changed_month calls the basis that the policy of a month publishes: stored or usage."""
    found = snapshot.rows(f"SELECT annual_basis FROM {snapshot.table('policy_month')} WHERE month_idx = ?", [month.idx])
    return _BASIS.get(str(found[0]["annual_basis"]) if found else "", "stored")


def based_series(snapshot: Snapshot, series: str = "adjusted") -> str:
    """SELECT of (scope, customer_id, month_idx, cents above 0) of the months $month and $base on basis $basis."""
    column = f"{check_series(series)}_cents"
    for name in ("changed_month", "customer_month", "product_month"):
        snapshot.table(name)
    changed = "SELECT customer_id FROM changed_month"
    return f"""
        SELECT 'total' AS scope, customer_id, month_idx, mrr_cents AS cents FROM customer_month
        WHERE month_idx IN ($month, $base) AND mrr_cents > 0 AND customer_id NOT IN ({changed})
        UNION ALL SELECT product_key, customer_id, month_idx, mrr_cents FROM product_month
        WHERE month_idx IN ($month, $base) AND mrr_cents > 0 AND customer_id NOT IN ({changed})
        UNION ALL SELECT scope, customer_id, month_idx, {column} FROM changed_month
        WHERE month_idx IN ($month, $base) AND {column} > 0 AND basis IN ('only', $basis)"""


def retention_pairs(snapshot: Snapshot, *, month: MonthIdx, base: MonthIdx) -> Relation:
    """SELECT of (scope, customer_id, base_cents, current_cents): who paid in the base month, and what they pay now."""
    sql = f"""
        SELECT b.scope, b.customer_id, b.cents AS base_cents, COALESCE(n.cents, 0) AS current_cents
        FROM ({based_series(snapshot)}) b LEFT JOIN ({based_series(snapshot)}) n
          ON n.scope = b.scope AND n.customer_id = b.customer_id AND n.month_idx = $month
        WHERE b.month_idx = $base"""
    return Relation(sql, {"month": month.idx, "base": base.idx, "basis": basis_of(snapshot, month)})
