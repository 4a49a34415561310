"""Two trees side by side: on which days which value differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hedgerow.policies.dated import Value, in_force
from hedgerow.policies.findings import answer, days_of_change
from hedgerow.policies.tree import Policies


@dataclass(frozen=True)
class Difference:
    """Half-open days on which two policies answer differently; ``start`` None: before all values, ``end`` None: open.

    ``kind`` is value, switch, rule (present or not), exception, or record (the same answers, known since another
    day, or with another citation or reason).
    ``before`` and ``after`` are plain data; None where there is no value.
    """

    kind: str
    name: str
    account: str | None
    start: date | None
    end: date | None
    before: Any
    after: Any


def differences(before: Policies, after: Policies, *, known_at: date = date.max) -> list[Difference]:
    """By name and day, as known on ``known_at``. Empty exactly when the hashes are equal (with all known)."""
    return [*_parameters(before, after, known_at), *_rules(before, after, known_at),
            *_exceptions(before, after, known_at)]


def _parameters(before: Policies, after: Policies, known_at: date) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted({*before.parameters, *after.parameters}):
        a, b = before.parameters.get(name), after.parameters.get(name)
        here = _spans("value", name, None, a.values if a else (), b.values if b else (), known_at)
        found += here or _record(name, before, after, "parameters")
    return found


def _rules(before: Policies, after: Policies, known_at: date) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted({*before.rules, *after.rules}):
        a_rule, b_rule = before.rules.get(name), after.rules.get(name)
        if a_rule is None or b_rule is None:
            found.append(Difference("rule", name, None, None, None, a_rule and "present", b_rule and "present"))
            continue
        here = _spans("switch", name, None, a_rule.switches, b_rule.switches, known_at, default=True)
        found += here or _record(name, before, after, "rules")
    return found


def _exceptions(before: Policies, after: Policies, known_at: date) -> list[Difference]:
    found: list[Difference] = []
    keys = sorted({*before.exceptions_by_account, *after.exceptions_by_account})
    for account, name in keys:
        a_values = before.exceptions_by_account.get((account, name), ())
        b_values = after.exceptions_by_account.get((account, name), ())
        here = _spans("exception", name, account, a_values, b_values, known_at)
        found += here or _exception_record(name, account, before, after)
    return found


def _spans(kind: str, name: str, account: str | None, a: tuple[Value, ...], b: tuple[Value, ...],
           known_at: date, default: Any = None) -> list[Difference]:
    """Neighbouring days with the same pair of answers become one span."""
    days = days_of_change((*a, *b))
    found: list[Difference] = []
    for position, day in enumerate(days):
        start = day if position else None
        end = days[position + 1] if position + 1 < len(days) else None
        answers = [answer(in_force(values, day, known_at), default) for values in (a, b)]
        if answers[0] == answers[1]:
            continue
        left, right = ("off" if state == "off" else value for state, value in answers)
        last = found[-1] if found else None
        if last and last.end == start and (last.before, last.after) == (left, right):
            found[-1] = Difference(kind, name, account, last.start, end, left, right)
        else:
            found.append(Difference(kind, name, account, start, end, left, right))
    return found


def _record(name: str, before: Policies, after: Policies, part: str) -> list[Difference]:
    """The same answers on every day, and still not the same text."""
    a, b = before.content[part].get(name), after.content[part].get(name)
    return [] if a == b else [Difference("record", name, None, None, None, a, b)]


def _exception_record(name: str, account: str, before: Policies, after: Policies) -> list[Difference]:
    a, b = ([item for item in policies.content["exceptions"] if (item["name"], item["account"]) == (name, account)]
            for policies in (before, after))
    return [] if a == b else [Difference("record", name, account, None, None, a, b)]
