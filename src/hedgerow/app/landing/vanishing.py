"""Which paying customers an import would lose: a load failure must not be read as churn (the 20 % stop)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.warehouse.landing.reading import literal


@dataclass(frozen=True)
class Vanishing:
    """Customers that paid in ``month`` by what is stored, and do not by what is about to replace it."""

    month: str
    paying: int
    customers: tuple[str, ...]

    def exceeds(self, share_max: Decimal) -> bool:
        """Strictly more than ``share_max`` percent; exactly that share passes."""
        return len(self.customers) * 100 > share_max * self.paying


def vanishing(stored: Path, coming: Path, as_of: date) -> Vanishing | None:
    """Compare one source's folders in the last month closed on ``as_of`` that the stored one has payers in.

    None when the stored source never had a paying customer.
    """
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        last = MonthIdx.of(as_of) - 1
        month = _latest_month(con, stored, last)
        if month is None:
            return None
        before = _paying(con, stored, month)
        lost = sorted(before - _paying(con, coming, month))
    return Vanishing(str(month), len(before), tuple(lost)) if before else None


def _file(folder: Path, table: str) -> str | None:
    path = folder / f"{table}.parquet"
    return f"read_parquet({literal(str(path))})" if path.is_file() else None


def _latest_month(con: duckdb.DuckDBPyConnection, folder: Path, last: MonthIdx) -> MonthIdx | None:
    """``last``, or the newest month before it in which anything was billed."""
    found: list[int] = []
    if lines := _file(folder, "invoice_lines"):
        row = con.execute(f"SELECT max(month_idx) FROM {lines} WHERE is_counted AND month_idx <= {last.idx}").fetchone()
        found += [row[0]] if row and row[0] is not None else []
    for table in ("subscriptions", "credit_purchases"):
        if _file(folder, table) and _paying(con, folder, last):
            found.append(last.idx)
    if not found and (rows := _file(folder, "subscriptions")):
        row = con.execute(f"SELECT max(end_date) FROM {rows} WHERE monthly_cents > 0").fetchone()
        found += [(MonthIdx.of(row[0]) - 1).idx] if row and row[0] else []
    return MonthIdx(max(found)) if found else None


def _paying(con: duckdb.DuckDBPyConnection, folder: Path, month: MonthIdx) -> set[str]:
    """Customers with money in a month: invoice lines above zero, a running subscription, or prepaid credit."""
    first, following = month.first_day, (month + 1).first_day
    parts = []
    if lines := _file(folder, "invoice_lines"):
        parts.append(f"SELECT customer_id FROM {lines} WHERE is_counted AND month_idx = {month.idx} "
                     "GROUP BY customer_id HAVING sum(net_cents) > 0")
    if rows := _file(folder, "subscriptions"):
        parts.append(f"SELECT customer_id FROM {rows} WHERE monthly_cents > 0 AND start_date < DATE '{following}' "
                     f"AND (end_date IS NULL OR end_date >= DATE '{following}')")
    if rows := _file(folder, "credit_purchases"):
        parts.append(f"SELECT customer_id FROM {rows} WHERE kind = 'purchase' AND price_paid_cents > 0 "
                     f"AND status IN ('invoiced', 'paid', 'exhausted', 'expired') AND start_date < DATE '{following}' "
                     f"AND start_date + to_months(CAST(term_months AS INTEGER)) > DATE '{first}'")
    return {row[0] for row in con.execute(" UNION ".join(parts)).fetchall()} if parts else set()
