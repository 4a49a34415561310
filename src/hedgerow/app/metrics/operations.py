"""Changing the catalogue: propose, edit, approve, delete. Every step is kept for ever in ``ledger/metrics.jsonl``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from hedgerow.app.decide import decide
from hedgerow.app.ledger_lock import ledger_lock
from hedgerow.app.metrics.catalogue import (
    TEXTS,
    Event,
    Metric,
    find_metric,
    ledger_file,
    metrics_after,
    read_events,
)
from hedgerow.home import Home
from hedgerow.kernel.problem import Problem, UnableTo, Where

SERIES = ("unadjusted", "adjusted")


class UnableToChangeMetric(UnableTo):
    """``bad_definition`` with all problems, or the refusal of ``revenue.metric_change`` (REV-123, REV-124)."""


def change_metric(home: Home, action: str, name: str, *, by: str, at: datetime, policies: Any, note: str = "",
                  definition: Mapping[str, Any] | None = None, product_keys: Iterable[str] = ()) -> Metric:
    """Take one step and return the metric afterwards.

    ``at`` is an instant in UTC. ``definition`` (for propose and edit): description, unit, owner, definition, series,
    model and dimensions; an edit may leave out what stays. Raises ``UnableToChangeMetric``; nothing is written then.
    """
    said = {key: value for key, value in (definition or {}).items() if value not in (None, "", [], ())}
    with ledger_lock(home):  # two people who approve at once: the second sees the first one's step
        events = read_events(home)
        catalogue = metrics_after(events)
        _allow(action, name, catalogue.get(name), by=by, on=at.date(), policies=policies)
        if action in ("propose", "edit"):
            problems = _name_problems(name, product_keys, at.date(), policies) if action == "propose" else []
            problems += _definition_problems(action, name, said, catalogue, at.date(), policies)
            if problems:
                raise UnableToChangeMetric("bad_definition", f"{name} was not changed", problems)
        event = Event(at.isoformat(timespec="seconds"), action, name, by.strip(), note, said)
        append_event(home, event)
    return metrics_after([*events, event])[name]


def affected_by(home: Home, name: str) -> list[Metric]:
    """Other live metrics on the same model, whose owners hear of a change (REV-125)."""
    metric = find_metric(home, name)
    live = metrics_after(read_events(home)).values()
    return sorted((other for other in live if other.model == metric.model and other.name != name
                   and other.state != "deleted"), key=lambda other: other.name)


def _allow(action: str, name: str, before: Metric | None, *, by: str, on: date, policies: Any) -> None:
    if not by.strip():
        raise UnableToChangeMetric("no_person", "say who does it with --by")
    case = {"state": before.state if before else "absent", "action": action, "by": by.strip(),
            "last_editor": before.last_editor or None if before else None}
    answer = decide("revenue.metric_change", case, as_of=on, known_at=on, policies=policies)
    if not answer["value"]["is_allowed"]:
        raise UnableToChangeMetric(answer["value"]["refusal"], f"{name}: {answer['reasons'][0]['text']}")


def _name_problems(name: str, product_keys: Iterable[str], on: date, policies: Any) -> list[Problem]:
    case = {"name": name, "product_keys": list(product_keys)}
    answer = decide("revenue.metric_name", case, as_of=on, known_at=on, policies=policies)
    return [Problem(p["code"], p["message"], Where(path="name"), value=p["part"], rule="REV-120")
            for p in answer["value"]["problems"]]


def _definition_problems(action: str, name: str, said: Mapping[str, Any], catalogue: Mapping[str, Metric], on: date,
                         policies: Any) -> list[Problem]:
    needed = (*TEXTS, "dimensions") if action == "propose" else ()
    problems = [Problem("missing", f"{key} is missing", Where(path=key)) for key in needed if key not in said]
    if not said:
        problems.append(Problem("nothing_changed", "say what changes"))
    units = policies.params(on, on, None).items("revenue.metric_units")
    for key, allowed in (("unit", units), ("series", SERIES)):
        if key in said and said[key] not in allowed:
            problems.append(Problem("unknown_value", f"{said[key]!r} is not one of {', '.join(allowed)}",
                                    Where(path=key), value=str(said[key])))
    copied = [other.name for other in catalogue.values() if other.name != name and other.state != "deleted"
              and "definition" in said and _plain(other.definition) == _plain(said["definition"])]
    if copied:
        message = f"the definition is that of {', '.join(copied)}; put what they share into a model and name it"
        problems.append(Problem("copied_definition", message, Where(path="definition"), rule="REV-125"))
    return problems


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def append_event(home: Home, event: Event) -> None:
    """One line in one write, on disk before we return. The caller holds the ledger's lock."""
    file = ledger_file(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(event), ensure_ascii=False, sort_keys=True) + "\n"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(descriptor, line.encode("utf-8"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
