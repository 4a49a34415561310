"""A figure asked for by its governed name, with everything an answer must state (REV-120, REV-126).

What a metric is, who owns it and whether it is approved stands in the catalogue (``hedgerow.app.metrics``) and
nowhere else; here stands how the program computes each subject and method.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hedgerow.app.metrics.catalogue import Metric, list_metrics, shipped_metrics
from hedgerow.app.revenue.queries.explain_figure import explain_figure
from hedgerow.app.revenue.queries.movements import stage_totals
from hedgerow.app.revenue.queries.window import (
    TOTAL,
    UnableToAnswer,
    choose_scopes,
    last_closed,
    month_status,
    parse_month,
    product_keys,
    product_of,
)
from hedgerow.app.revenue.thresholds import policy_params
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money, percent
from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.snapshot_reader import Snapshot

OWNER = "revops"  # of a name that nobody defined yet: RevOps owns definitions (REV-127)

#: Months looked back by a method; ``monthly_rolling`` has the window as a dimension, 12 unless another is asked.
_WINDOWS = {"monthly": 1, "quarterly": 3, "monthly_rolling": 12, "current": 12, None: 12}
_ROLLING = ("monthly_rolling", "current", None)


@dataclass(frozen=True)
class _Asked:
    """A name taken apart, and what it is asked about."""

    snapshot: Snapshot
    subject: str
    method: str | None
    segment: str | None
    month: MonthIdx
    product: str
    series: str
    window: int | None

    @property
    def arguments(self) -> dict[str, Any]:
        return {"snapshot": self.snapshot, "month": str(self.month), "product": self.product, "segment": self.segment}


def metric(*, snapshot: Snapshot, name: str, month: str | None = None, product: str | None = None,
           window: int | None = None) -> dict[str, Any]:
    """Value, month, series, basis, definition, owner, state and citation of a governed metric.

    The month is the last closed one unless said (the open one for ``mrr_current``); the window is for the rolling
    methods only. A name that follows the rules and that nobody defined is computed, says so, and counts as proposed.
    Raises UnableToAnswer.
    """
    parts = _parsed(snapshot, name)
    known = {entry.name: entry for entry in list_metrics(snapshot.home)}
    defined = known.get(name)
    alike = defined or next((m for m in shipped_metrics().values() if m.name.startswith(str(parts["subject"]))), None)
    series = alike.series if alike else "adjusted"
    is_forecast = parts["subject"] == "mrr" and parts["method"] == "current"
    at = parse_month(month) if month else snapshot.run_month if is_forecast else last_closed(snapshot)
    [scope] = choose_scopes(snapshot, product or TOTAL)
    value, note = _value(_Asked(snapshot, parts["subject"], parts["method"], parts["segment"], at, product or TOTAL,
                                series, window))
    stamp = snapshot.stamp(series)
    return {"metric": name, "value": value, "unit": alike.unit if alike else None, "month": str(at),
            "product": product_of(scope), "series": series, "basis": stamp.basis or None,
            "status": month_status(snapshot, at).label, "definition": defined.definition if defined else None,
            "owner": defined.owner if defined else OWNER, "state": defined.state if defined else "proposed",
            "cite": (defined.cite if defined else "") or None, "as_of": str(stamp.as_of),
            "policy": stamp.policy_hash, "snapshot": stamp.snapshot,
            "note": "; ".join(part for part in (note, _standing(name, defined)) if part) or None}


def metrics(*, snapshot: Snapshot, month: str | None = None) -> list[dict[str, Any]]:
    """Every metric of the catalogue with its value."""
    return [metric(snapshot=snapshot, name=entry.name, month=month) for entry in list_metrics(snapshot.home)]


def _standing(name: str, defined: Metric | None) -> str:
    """What a reader must know about the words beside the figure."""
    if defined is None:
        return f"nobody has defined this name yet: hedgerow metrics propose {name}"
    shipped = shipped_metrics().get(name)
    if shipped and shipped.definition != defined.definition:
        return "its words were edited; the figure is computed as before"
    return ""


def _parsed(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """Subject, method and segment, by the naming decision; raises UnableToAnswer with every offending part."""
    from hedgerow.core.revenue.metric_name import MetricNameFacts, metric_name

    facts = MetricNameFacts(name=name, product_keys=tuple(product_keys(snapshot)))
    found = metric_name(facts, policy_params(snapshot), as_of=snapshot.as_of).value
    if not found.is_valid:
        problems = [Problem(p.code, p.message, Where(path=p.slot), p.part) for p in found.problems]
        raise UnableToAnswer("bad_metric_name", f"{name!r} is not a governed metric name", problems)
    return {"subject": found.subject, "method": found.method, "segment": found.segment}


def _value(asked: _Asked) -> tuple[str | None, str | None]:
    if asked.segment not in (None, "managed"):
        return None, f"the segment {asked.segment} has no definition in the data yet"
    if asked.window is not None and asked.method not in _ROLLING:
        raise UnableToAnswer("bad_window", f"the method {asked.method} has its own window; leave --window out")
    if asked.subject in ("mrr", "arr", "paying_customers"):
        return _level(asked)
    if asked.subject in ("nrr", "gdr", "logo_retention") and asked.method in _WINDOWS:
        return _retention(asked)
    return None, f"{asked.subject} has no definition for the method {asked.method} yet"


def _level(asked: _Asked) -> tuple[str | None, str | None]:
    if asked.subject == "mrr" and asked.method == "current":
        return _expected(asked)
    if asked.method not in (None, "current", "monthly"):
        return None, f"the method {asked.method} has no definition for {asked.subject} yet"
    rows = explain_figure(metric=asked.subject, series=asked.series, **asked.arguments)
    if asked.subject == "arr" and not month_status(asked.snapshot, asked.month).is_closed:
        return None, "a month that is not closed is never annualised"
    if asked.subject == "paying_customers":
        return str(len(rows)), None
    return str(Money(sum(Money.parse(row["contribution"]).cents for row in rows))), None


def _expected(asked: _Asked) -> tuple[str | None, str | None]:
    """The run-rate layer of the outlook: completed rows and the forecast of the periods that end in the month."""
    from hedgerow.app.revenue.queries.forecast import outlook

    if asked.segment or asked.product != TOTAL:
        return None, "the expected month is stated for the total of all customers"
    if month_status(asked.snapshot, asked.month).is_closed:
        return None, f"{asked.month} is closed; its figure is the metric mrr"
    for row in outlook(snapshot=asked.snapshot):
        if row["month"] == str(asked.month) and row["layer"] == "run_rate":
            return row["amount"], "forecast" if row["amount"] is not None else row["note"]
    return None, f"there is no forecast for {asked.month}"


def _retention(asked: _Asked) -> tuple[str | None, str | None]:
    if asked.subject == "logo_retention" and asked.method == "monthly" and not asked.segment:
        return _logos_of_last_month(asked)
    window = asked.window or _WINDOWS[asked.method]
    if not month_status(asked.snapshot, asked.month).is_closed:
        return None, f"{asked.month} is not closed; retention is stated for closed months"
    rows = explain_figure(metric="gdr" if asked.subject == "gdr" else "ndr", window=window, **asked.arguments)
    base = sum(Money.parse(row["previous"]).cents for row in rows)
    part = sum(Money.parse(row["contribution"]).cents for row in rows)
    if asked.subject == "logo_retention":
        base, part = len(rows), sum(Money.parse(row["current"]).cents > 0 for row in rows)
    months = f"{window} month{'s' if window > 1 else ''}"
    return percent(part, base), f"over {months}" if base else f"no customers in the base month {months} before"


def _logos_of_last_month(asked: _Asked) -> tuple[str | None, str | None]:
    """All paying customers of the month before, without a least size: who did not churn."""
    before, gone = stage_totals(asked.snapshot, asked.month, asked.product, asked.series)
    return percent(before - gone, before), None if before else f"nobody paid in {asked.month - 1}"
