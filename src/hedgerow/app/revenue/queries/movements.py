"""MRR movements, their rates, the top line and the counts of stages (REV-60..69, REV-140, REV-150, REV-151)."""

from __future__ import annotations

from typing import Any

from hedgerow.app.revenue.queries.window import (
    TOTAL,
    Month,
    UnableToAnswer,
    check_series,
    choose_months,
    choose_scopes,
    did_you_mean,
    dollars,
    in_series,
    indexed,
    month_status,
    parse_month,
    product_of,
)
from hedgerow.app.revenue.thresholds import whole
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import percent
from hedgerow.warehouse.snapshot_reader import Snapshot

COMPONENTS = ("new", "reactivated", "retained", "expansion", "contraction", "churned")
STAGES = ("new", "reactivated", "flat", "growing", "shrinking", "churned")

Rows = list[dict[str, Any]]


def movements(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
              product: str | None = None, series: str = "adjusted") -> Rows:
    """One row per month, product and component, also where nothing moved (REV-150)."""
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    scopes = choose_scopes(snapshot, product)
    found = _movement_cells(snapshot, months, series)
    return [
        {"month": str(month.idx), "product": product_of(scope), "component": component,
         "customers": int(cell["customers"] or 0), "amount": dollars(cell["amount_cents"] or 0),
         "status": month.label}
        for month in months for scope in scopes for component in COMPONENTS
        for cell in [found.get((month.idx.idx, scope, component)) or {"customers": 0, "amount_cents": 0}]
    ]


def stage_totals(snapshot: Snapshot, month: MonthIdx, product: str, series: str) -> tuple[int, int]:
    """(customers that paid in the month before, those of them that churned in this one)."""
    [scope] = choose_scopes(snapshot, product)
    found = {row["component"]: int(row["customers"] or 0) for row in snapshot.rows(
        f"SELECT component, customers FROM {snapshot.table('movement')} "
        "WHERE series = ? AND scope = ? AND month_idx = ?",
        [check_series(series), scope, month.idx])}
    return found.get("baseline", 0), found.get("churned", 0)


def movement_rates(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
                   product: str | None = None, series: str = "adjusted") -> Rows:
    """Components as percent of the baseline, which is the whole previous month (REV-151).

    Contraction keeps its minus sign, churn is shown positive, and a baseline of 0 has no rates.
    """
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    found = _movement_cells(snapshot, months, series)
    rows = []
    for month in months:
        for scope in choose_scopes(snapshot, product):
            cents = {component: _cents(found, month, scope, component) for component in (*COMPONENTS, "baseline")}
            base = cents["baseline"]
            rows.append({
                "month": str(month.idx), "product": product_of(scope), "baseline": dollars(base),
                "new_rate": percent(cents["new"], base), "reactivated_rate": percent(cents["reactivated"], base),
                "expansion_rate": percent(cents["expansion"], base),
                "contraction_rate": percent(cents["contraction"], base),
                "churn_rate": percent(abs(cents["churned"]), base), "status": month.label})
    return rows


