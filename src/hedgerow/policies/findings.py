"""What is allowed in a policy but worth a look: above all an overlay that changes nothing, or less than it seems."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hedgerow.kernel.problem import Problem, Where
from hedgerow.policies.dated import AccountException, Parameter, Value, in_force
from hedgerow.policies.tree import Policies, canonical_decimal, plain

_DAY = timedelta(days=1)
_LOOKALIKE = 0.85


def findings(policies: Policies, *, as_of: date) -> list[Problem]:
    """Notes (``is_error`` False) on all layers above the reference, sorted by place."""
    found = [*_empty_layers(policies)]
    for parameter in policies.parameters.values():
        found += [*_idle(parameter.name, parameter.values), *_overtaken(parameter), *_doubtful_percent(parameter),
                  *_not_known_yet(parameter.name, parameter.values, as_of), *_lookalike(policies, parameter)]
    for rule in policies.rules.values():
        found += [*_idle(rule.name, rule.switches, default=True)]
    for exception in policies.exceptions:
        found += [*_exception(policies, exception, as_of)]
    return sorted(found, key=lambda p: (p.where.file, p.where.line or 0, p.code))


def answer(value: Value | None, default: Any = None) -> tuple[str, Any]:
    """What a reader gets, comparable: ("value", plain data), ("off", None), or ("none", default)."""
    if value is None:
        return ("none" if default is None else "value", default)
    return ("off", None) if value.is_off else ("value", plain(value.value))


def days_of_change(values: tuple[Value, ...]) -> list[date]:
    """Days on which the answer can change: each start and each end, and a day before them all."""
    days = {v.valid_from for v in values} | {v.valid_to for v in values if v.valid_to}
    return sorted({*days, min(days) - _DAY}) if days else []


def days_of_record(values: tuple[Value, ...]) -> list[date]:
    return sorted({v.recorded_on for v in values})


def _note(code: str, message: str, where: Where) -> Problem:
    return Problem(code, message, where, is_error=False)


def _empty_layers(policies: Policies) -> Iterator[Problem]:
    used = {v.layer for p in policies.parameters.values() for v in p.values}
    used |= {v.layer for r in policies.rules.values() for v in r.switches}
    used |= {e.value.layer for e in policies.exceptions}
    for index, name in enumerate(policies.layers):
        if index not in used and not any(rule.source.startswith(f"{name}:") for rule in policies.rules.values()):
            yield _note("empty_layer", f"{name}: no policy file in it says anything", Where(record=name))


def _idle(name: str, values: tuple[Value, ...], default: Any = None) -> Iterator[Problem]:
    """Values of upper layers without which every question would be answered alike."""
    for value in values:
        if value.layer == 0:
            continue
        others = tuple(v for v in values if v is not value)
        if all(answer(in_force(values, day, known), default) == answer(in_force(others, day, known), default)
               for day in days_of_change(values) for known in days_of_record(values)):
            yield _note("changes_nothing", f"{name} from {value.valid_from}: the same holds without this value",
                        value.spot)


def _overtaken(parameter: Parameter) -> Iterator[Problem]:
    for later in parameter.values:
        before = in_force(parameter.values, later.valid_from - _DAY, date.max)
        if before and before.layer > later.layer and before.valid_to is None and \
                in_force(parameter.values, later.valid_from, date.max) is later and answer(before) != answer(later):
            yield _note("overtaken", f"{parameter.name} from {before.valid_from} holds only until {later.valid_from}, "
                                     f"when {later.source} sets it again; give it a value from that day to keep it",
                        before.spot)


def _doubtful_percent(parameter: Parameter) -> Iterator[Problem]:
    for value in parameter.values if parameter.unit == "percent" else ():
        if isinstance(value.value, Decimal) and 0 < value.value < 1:
            percent = canonical_decimal(value.value * 100)
            yield _note("percent_or_share", f"{parameter.name}: {value.value} percent, or {percent} percent?",
                        value.spot)


def _not_known_yet(name: str, values: tuple[Value, ...], as_of: date) -> Iterator[Problem]:
    for value in values:
        if value.recorded_on > as_of:
            yield _note("recorded_later", f"{name} from {value.valid_from} is recorded on {value.recorded_on}: nobody "
                                          "reads it before that day", value.spot)


def _lookalike(policies: Policies, parameter: Parameter) -> Iterator[Problem]:
    """A new name that is nearly an old one is more often a slip than a new parameter."""
    if any(v.layer == 0 for v in parameter.values):
        return
    lower = [p.name for p in policies.parameters.values() if any(v.layer == 0 for v in p.values)]
    for close in difflib.get_close_matches(parameter.name, lower, n=1, cutoff=_LOOKALIKE):
        yield _note("lookalike", f"{parameter.name} is a new name that nothing below knows; did you mean {close}?",
                    parameter.values[0].spot)


def _exception(policies: Policies, exception: AccountException, as_of: date) -> Iterator[Problem]:
    value = exception.value
    what = f"exception of {exception.name} for account {exception.account}"
    if value.valid_to and value.valid_to <= as_of:
        yield _note("exception_ended", f"{what} ended on {value.valid_to}", value.spot)
    if value.recorded_on > as_of:
        yield from _not_known_yet(what, (value,), as_of)
    values = policies.parameter(exception.name).values
    end = value.valid_to or date.max
    days = [value.valid_from, *(day for day in days_of_change(values) if value.valid_from < day < end)]
    known = {max(d, value.recorded_on) for d in (*days_of_record(values), value.recorded_on)}
    if all(answer(in_force(values, day, k)) == answer(value) for day in days for k in known):
        yield _note("changes_nothing", f"{what}: the same holds for everybody", value.spot)
