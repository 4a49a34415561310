"""Reading the catalogue: what ships with the program, and what people changed since (REV-123, REV-124, REV-126)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hedgerow.home import Home
from hedgerow.kernel.problem import Problem, UnableTo, Where

LEDGER = "metrics.jsonl"
REFERENCE = "reference"
TEXTS = ("description", "unit", "owner", "definition", "series", "model")
OPTIONAL = ("cite",)
VIEW_CHANGED = "view_changed"


class UnableToReadMetrics(UnableTo):
    """``bad_ledger`` (with every bad line) or ``unknown_metric``."""


@dataclass(frozen=True)
class Metric:
    """One definition as it stands. ``last_editor`` is empty for one that ships and was never edited."""

    name: str
    description: str
    unit: str
    owner: str
    definition: str
    dimensions: tuple[str, ...]
    series: str
    model: str
    state: str
    cite: str = ""
    last_editor: str = ""
    approved_by: str = ""

    def row(self) -> dict[str, Any]:
        """Flat, for printing; an unapproved metric says so wherever it is shown (REV-126)."""
        return {"metric": self.name, "state": self.state, "unit": self.unit, "series": self.series, "owner": self.owner,
                "description": self.description, "definition": self.definition,
                "dimensions": ", ".join(self.dimensions), "model": self.model, "cite": self.cite,
                "last_editor": self.last_editor, "approved_by": self.approved_by}


@dataclass(frozen=True)
class Event:
    """One step in the life of a name. ``at`` is an ISO instant; ``definition`` holds what was proposed or edited; for
    a changed view, ``name`` is the model and ``definition`` what moved (REV-125)."""

    at: str
    action: str
    name: str
    by: str
    note: str
    definition: dict[str, Any]

    def row(self) -> dict[str, Any]:
        said = "; ".join(f"{key}: {', '.join(map(_words, value)) if isinstance(value, list) else value}"
                         for key, value in self.definition.items())
        return {"at": self.at, "action": self.action, "metric": self.name, "by": self.by, "note": self.note,
                "definition": said}


def _words(value: Any) -> str:
    """A figure before and after a change of its view, or a plain word."""
    if not isinstance(value, dict):
        return str(value)
    return f"{value['metric']} ({value['owner']}) {value['before']} -> {value['after']}"


def ledger_file(home: Home) -> Path:
    return home.ledger / LEDGER


@cache
def shipped_metrics() -> dict[str, Metric]:
    """The catalogue inside the package."""
    import yaml

    text = (resources.files("hedgerow.app.metrics") / "catalogue.yaml").read_text(encoding="utf-8")
    return {name: Metric(name=name, dimensions=tuple(entry["dimensions"]), state=entry["state"],
                         approved_by=REFERENCE, **{key: entry[key] for key in (*TEXTS, *OPTIONAL)})
            for name, entry in yaml.safe_load(text).items()}


def read_events(home: Home) -> list[Event]:
    """Everything people did, oldest first. Raises ``UnableToReadMetrics`` (``bad_ledger``) naming every bad line."""
    file = ledger_file(home)
    if not file.exists():
        return []
    events, problems = [], []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            events.append(Event(**json.loads(line)))
        except (ValueError, TypeError):
            problems.append(Problem("bad_ledger", "the line is not an entry of the metric catalogue; mend or remove it",
                                    Where(file=str(file), line=number)))
    if problems:
        raise UnableToReadMetrics("bad_ledger", "the metric catalogue cannot be read", problems)
    return events


def metrics_after(events: Iterable[Event]) -> dict[str, Metric]:
    """The catalogue after the given events, deleted names included, so that their state is known."""
    found = dict(shipped_metrics())
    for event in events:
        if event.action == VIEW_CHANGED:
            continue
        before = found.get(event.name)
        if event.action in ("propose", "edit"):
            kept = before.row() if before and event.action == "edit" else {}
            texts = {key: event.definition.get(key, kept.get(key, "")) for key in (*TEXTS, *OPTIONAL)}
            old = before.dimensions if before and event.action == "edit" else ()
            found[event.name] = Metric(name=event.name, dimensions=tuple(event.definition.get("dimensions", old)),
                                       state="proposed", last_editor=event.by, **texts)
        elif before:
            state = {"approve": "approved", "delete": "deleted"}[event.action]
            approver = event.by if event.action == "approve" else before.approved_by
            found[event.name] = replace(before, state=state, approved_by=approver)
    return found


def list_metrics(home: Home) -> list[Metric]:
    """Live metrics in order of name."""
    return [metric for _, metric in sorted(metrics_after(read_events(home)).items()) if metric.state != "deleted"]


def find_metric(home: Home, name: str) -> Metric:
    """Raises ``UnableToReadMetrics`` (``unknown_metric``) with near names; a deleted one is not found."""
    import difflib

    live = {metric.name: metric for metric in list_metrics(home)}
    if name in live:
        return live[name]
    near = difflib.get_close_matches(name, list(live), n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "see the list of metrics"
    raise UnableToReadMetrics("unknown_metric", f"there is no metric {name!r}: {hint}")


def history_of(home: Home, name: str) -> list[Event]:
    """Every step of a name, across deletions (REV-124), beginning with the shipped definition."""
    events = [event for event in read_events(home) if event.name == name]
    shipped = shipped_metrics().get(name)
    if shipped is None:
        return events
    said = {key: getattr(shipped, key) for key in (*TEXTS, *OPTIONAL)} | {"dimensions": list(shipped.dimensions)}
    return [Event("", "shipped", name, REFERENCE, "", said), *events]


def metrics_on(home: Home, model: str) -> list[Metric]:
    """Metrics that a change of one model moves, with the owners to tell: those that stand on the model itself, and
    those whose model reads it through any number of others (REV-125)."""
    moved = _models_on(model)
    return [metric for metric in list_metrics(home) if metric.model in moved]


def _models_on(model: str) -> set[str]:
    from hedgerow.warehouse.model import load_models

    found = {model}
    for name, read_by in load_models().items():  # each comes after those that it reads
        if read_by.reads & found:
            found.add(name)
    return found
