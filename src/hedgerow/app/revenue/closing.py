"""The closing summary of a run: the figures a person wants to see first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hedgerow.home import Home
from hedgerow.kernel.money import Money, percent

if TYPE_CHECKING:
    from hedgerow.warehouse.snapshot import Built

_TABLES = ("policy_month", "customer_fact", "customer", "movement", "retention", "data_issue", "adjustment")
_COMPONENTS = ("new", "reactivated", "expansion", "contraction", "churned")


def closing_summary(home: Home, built: Built) -> dict[str, Any]:
    """One flat row about the last closed month: money and percents as decimal strings, null when unknown."""
    from hedgerow.warehouse.snapshot_reader import Snapshot

    snapshot = Snapshot.open(built.folder)

    def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        for name in _TABLES:
            if "{" + name + "}" in sql:
                sql = sql.replace("{" + name + "}", snapshot.table(name))
        return snapshot.connection.execute(sql, list(values)).fetchall()  # type: ignore[no-any-return]

    summary: dict[str, Any] = {"snapshot": built.folder.name, "status": "ok" if built.is_ok else "failed",
                               "is_new": built.is_new, "as_of": built.manifest["as_of"]}
    closed = rows("SELECT month_idx, month, arr_multiple FROM {policy_month} WHERE status = 'closed' "
                  "ORDER BY month_idx DESC LIMIT 1")
    summary["accounts"] = rows("SELECT COUNT(*) FROM {customer}")[0][0]
    summary |= _month_figures(rows, *closed[0]) if closed else {"month": None}
    summary["data_issues"] = rows("SELECT COUNT(*) FROM {data_issue}")[0][0]
    summary["pending_adjustments"] = rows("SELECT COUNT(*) FROM {adjustment} WHERE state = 'pending'")[0][0]
    summary["refused_rows"] = _refused(home)
    summary["failed_checks"] = sum(not check.ok for check in built.checks)
    snapshot.close()
    return summary


def _month_figures(rows: Any, month_idx: int, month: str, arr_multiple: int) -> dict[str, Any]:
    paying, mrr = rows("SELECT COUNT(*), COALESCE(SUM(mrr_cents), 0)::BIGINT FROM {customer_fact} "
                       "WHERE month_idx = ? AND mrr_cents > 0", month_idx)[0]
    parts = dict(rows("SELECT component, amount_cents FROM {movement} "
                      "WHERE series = 'adjusted' AND scope = 'total' AND month_idx = ?", month_idx))
    adjusted = sum(cents for name, cents in parts.items() if name not in ("baseline", "churned"))
    kept = {window: (base, current, capped) for window, base, current, capped in rows(
        "SELECT window_months, base_cents, current_cents, capped_cents FROM {retention} "
        "WHERE scope = 'total' AND month_idx = ?", month_idx)}
    base, current, capped = kept.get(12, (0, 0, 0))
    return {
        "month": month, "paying_customers": paying, "mrr": str(Money(mrr)), "arr": str(Money(mrr * int(arr_multiple))),
        "mrr_adjusted": str(Money(int(adjusted))),
        **{name: str(Money(int(parts.get(name, 0)))) for name in _COMPONENTS},
        "ndr_12": percent(int(current), int(base)), "gdr_12": percent(int(capped), int(base)),
    }


def _refused(home: Home) -> int:
    count = 0
    for manifest in sorted(home.landing.glob("*/manifest.json")):
        tables = json.loads(manifest.read_text(encoding="utf-8")).get("tables", {})
        count += sum(int(entry.get("refused", 0)) for entry in tables.values())
    return count
