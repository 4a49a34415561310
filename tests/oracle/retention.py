"""Rolling net and gross dollar retention (REV-80 to REV-86) of closed months."""

from __future__ import annotations

from typing import Any

from .adjustments import TOTAL, Ledger
from .identity import Row
from .lifecycle import floored


def retention_rows(ledgers: dict[str, Ledger], run_month: int, params: dict[str, Any]) -> list[Row]:
    """One row per closed month, window and scope that has at least one customer in its population."""
    rows = []
    scopes = sorted({scope for ledger in ledgers.values() for scope in ledger.scopes})
    all_months = sorted({month for ledger in ledgers.values() for month in ledger.months if month < run_month})
    for month in all_months:
        for months_back in params["revenue.retention_windows"]:
            for scope in scopes:
                cell = retention_cell(ledgers, month, month_back=months_back, scope=scope, params=params)
                if cell["customers"]:
                    rows.append(cell)
    return rows


def retention_cell(ledgers: dict[str, Ledger], month: int, *, month_back: int, scope: str,
                   params: dict[str, Any]) -> Row:
    """Both months are read on the basis of the later one (REV-158); the filter looks at the base month alone."""
    base_month = month - month_back
    customers = base = current = capped = 0
    for ledger in ledgers.values():
        adjusted = ledger.on_basis_of(month).adjusted
        whole = floored(adjusted[TOTAL], base_month)
        own = floored(adjusted.get(scope, {}), base_month)
        if whole * params["revenue.arr_multiple"] < params["revenue.retention_min_base_arr"] or own <= 0 or whole <= 0:
            continue
        now = floored(adjusted[scope], month)
        customers += 1
        base += own
        current += now
        capped += min(now, own)
    return {"month_idx": month, "window_months": month_back, "scope": scope, "base_month_idx": base_month,
            "customers": customers, "base_cents": base, "current_cents": current, "capped_cents": capped}
