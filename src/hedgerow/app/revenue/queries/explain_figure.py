"""From any figure down to customers whose contributions add up to it."""

from __future__ import annotations

from typing import Any

from hedgerow.app.revenue.queries.movements import COMPONENTS
from hedgerow.app.revenue.queries.series import retention_pairs
from hedgerow.app.revenue.queries.window import (
    TOTAL,
    UnableToAnswer,
    check_series,
    choose_scopes,
    data_months,
    did_you_mean,
    dollars,
    in_series,
    month_status,
    parse_month,
    product_of,
)
from hedgerow.app.revenue.thresholds import threshold, whole
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]
TOP_LINE = ("mrr", "arr", "paying_customers")
METRICS = ("mrr", "arr", "paying_customers", *COMPONENTS, "baseline", "ndr", "nrr", "gdr")

#: Which lifecycle rows are in a component, and what each adds to it (REV-150).
_PARTS = {
    "new": ("l.stage = 'new'", "l.mrr_cents"), "reactivated": ("l.stage = 'reactivated'", "l.mrr_cents"),
    "retained": ("l.stage IN ('flat', 'growing', 'shrinking')", "l.prev_cents"),
    "expansion": ("l.stage = 'growing'", "l.delta_cents"),
    "contraction": ("l.stage = 'shrinking'", "l.delta_cents"),
    "churned": ("l.stage = 'churned'", "l.delta_cents"), "baseline": ("l.prev_cents > 0", "l.prev_cents"),
    "mrr": ("l.mrr_cents > 0", "l.mrr_cents"), "paying_customers": ("l.mrr_cents > 0", "1"),
}


def explain_figure(*, snapshot: Snapshot, metric: str, month: str | None = None, product: str | None = None,
                   segment: str | None = None, owner: str | None = None, series: str | None = None,
                   window: int = 12) -> Rows:
    """The customers behind a metric of one month (default: the last closed), largest contribution first.

    Without a series, the one that the figure is published in: the top line is unadjusted, all else adjusted (REV-50).

    Contributions add up to the figure; of ndr and gdr they are the current (capped) dollars, to be divided by the
    sum of ``previous``, which is the base.
    """
    if metric not in METRICS:
        raise UnableToAnswer("unknown_metric", f"there is no figure {metric!r} to explain"
                             f"{did_you_mean(metric, METRICS)}; figures: {', '.join(METRICS)}")
    from hedgerow.app.revenue.queries.window import last_closed

    chosen = parse_month(month) if month else last_closed(snapshot)
    state = month_status(snapshot, chosen)
    if state.idx not in {known.idx for known in data_months(snapshot)}:
        raise UnableToAnswer("no_data_for_month", f"there is no data for {chosen}")
    [scope] = choose_scopes(snapshot, product or TOTAL)
    if metric in ("ndr", "nrr", "gdr"):
        rows = _retained(snapshot, state.idx, window, scope, is_capped=metric == "gdr")
        series = "adjusted"
    else:
        series = check_series(series or ("unadjusted" if metric in TOP_LINE else "adjusted"))
        rows = _moved(snapshot, metric, state.idx.idx, scope, series)
    _check_group(snapshot, "segment", segment)
    _check_group(snapshot, "owner_name", owner)
    return [
        {"metric": metric, "month": str(chosen), "series": series, "product": product_of(scope),
         "customer_id": row["customer_id"], "name": row["name"], "segment": row["segment"] or None,
         "owner": row["owner_name"] or None, "stage": row.get("stage"), "previous": dollars(row["prev"]), "current": dollars(row["now"]),
         "contribution": str(row["part"]) if metric == "paying_customers" else dollars(row["part"]),
         "status": state.label}
        for row in rows if segment in (None, row["segment"] or "") and owner in (None, row["owner_name"] or "")
    ]


def _check_group(snapshot: Snapshot, column: str, asked: str | None) -> None:
    """A segment or owner that no customer has is a misspelling, not an empty answer."""
    if asked is None:
        return
    what = column.removesuffix("_name")
    known = [row["name"] for row in snapshot.rows(
        f"SELECT DISTINCT {column} AS name FROM {snapshot.table('customer')} WHERE {column} <> '' ORDER BY 1")]
    if asked not in known:
        raise UnableToAnswer(f"unknown_{what}", f"no customer has the {what} {asked!r}{did_you_mean(asked, known)}; "
                             f"known: {', '.join(known[:20]) or 'none'}")


def _moved(snapshot: Snapshot, metric: str, idx: int, scope: str, series: str) -> Rows:
    condition, part = _PARTS["mrr" if metric == "arr" else metric]
    factor = whole(snapshot, "arr_multiple") if metric == "arr" else 1
    return snapshot.rows(
        f"""SELECT l.customer_id, c.name, c.segment, c.owner_name, l.stage, l.prev_cents AS prev, l.mrr_cents AS now,
                   {part} * $factor AS part
            FROM {snapshot.table('stage_month')} l LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE {in_series(series)} AND l.month_idx = $month AND l.scope = $scope AND {condition}
            ORDER BY ABS(part) DESC, l.customer_id""", {"month": idx, "scope": scope, "factor": factor})


def _retained(snapshot: Snapshot, month: Any, window: int, scope: str, *, is_capped: bool) -> Rows:
    least = threshold(snapshot, "retention_min_base_arr", month) * 100 / whole(snapshot, "arr_multiple")
    pairs = retention_pairs(snapshot, month=month, base=month - window)
    part = "LEAST(current_cents, base_cents)" if is_capped else "current_cents"
    return snapshot.rows(
        f"""WITH pair AS ({pairs.sql})
            SELECT p.customer_id, c.name, c.segment, c.owner_name, p.base_cents AS prev, p.current_cents AS now, {part} AS part
            FROM pair p LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE p.scope = $scope AND p.customer_id IN (SELECT customer_id FROM pair WHERE scope = 'total'
                                                         AND base_cents >= $least)
            ORDER BY ABS(p.current_cents - p.base_cents) DESC, p.customer_id""",
        {**pairs.values, "scope": scope, "least": least})
