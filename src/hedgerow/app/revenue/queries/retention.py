"""Rolling and cohort retention, always on the adjusted series (REV-80..90)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedgerow.app.revenue.queries.series import retention_pairs
from hedgerow.app.revenue.queries.window import (
    TOTAL,
    Month,
    UnableToAnswer,
    choose_months,
    choose_scopes,
    data_months,
    dollars,
    indexed,
    month_text,
    product_of,
)
from hedgerow.app.revenue.thresholds import UnableToReadThreshold, listed, threshold, whole
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import percent
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]


def retention(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
              window: int | None = None, product: str | None = None) -> Rows:
    """One row per month, window and product. An empty population has no percentages, and the note says why.

    A window that the policy does not list is computed for the question only; it cannot be published under the
    governed metric.
    """
    if window is not None and window < 1:
        raise UnableToAnswer("bad_window", f"a window is a number of months, at least 1, not {window}")
    months = _months_or_before(snapshot, from_month, to_month)
    scopes = choose_scopes(snapshot, product)
    known = data_months(snapshot)
    published = _published_windows(snapshot, is_needed=window is None)
    rows = []
    for chosen in [window] if window else published:
        is_governed = chosen in published
        cells = _stored(snapshot, months, chosen) if is_governed else _ad_hoc(snapshot, months, chosen)
        rows += [_row(snapshot, month, chosen, scope, cells.get((month.idx.idx, scope)), known, is_governed)
                 for month in months for scope in scopes]
    return sorted(rows, key=lambda row: row["month"]) if window is None else rows


def _months_or_before(snapshot: Snapshot, from_month: str | None, to_month: str | None) -> list[Month]:
    """Retention of a month before the data is a fair question with an empty answer, not a wrong call."""
    try:
        return choose_months(snapshot, from_month=from_month, to_month=to_month)
    except UnableToAnswer as error:
        if error.code != "no_data_for_month" or not from_month:
            raise
        first, last = MonthIdx.parse(from_month), MonthIdx.parse(to_month or from_month)
        if first > data_months(snapshot)[-1].idx:
            raise
        return [Month(MonthIdx(idx), "closed") for idx in range(first.idx, last.idx + 1)]


def _published_windows(snapshot: Snapshot, *, is_needed: bool) -> list[int]:
    sql = f"SELECT window_months AS months FROM {snapshot.table('retention_window')} ORDER BY 1"
    found = [int(row["months"]) for row in snapshot.rows(sql)]
    if found:
        return found
    try:
        return sorted(int(months) for months in listed(snapshot, "retention_windows"))
    except UnableToReadThreshold:
        if is_needed:
            raise
        return []


def _stored(snapshot: Snapshot, months: Sequence[Month], window: int) -> dict[tuple[Any, ...], dict[str, Any]]:
    sql = f"""SELECT month_idx, scope, customers, base_cents, current_cents, capped_cents
              FROM {snapshot.table('retention')} WHERE window_months = ? AND month_idx BETWEEN ? AND ?"""
    ends = [months[0].idx.idx, months[-1].idx.idx] if months else [0, -1]
    return indexed(snapshot.rows(sql, [window, *ends]), "month_idx", "scope")


def _ad_hoc(snapshot: Snapshot, months: Sequence[Month], window: int) -> dict[tuple[Any, ...], dict[str, Any]]:
    """REV-80, 82, 86 for any window, both ends on the basis of the month (REV-158)."""
    cells: dict[tuple[Any, ...], dict[str, Any]] = {}
    for month in (asked for asked in months if asked.is_closed):
        base = month.idx - window
        least = threshold(snapshot, "retention_min_base_arr", month.idx) * 100 / whole(snapshot, "arr_multiple")
        pairs = retention_pairs(snapshot, month=month.idx, base=base)
        sql = f"""WITH pair AS ({pairs.sql}), fit AS (SELECT customer_id FROM pair WHERE scope = 'total'
                                                      AND base_cents >= $least)
                  SELECT $month AS month_idx, scope, COUNT(*) AS customers, SUM(base_cents)::BIGINT AS base_cents,
                         SUM(current_cents)::BIGINT AS current_cents,
                         SUM(LEAST(current_cents, base_cents))::BIGINT AS capped_cents
                  FROM pair WHERE customer_id IN (SELECT customer_id FROM fit) GROUP BY scope"""
        cells |= indexed(snapshot.rows(sql, {**pairs.values, "least": least}), "month_idx", "scope")
    return cells


def _row(snapshot: Snapshot, month: Month, window: int, scope: str, cell: dict[str, Any] | None,
         known: Sequence[Month], is_governed: bool) -> dict[str, Any]:
    cell = cell or {}
    base = int(cell.get("base_cents") or 0)
    current, capped = int(cell.get("current_cents") or 0), int(cell.get("capped_cents") or 0)
    note = "" if base else _why_empty(snapshot, month, window, known)
    if base and not is_governed:
        note = "ad hoc window: not publishable under the governed metric"
    return {"month": str(month.idx), "window": window, "product": product_of(scope), "base": dollars(base),
            "current": dollars(current), "capped": dollars(capped), "customers": int(cell.get("customers") or 0),
            "ndr": percent(current, base), "gdr": percent(capped, base), "note": note or None,
            "status": month.label}


def _why_empty(snapshot: Snapshot, month: Month, window: int, known: Sequence[Month]) -> str:
    base = month.idx - window
    if not month.is_closed:
        return f"{month.idx} is not closed; retention is stated for closed months"
    text = f"no customers at or above {_least_arr(snapshot, base)} ARR in {base}"
    if known and base < known[0].idx:
        text += f"; data begins in {known[0].idx}, the first available month is {known[0].idx + window}"
    return text


def _least_arr(snapshot: Snapshot, base: MonthIdx) -> str:
    for month in (base, snapshot.run_month):
        try:
            least = threshold(snapshot, "retention_min_base_arr", month)
        except UnableToReadThreshold:
            continue
        return f"${int(least) // 1000}K" if least % 1000 == 0 else f"${least:,.2f}"
    return "the minimum"


def cohorts(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
            kind: str | None = None, product: str | None = TOTAL) -> Rows:
    """Retention by first paying month and age. A month that is not closed is blank, never 0 (REV-87..89).

    The range chooses cohorts. ``kind``: ndr, gdr, or usage (units, products only); by default all that apply.
    ``is_partial`` marks a first month that is not closed, or before which the data does not reach.
    """
    kinds = _kinds(kind)
    scopes = choose_scopes(snapshot, product)
    known = {month.idx.idx: month for month in data_months(snapshot)}
    chosen = [m for m in choose_months(snapshot, from_month=from_month, to_month=to_month) if m.status != "forward"]
    first = min(known, default=0)
    rows = []
    for name in kinds:
        table = snapshot.table("cohort_usage" if name == "usage" else "cohort")
        rows += [{**row, "kind": name} for row in snapshot.rows(
            f"SELECT * FROM {table} WHERE list_contains(?, scope) AND list_contains(?, cohort_month_idx)",
            [scopes, [m.idx.idx for m in chosen]])]
    rows += _blank_ages(rows, list(known))
    rows.sort(key=lambda r: (r["scope"] != TOTAL, r["scope"], r["cohort_month_idx"], r["age"], kinds.index(r["kind"])))
    return [_cohort_cell(row, known.get(row["month_idx"]), known[row["cohort_month_idx"]], first) for row in rows]


def _blank_ages(rows: list[dict[str, Any]], months: list[int]) -> list[dict[str, Any]]:
    """One blank cell for each later month of the snapshot that has no figure yet."""
    have = {(r["kind"], r["scope"], r["cohort_month_idx"], r["month_idx"]) for r in rows}
    starts = {(r["kind"], r["scope"], r["cohort_month_idx"]): r["customers"] for r in rows}
    return [{"kind": kind, "scope": scope, "cohort_month_idx": cohort, "month_idx": idx, "age": idx - cohort,
             "customers": customers}
            for (kind, scope, cohort), customers in starts.items() for idx in months
            if idx > cohort and (kind, scope, cohort, idx) not in have]


def _cohort_cell(row: dict[str, Any], month: Month | None, cohort: Month, first: int) -> dict[str, Any]:
    kind = row["kind"]
    part, whole_ = {"ndr": ("current_cents", "base_cents"), "gdr": ("capped_cents", "base_cents"),
                    "usage": ("current_units", "base_units")}[kind]
    is_known = month is not None and month.is_closed and row.get(part) is not None
    value = percent(int(row[part]), int(row[whole_] or 0)) if is_known else None
    return {"cohort": str(cohort.idx), "age": int(row["age"]), "month": month_text(row["month_idx"]),
            "product": product_of(row["scope"]), "kind": kind, "value": value, "customers": int(row["customers"]),
            "is_partial": not cohort.is_closed or cohort.idx.idx == first,
            "status": month.label if month else "no data"}


def _kinds(kind: str | None) -> tuple[str, ...]:
    kinds = ("ndr", "gdr", "usage")
    if kind is None:
        return kinds
    if kind not in kinds:
        raise UnableToAnswer("bad_kind", f"there is no kind {kind!r}; choose {', '.join(kinds)}")
    return (kind,)
