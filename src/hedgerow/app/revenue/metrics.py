"""A figure asked for by its governed name, with everything an answer must state (REV-120, REV-126)."""

from __future__ import annotations

from typing import Any

from hedgerow.app.revenue.ledger_file import read_entries
from hedgerow.app.revenue.queries.explain_figure import explain_figure
from hedgerow.app.revenue.queries.window import (
    TOTAL,
    UnableToAnswer,
    choose_scopes,
    last_closed,
    parse_month,
    product_keys,
    product_of,
)
from hedgerow.app.revenue.thresholds import listed, policy_params
from hedgerow.kernel.money import Money, percent
from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.snapshot_reader import Snapshot

_UNITS = {"mrr": "usd", "arr": "usd", "nrr": "percent", "gdr": "percent", "logo_retention": "percent",
          "paying_customers": "count"}
_DEFINITIONS = {
    "mrr": ("unadjusted", "revenue of the month, summed over customers", "customer-billing-configurations#paid-plan"),
    "arr": ("unadjusted", "MRR of a closed month times the ARR multiple", "revenue-adjustments#where"),
    "nrr": ("adjusted", "what the customers of the base month pay now / what they paid then",
            "retention-metrics#ndr"),
    "gdr": ("adjusted", "the same, each customer capped at the base month", "retention-metrics#how"),
    "logo_retention": ("adjusted", "customers of the base month that still pay / customers of the base month",
                       "retention-metrics#how"),
    "paying_customers": ("unadjusted", "customers with MRR above 0 in the month", "revops-overview#vision"),
}
#: Months looked back by the methods that have a definition; the others are answered with null and a note.
_WINDOWS = {None: 12, "current": 12, "monthly": 1, "quarterly": 3}


def metric(*, snapshot: Snapshot, name: str, month: str | None = None, product: str | None = None) -> dict[str, Any]:
    """Value, month, series, basis, definition, state and citations of a governed metric."""
    parts = _parsed(snapshot, name)
    at = parse_month(month) if month else last_closed(snapshot)
    [scope] = choose_scopes(snapshot, product or TOTAL)
    series, definition, cite = _DEFINITIONS.get(parts["subject"], ("adjusted", "not defined yet", ""))
    value, note = _value(snapshot, parts, str(at), product or TOTAL, series)
    catalogue = {entry.get("name"): entry for entry in read_entries(snapshot.home.ledger / "metrics.csv")}
    stored = catalogue.get(name, {})
    stamp = snapshot.stamp(series)
    return {"metric": name, "value": value, "unit": _UNITS.get(parts["subject"]), "month": str(at),
            "product": product_of(scope), "series": series, "basis": stamp.basis or None,
            "definition": stored.get("definition") or definition, "owner": stored.get("owner") or "RevOps",
            "state": stored.get("state") or "proposed", "cite": cite or None, "as_of": str(stamp.as_of),
            "policy": stamp.policy_hash, "snapshot": stamp.snapshot, "note": note}


def metrics(*, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every subject with its value of the last closed month."""
    return [metric(snapshot=snapshot, name=name) for name in listed(snapshot, "metric_subjects")]


def _parsed(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """Subject, method and segment, by the naming decision; raises UnableToAnswer with every offending part."""
    try:
        from hedgerow.core.revenue.metric_name import MetricNameFacts, metric_name
    except ImportError:
        raise UnableToAnswer("no_naming_rule", "the naming decision is missing from this installation") from None
    facts = MetricNameFacts(name=name, product_keys=tuple(product_keys(snapshot)))
    found = metric_name(facts, policy_params(snapshot), as_of=snapshot.as_of).value
    if not found.is_valid:
        problems = [Problem(p.code, p.message, Where(path=p.slot), p.part) for p in found.problems]
        raise UnableToAnswer("bad_metric_name", f"{name!r} is not a governed metric name", problems)
    return {"subject": found.subject, "method": found.method, "segment": found.segment}


def _value(snapshot: Snapshot, parts: dict[str, Any], month: str, product: str,
           series: str) -> tuple[str | None, str | None]:
    subject, method, segment = parts["subject"], parts["method"], parts["segment"]
    if segment not in (None, "managed"):
        return None, f"the segment {segment} has no definition in the data yet"
    asked: dict[str, Any] = {"snapshot": snapshot, "month": month, "product": product, "segment": segment}
    if subject in ("mrr", "arr", "paying_customers"):
        if method not in (None, "current", "monthly"):
            return None, f"the method {method} has no definition for {subject} yet"
        rows = explain_figure(metric=subject, series=series, **asked)
        if subject == "arr" and any(row["status"] != "closed" for row in rows):
            return None, "a month that is not closed is never annualised"
        if subject == "paying_customers":
            return str(len(rows)), None
        return str(Money(sum(Money.parse(row["contribution"]).cents for row in rows))), None
    if subject not in ("nrr", "gdr", "logo_retention") or method not in _WINDOWS:
        return None, f"{subject} has no definition for the method {method} yet"
    window = _WINDOWS[method]
    rows = explain_figure(metric="gdr" if subject == "gdr" else "ndr", window=window, **asked)
    base = sum(Money.parse(row["previous"]).cents for row in rows)
    part = sum(Money.parse(row["contribution"]).cents for row in rows)
    if subject == "logo_retention":
        base, part = len(rows), sum(Money.parse(row["current"]).cents > 0 for row in rows)
    note = f"over {window} month(s)" if base else f"no customers in the base month {window} month(s) before {month}"
    return percent(part, base), note
