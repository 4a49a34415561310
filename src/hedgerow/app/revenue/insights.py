"""Why revenue shrank (REV-157), who may be one customer, and the quarterly self-check (REV-148, REV-162)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hedgerow.app.ledger_lock import ledger_lock
from hedgerow.app.revenue.ledger_file import read_entries, write_entries
from hedgerow.app.revenue.queries.customers import find_customer
from hedgerow.app.revenue.queries.window import (
    UnableToAnswer,
    choose_months,
    did_you_mean,
    dollars,
    in_series,
    last_closed,
    month_text,
    parse_month,
)
from hedgerow.app.revenue.thresholds import listed, threshold
from hedgerow.home import Home
from hedgerow.kernel.money import Money
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]
NOT_EXPLAINED = "not yet explained"
_CAUSE_COLUMNS = ("customer_id", "month", "cause", "note", "set_on")


def shrink_causes(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None,
                  is_open_only: bool = False) -> Rows:
    """Every shrinking or churned customer-month at or below the least loss, with its cause (adjusted series)."""
    months = [m for m in choose_months(snapshot, from_month=from_month, to_month=to_month) if m.is_closed]
    causes = {(e["customer_id"], e["month"]): e for e in read_entries(_cause_file(snapshot.home))}
    rows = snapshot.rows(
        f"""SELECT l.month_idx, l.customer_id, c.name, c.owner_name, l.stage, l.delta_cents
            FROM {snapshot.table('stage_month')} l LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE {in_series('adjusted')} AND l.scope = 'total' AND l.stage IN ('shrinking', 'churned')
              AND l.delta_cents <= ? AND l.month_idx BETWEEN ? AND ?
            ORDER BY l.month_idx, l.delta_cents, l.customer_id""",
        [-threshold(snapshot, "shrink_cause_min") * 100, *([months[0].idx.idx, months[-1].idx.idx] if months
                                                           else [0, -1])])
    found = []
    for row in rows:
        entry = causes.get((row["customer_id"], str(month_text(row["month_idx"]))), {})
        if entry and is_open_only:
            continue
        found.append({"month": month_text(row["month_idx"]), "customer_id": row["customer_id"], "name": row["name"],
                      "owner": row["owner_name"] or None, "stage": row["stage"], "delta": dollars(row["delta_cents"]),
                      "cause": entry.get("cause") or NOT_EXPLAINED, "note": entry.get("note") or None})
    return found


def shrink_by_cause(*, snapshot: Snapshot, from_month: str | None = None, to_month: str | None = None) -> Rows:
    """Contraction and churn summed by cause; every cause of the list has a row, the unexplained part too."""
    rows = shrink_causes(snapshot=snapshot, from_month=from_month, to_month=to_month)
    names = [*listed(snapshot, "cause_list"), NOT_EXPLAINED]
    names += sorted({row["cause"] for row in rows} - set(names))
    return [{"cause": name, "customers": len({r["customer_id"] for r in rows if r["cause"] == name}),
             "amount": dollars(sum(Money.parse(r["delta"]).cents for r in rows if r["cause"] == name))}
            for name in names]


def set_cause(*, snapshot: Snapshot, customer: str, month: str, cause: str, note: str = "") -> dict[str, Any]:
    """Record why a customer-month shrank. The entry replaces an earlier one of the same customer and month."""
    found = find_customer(snapshot, customer)["customer_id"]
    at = str(parse_month(month))
    name = cause.strip().lower().replace("-", "_").replace(" ", "_")
    causes = listed(snapshot, "cause_list")
    if name not in causes:
        raise UnableToAnswer("unknown_cause", f"{cause!r} is no cause{did_you_mean(name, causes)}; "
                             f"causes: {', '.join(causes)}")
    if (found, at) not in {(r["customer_id"], r["month"]) for r in
                           shrink_causes(snapshot=snapshot, from_month=at, to_month=at)}:
        raise UnableToAnswer("nothing_to_explain", f"{found} did not shrink in {at} by "
                             f"{threshold(snapshot, 'shrink_cause_min')} or more; nothing was recorded")
    entry = {"customer_id": found, "month": at, "cause": name, "note": note, "set_on": str(snapshot.as_of)}
    with ledger_lock(snapshot.home):
        kept = [e for e in read_entries(_cause_file(snapshot.home)) if (e["customer_id"], e["month"]) != (found, at)]
        entries = sorted([*kept, entry], key=lambda e: (e["month"], e["customer_id"]))
        write_entries(_cause_file(snapshot.home), entries, _CAUSE_COLUMNS)
    return entry


def _cause_file(home: Home) -> Any:
    return home.ledger / "shrink_causes.csv"


def merge_candidates(*, snapshot: Snapshot) -> Rows:
    """Accounts of one domain or parent, one going to 0 as another appears within one month (closed months)."""
    rows = snapshot.rows(
        f"""WITH account AS (
              SELECT c.customer_id, c.name, NULLIF(lower(c.domain), '') AS domain, a.parent_customer_id AS parent
              FROM {snapshot.table('customer')} c LEFT JOIN {snapshot.landing('accounts')} a USING (customer_id)),
            moved AS (SELECT l.customer_id, l.month_idx, l.stage, l.prev_cents, l.mrr_cents, a.domain, a.parent
                      FROM {snapshot.table('stage_month')} l JOIN account a USING (customer_id)
                      WHERE {in_series('adjusted')} AND l.scope = 'total' AND l.stage IN ('churned', 'new')
                        AND l.month_idx <= $last),
            gone AS (FROM moved WHERE stage = 'churned'), came AS (FROM moved WHERE stage = 'new'),
            tied AS (SELECT g, n, 'domain ' || g.domain AS tie FROM gone g JOIN came n ON g.domain = n.domain
                     UNION ALL SELECT g, n, 'parent ' || g.parent FROM gone g JOIN came n ON g.parent = n.parent
                     UNION ALL SELECT g, n, 'parent ' || g.parent FROM gone g JOIN came n ON g.parent = n.customer_id
                     UNION ALL SELECT g, n, 'parent ' || n.parent FROM gone g JOIN came n ON n.parent = g.customer_id)
            SELECT g.customer_id AS source, n.customer_id AS target, MIN(tie) AS tie, g.month_idx AS gone_idx,
                   n.month_idx AS came_idx, g.prev_cents AS prev_cents, n.mrr_cents AS mrr_cents FROM tied
            WHERE g.customer_id <> n.customer_id AND ABS(n.month_idx - g.month_idx) <= 1
            GROUP BY ALL ORDER BY gone_idx, source, target""", {"last": last_closed(snapshot).idx})
    return [{"source": row["source"], "target": row["target"], "because": f"same {row['tie']}",
             "gone_in": month_text(row["gone_idx"]), "gone": dollars(row["prev_cents"]),
             "appeared_in": month_text(row["came_idx"]), "appeared": dollars(row["mrr_cents"]),
             "merge_with": f"hedgerow merge add {row['source']} {row['target']} --kind KIND --by YOU"} for row in rows]


def repeated_fixes(*, snapshot: Snapshot) -> Rows:
    """Fixes by hand of one kind, twice or more: worth mending at the source (REV-148)."""
    fixes = [("override", row["field"], row["note"]) for row in snapshot.rows(
        f"SELECT field, note FROM {snapshot.landing('overrides')}")]
    fixes += [("merge", row["kind"], row["note"]) for row in snapshot.rows(
        f"SELECT kind, note FROM {snapshot.landing('merges')}")]
    counted = Counter((what, kind, " ".join((note or "").lower().split())) for what, kind, note in fixes)
    return [{"what": what, "kind": kind, "note": note or None, "times": times,
             "suggestion": _suggestion(what)} for (what, kind, note), times in sorted(counted.items()) if times > 1]


def _suggestion(what: str) -> str:
    return ("the same cause was mended by hand more than once; correct it at the source"
            if what == "override" else "the same merge reason came more than once; link such accounts at the source")


def self_check(*, snapshot: Snapshot) -> Rows:
    """Four questions of the quarterly self-check, filled with counts (REV-162)."""
    def count(sql: str) -> int:
        return int(snapshot.rows(sql)[0]["n"])

    overrides = count(f"SELECT COUNT(*) AS n FROM {snapshot.landing('overrides')}")
    merges = count(f"SELECT COUNT(*) AS n FROM {snapshot.landing('merges')}")
    fields: Sequence[str] = ("name", "domain", "owner_id", "segment", "region", "health")
    empty = {field: count(f"SELECT COUNT(*) AS n FROM {snapshot.table('customer')} "
                          f"WHERE COALESCE({field}, '') = ''") for field in fields}
    return [
        _answer("is enough automated?", "fixes by hand: overrides", overrides),
        _answer("is enough automated?", "fixes by hand: merges", merges),
        _answer("is enough automated?", "fixes of one kind, twice or more", len(repeated_fixes(snapshot=snapshot))),
        _answer("is something automated that should not be?", "paused automations", None),
        _answer("is data too hard to reach?", "questions without a view", None),
        _answer("is data too hard to reach?", "causes not yet explained",
                sum(row["cause"] == NOT_EXPLAINED for row in shrink_causes(snapshot=snapshot))),
        *(_answer("is customer data missing?", f"accounts without {field.removesuffix('_id')}", n)
          for field, n in empty.items()),
    ]


def _answer(question: str, measure: str, count: int | None) -> dict[str, Any]:
    return {"question": question, "measure": measure, "count": count,
            "note": None if count is not None else "not recorded yet"}
