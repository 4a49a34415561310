"""Month close: freeze a month's figures, and log what is restated afterwards (REV-46, job table)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hedgerow.app.ledger_lock import ledger_lock
from hedgerow.app.revenue.ledger_file import read_entries, write_entries
from hedgerow.app.revenue.queries.window import data_months, dollars, last_closed, month_status, parse_month
from hedgerow.app.revenue.thresholds import whole
from hedgerow.home import Home
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]
Figures = dict[str, dict[str, Any]]
FIELDS = ("unadjusted", "adjusted")
_COLUMNS = ("month", "customer_id", "field", "before", "after", "reason", "snapshot", "logged_on")


class UnableToCloseMonth(UnableTo):
    """Codes: ``not_closed`` (open, future or no data), ``too_early``, ``already_closed``, ``failed_snapshot``,
    ``broken_close`` (a stored close was changed by hand), ``note_required``."""


def close_month(*, snapshot: Snapshot, month: str, closed_by: str = "", is_forced: bool = False,
                note: str = "") -> dict[str, Any]:
    """Freeze both series of every customer of a month in ``ledger/closes``. Closing again with equal figures changes
    nothing and says so; with other figures it is refused: they are restatements. Raises UnableToCloseMonth."""
    at = parse_month(month)
    _check_may_close(snapshot, at, is_forced=is_forced, note=note)
    with ledger_lock(snapshot.home):
        return _close(snapshot, at, closed_by=closed_by, is_forced=is_forced, note=note)


def _close(snapshot: Snapshot, at: MonthIdx, *, closed_by: str, is_forced: bool, note: str) -> dict[str, Any]:
    figures = current_figures(snapshot, at)
    if header_file(snapshot.home, at).is_file():
        if _amounts(frozen_figures(snapshot.home, at)) != _amounts(figures):
            raise UnableToCloseMonth("already_closed", f"{at} is closed with other figures; a closed month is "
                                     "restated, not closed again: hedgerow revenue restatements")
        return {**read_header(snapshot.home, at), "outcome": "unchanged: already closed with these figures"}
    file = figures_file(snapshot.home, at)
    _write_figures(file, figures)
    header = {
        "month": str(at), "closed_on": str(snapshot.as_of), "closed_by": closed_by or None, "note": note or None,
        "is_forced": is_forced, "snapshot": snapshot.id, "policy_hash": snapshot.policy_hash,
        "customers": len(figures), **{field: dollars(sum(f[field] for f in figures.values())) for field in FIELDS},
        "pending": sum(1 for f in figures.values() if f["pending"]), "sha256": _sha256(file)}
    partial = header_file(snapshot.home, at).with_suffix(".part")
    partial.write_text(json.dumps(header, indent=2) + "\n", encoding="utf-8")
    partial.replace(header_file(snapshot.home, at))
    return {**header, "outcome": "closed"}


def _check_may_close(snapshot: Snapshot, at: MonthIdx, *, is_forced: bool, note: str) -> None:
    if not snapshot.is_ok:
        raise UnableToCloseMonth("failed_snapshot", f"snapshot {snapshot.id} failed its checks; see: hedgerow doctor")
    if at not in {month.idx for month in data_months(snapshot)}:
        raise UnableToCloseMonth("not_closed", f"there is no data for {at}; the last closed month is "
                                 f"{last_closed(snapshot)}")
    if not month_status(snapshot, at).is_closed:
        raise UnableToCloseMonth("not_closed", f"{at} is not over as of {snapshot.as_of}; the last closed month is "
                                 f"{last_closed(snapshot)}")
    if is_forced and not note.strip():
        raise UnableToCloseMonth("note_required", "closing early needs a reason: --note TEXT")
    reason = why_too_early(snapshot, at)
    if reason and not is_forced:
        raise UnableToCloseMonth("too_early", f"{reason}; wait, or close with --force --note TEXT")


def why_too_early(snapshot: Snapshot, at: MonthIdx) -> str:
    """Empty when the month may close: all its periods are finalized, or the close day has come."""
    day = whole(snapshot, "close_day")
    latest = (at + 1).first_day.replace(day=day)
    if snapshot.as_of >= latest:
        return ""
    waiting = snapshot.rows(
        f"""SELECT COUNT(*) AS n FROM {snapshot.landing('invoices')}
            WHERE year(period_end - INTERVAL 1 SECOND) * 12 + month(period_end - INTERVAL 1 SECOND) - 1 = ?
              AND (type = 'upcoming' OR status = 'draft')""", [at.idx])[0]["n"]
    return f"{waiting} invoice(s) of {at} are not finalized and it is not yet {latest}" if waiting else ""


def current_figures(snapshot: Snapshot, at: MonthIdx) -> Figures:
    """Customer -> cents of both series, and the adjustments that still wait for their next month."""
    pending = {row["customer_id"]: row["rules"] for row in snapshot.rows(
        f"""SELECT customer_id, string_agg(DISTINCT rule, ' ' ORDER BY rule) AS rules
            FROM {snapshot.table('adjustment')} WHERE state = 'pending' AND month_idx = ? GROUP BY customer_id""",
        [at.idx])}
    rows = snapshot.rows(
        f"""SELECT customer_id, unadjusted_cents, adjusted_cents FROM {snapshot.table('adjusted_month')}
            WHERE scope = 'total' AND month_idx = ? AND (unadjusted_cents <> 0 OR adjusted_cents <> 0)
            ORDER BY customer_id""", [at.idx])
    return {row["customer_id"]: {"unadjusted": int(row["unadjusted_cents"]), "adjusted": int(row["adjusted_cents"]),
                                 "pending": pending.get(row["customer_id"], "")} for row in rows}


def frozen_figures(home: Home, at: MonthIdx) -> Figures:
    """As they were closed. Raises UnableToCloseMonth ``broken_close`` when the file is not the one that was written."""
    import pyarrow.parquet as pq

    file, header = figures_file(home, at), read_header(home, at)
    if not file.is_file() or _sha256(file) != header["sha256"]:
        raise UnableToCloseMonth("broken_close", f"{file} is not what was closed on {header['closed_on']} (other "
                                 "sha256); restore it from a backup")
    return {row["customer_id"]: {"unadjusted": row["unadjusted_cents"], "adjusted": row["adjusted_cents"],
                                 "pending": row["pending"]} for row in pq.read_table(file).to_pylist()}


def restatements(*, snapshot: Snapshot) -> Rows:
    """Log what differs from the closed figures, and return the whole log, oldest first.

    A change is logged once: later ones are compared with what was last stated.
    """
    with ledger_lock(snapshot.home):
        return _logged(snapshot)


def _logged(snapshot: Snapshot) -> Rows:
    log_file = snapshot.home.ledger / "restatements.csv"
    log: Rows = [dict(entry) for entry in read_entries(log_file)]
    added: Rows = []
    for at in closed_months(snapshot.home):
        if at in {month.idx for month in data_months(snapshot)}:
            added += _changes(snapshot, at, [entry for entry in log if entry["month"] == str(at)])
    if added:
        write_entries(log_file, [*log, *added], _COLUMNS)
    return [*log, *added]


def _changes(snapshot: Snapshot, at: MonthIdx, logged: Rows) -> Rows:
    frozen, now = frozen_figures(snapshot.home, at), current_figures(snapshot, at)
    stated = {(customer, field): dollars(figures[field]) for customer, figures in frozen.items() for field in FIELDS}
    stated |= {(entry["customer_id"], entry["field"]): entry["after"] for entry in logged}
    changes = []
    for customer in sorted({key[0] for key in stated} | now.keys()):
        for field in FIELDS:
            before = stated.get((customer, field), "0.00")
            after = dollars(now[customer][field]) if customer in now else "0.00"
            if before != after:
                changes.append({"month": str(at), "customer_id": customer, "field": field, "before": before,
                                "after": after, "reason": _reason(snapshot, at, customer, field, frozen),
                                "snapshot": snapshot.id, "logged_on": str(snapshot.as_of)})
    return changes


def _reason(snapshot: Snapshot, at: MonthIdx, customer: str, field: str, frozen: Mapping[str, Any]) -> str:
    waited = str(frozen.get(customer, {}).get("pending", "")).split()
    applied = {row["rule"] for row in snapshot.rows(
        "SELECT DISTINCT rule FROM adjustment WHERE state = 'applied' AND customer_id = ? AND month_idx = ?",
        [customer, at.idx])}
    now_applied = sorted(applied & set(waited))
    if field == "adjusted" and now_applied:
        return f"pending adjustment now applies ({', '.join(now_applied)}, REV-46)"
    merged = snapshot.rows(f"SELECT customer_id FROM {snapshot.table('customer_member')} "
                           "WHERE source_customer_id = ? AND customer_id <> ?", [customer, customer])
    if merged:
        return f"merged into {merged[0]['customer_id']} (REV-22)"
    if read_header(snapshot.home, at)["policy_hash"] != snapshot.policy_hash:
        return "the policy changed"
    return "the sources changed"


def closed_months(home: Home) -> list[MonthIdx]:
    return sorted(MonthIdx.parse(file.stem) for file in (home.ledger / "closes").glob("????-??.json"))


def closes(*, home: Home) -> Rows:
    """The headers of all closes, oldest first."""
    return [read_header(home, at) for at in closed_months(home)]


def read_header(home: Home, at: MonthIdx) -> dict[str, Any]:
    return dict(json.loads(header_file(home, at).read_text(encoding="utf-8")))


def header_file(home: Home, at: MonthIdx) -> Path:
    return home.ledger / "closes" / f"{at}.json"


def figures_file(home: Home, at: MonthIdx) -> Path:
    return home.ledger / "closes" / f"{at}.parquet"


def _amounts(figures: Figures) -> dict[str, tuple[int, int]]:
    return {customer: (f["unadjusted"], f["adjusted"]) for customer, f in figures.items()}


def _write_figures(file: Path, figures: Figures) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({
        "customer_id": pa.array(list(figures), pa.string()),
        "unadjusted_cents": pa.array([f["unadjusted"] for f in figures.values()], pa.int64()),
        "adjusted_cents": pa.array([f["adjusted"] for f in figures.values()], pa.int64()),
        "pending": pa.array([f["pending"] for f in figures.values()], pa.string())})
    partial = file.with_suffix(".part")
    pq.write_table(table, partial)
    partial.replace(file)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
