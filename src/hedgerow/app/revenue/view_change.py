"""Changing a model that metrics share: what it moves, whose metrics these are, before and after (REV-125)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from hedgerow.app.ledger_lock import ledger_lock
from hedgerow.app.metrics.catalogue import VIEW_CHANGED, Event, metrics_on
from hedgerow.app.metrics.operations import append_event
from hedgerow.app.revenue.metrics import metric
from hedgerow.app.revenue.queries.window import UnableToAnswer, did_you_mean, last_closed, parse_month
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]


def view_change(*, snapshot: Snapshot, model: str, before: str | None = None, month: str | None = None) -> Rows:
    """Each metric that stands on a model, its owner, and its figure of one closed month in two snapshots.

    ``snapshot`` holds the figures after the change; ``before`` names the snapshot from before it (its id). Without
    ``before`` the earlier figure is null. The month is the last one that is closed in both, unless said. Raises
    UnableToAnswer ``unknown_model``, ``unknown_snapshot``, ``not_closed``.
    """
    owner = _owner_of(model)
    earlier = _open_before(snapshot, before) if before else None
    try:
        at = parse_month(month) if month else min(last_closed(s) for s in (snapshot, earlier) if s)
        if at > min(last_closed(s) for s in (snapshot, earlier) if s):
            raise UnableToAnswer("not_closed", f"{at} is not closed in both snapshots")
        return [{"model": model, "model_owner": owner, "metric": entry.name, "owner": entry.owner, "state": entry.state,
                 "month": str(at), "before": _figure(earlier, entry.name, str(at)) if earlier else None,
                 "after": _figure(snapshot, entry.name, str(at)),
                 "before_snapshot": earlier.id if earlier else None, "after_snapshot": snapshot.id}
                for entry in metrics_on(snapshot.home, model)]
    finally:
        if earlier:
            earlier.close()


def record_view_change(*, snapshot: Snapshot, model: str, before: str, by: str, at: datetime, note: str = "",
                       month: str | None = None) -> Rows:
    """Write the change into the ledger, with both figures of every metric moved; returns the rows."""
    if not by.strip():
        raise UnableToAnswer("no_person", "say who changed the model with --by")
    rows = view_change(snapshot=snapshot, model=model, before=before, month=month)
    said = {"month": rows[0]["month"] if rows else None, "before_snapshot": before, "after_snapshot": snapshot.id,
            "moved": [{key: row[key] for key in ("metric", "owner", "before", "after")} for row in rows]}
    with ledger_lock(snapshot.home):
        append_event(snapshot.home,
                     Event(at.isoformat(timespec="seconds"), VIEW_CHANGED, model, by.strip(), note, said))
    return rows


def _figure(snapshot: Snapshot, name: str, month: str) -> str | None:
    value = metric(snapshot=snapshot, name=name, month=month)["value"]
    return None if value is None else str(value)


def _owner_of(model: str) -> str:
    from hedgerow.warehouse.model import load_models

    models = load_models()
    if model not in models:
        raise UnableToAnswer("unknown_model", f"there is no model {model!r}{did_you_mean(model, models)}")
    return models[model].owner


def _open_before(snapshot: Snapshot, name: str) -> Snapshot:
    folder = snapshot.home.snapshots / Path(name).name
    try:
        return Snapshot.open(Home(folder))
    except UnableTo:
        known = sorted(file.parent.name for file in snapshot.home.snapshots.glob("*/manifest.json"))
        raise UnableToAnswer(
            "unknown_snapshot", f"there is no snapshot {name!r}; snapshots: {', '.join(known)}") from None