def _movement_cells(snapshot: Snapshot, months: list[Month], series: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    sql = f"""SELECT month_idx, scope, component, customers, amount_cents FROM {snapshot.table('movement')}
              WHERE series = ? AND month_idx BETWEEN ? AND ?"""
    rows = snapshot.rows(sql, [check_series(series), *_ends(months)])
    return indexed(rows, "month_idx", "scope", "component")


def _cents(found: dict[tuple[Any, ...], dict[str, Any]], month: Month, scope: str, component: str) -> int:
    return int((found.get((month.idx.idx, scope, component)) or {}).get("amount_cents") or 0)


def _ends(months: list[Month]) -> list[int]:
    return [months[0].idx.idx, months[-1].idx.idx] if months else [0, -1]


def summary(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
            product: str | None = None) -> Rows:
    """MRR of each month in both series, paying customers, ARR of closed months, and usage per product (REV-140).

    ARR is the multiple of a closed month's MRR; a month still open is never annualised. Units of months without
    any report are null, not 0 (REV-155).
    """
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    scopes = choose_scopes(snapshot, product)
    money = indexed(snapshot.rows(
        f"""SELECT month_idx, scope, SUM(GREATEST(unadjusted_cents, 0))::BIGINT AS unadjusted,
                   SUM(GREATEST(adjusted_cents, 0))::BIGINT AS adjusted,
                   COUNT(*) FILTER (WHERE unadjusted_cents > 0) AS customers
            FROM {snapshot.table('adjusted_month')} WHERE month_idx BETWEEN ? AND ? GROUP BY month_idx, scope""",
        _ends(months)), "month_idx", "scope")
    units = indexed(snapshot.rows(
        f"""SELECT month_idx, product_key AS scope, SUM(units)::BIGINT AS units FROM {snapshot.table('usage_month')}
            WHERE month_idx BETWEEN ? AND ? GROUP BY month_idx, product_key""", _ends(months)), "month_idx", "scope")
    ex_tax = indexed(snapshot.rows(
        f"""SELECT month_idx, SUM(ex_tax_cents)::BIGINT AS ex_tax FROM {snapshot.table('customer_month')}
            WHERE month_idx BETWEEN ? AND ? GROUP BY month_idx""", _ends(months)), "month_idx")
    multiple = whole(snapshot, "arr_multiple") if months else 0
    rows = []
    for month in months:
        for scope in scopes:
            cell = money.get((month.idx.idx, scope), {})
            unadjusted, adjusted = int(cell.get("unadjusted") or 0), int(cell.get("adjusted") or 0)
            is_total = scope == TOTAL
            rows.append({
                "month": str(month.idx), "product": product_of(scope), "unadjusted": dollars(unadjusted),
                "adjusted": dollars(adjusted), "arr": dollars(unadjusted * multiple) if month.is_closed else None,
                "arr_adjusted": dollars(adjusted * multiple) if month.is_closed else None,
                "customers": int(cell.get("customers") or 0),
                "mrr_ex_tax": dollars(ex_tax.get((month.idx.idx,), {}).get("ex_tax")) if is_total else None,
                "units": None if is_total else units.get((month.idx.idx, scope), {}).get("units"),
                "status": month.label})
    return rows


def lifecycle_counts(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
                     product: str | None = None, stage: str | None = None, series: str = "adjusted") -> Rows:
    """Customers and MRR per month, product and stage; ``delta`` of churned customers is what was lost."""
    months = choose_months(snapshot, from_month=from_month, to_month=to_month)
    scopes = choose_scopes(snapshot, product)
    found = indexed(snapshot.rows(
        f"""SELECT month_idx, scope, stage, COUNT(*) AS customers, SUM(mrr_cents)::BIGINT AS mrr,
                   SUM(delta_cents)::BIGINT AS delta FROM {snapshot.table('stage_month')} l
            WHERE {in_series(series)} AND month_idx BETWEEN ? AND ? GROUP BY month_idx, scope, stage""", _ends(months)),
        "month_idx", "scope", "stage")
    return [
        {"month": str(month.idx), "product": product_of(scope), "stage": name,
         "customers": int(cell.get("customers") or 0), "mrr": dollars(cell.get("mrr") or 0),
         "delta": dollars(cell.get("delta") or 0), "status": month.label}
        for month in months for scope in scopes for name in _stages(stage)
        for cell in [found.get((month.idx.idx, scope, name), {})]
    ]


def lifecycle_customers(*, snapshot: Snapshot, month: str, product: str | None = TOTAL,
                        stage: str | None = None, series: str = "adjusted") -> Rows:
    """The customers behind the counts of one month, largest change first."""
    asked = month_status(snapshot, parse_month(month))
    rows = snapshot.rows(
        f"""SELECT l.scope, l.customer_id, c.name, c.segment, l.stage, l.prev_cents, l.mrr_cents, l.delta_cents
            FROM {snapshot.table('stage_month')} l LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE {in_series(series)} AND l.month_idx = ? AND list_contains(?, l.scope) AND list_contains(?, l.stage)
            ORDER BY l.scope <> 'total', l.scope, ABS(l.delta_cents) DESC, l.customer_id""",
        [asked.idx.idx, choose_scopes(snapshot, product), list(_stages(stage))])
    return [
        {"month": str(asked.idx), "product": product_of(row["scope"]), "customer_id": row["customer_id"],
         "name": row["name"], "segment": row["segment"], "stage": row["stage"],
         "previous": dollars(row["prev_cents"]), "mrr": dollars(row["mrr_cents"]),
         "delta": dollars(row["delta_cents"]), "status": asked.label}
        for row in rows
    ]


def _stages(stage: str | None) -> tuple[str, ...]:
    if stage is None:
        return STAGES
    if stage not in STAGES:
        raise UnableToAnswer("unknown_stage", f"there is no stage {stage!r}{did_you_mean(stage, STAGES)}; "
                             f"stages: {', '.join(STAGES)}")
    return (stage,)
