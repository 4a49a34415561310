"""Which pages stand behind the policy, and which values nobody has held against their page for long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hedgerow.policies.dated import Value, in_force
from hedgerow.policies.tree import Policies


@dataclass(frozen=True)
class Citation:
    """A page and section (empty: the page as a whole), with the names that cite it and the rules they belong to."""

    page: str
    section: str
    rules: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Unchecked:
    """A value in force or still to come that no person checked lately; ``days`` since then, None for never."""

    name: str
    valid_from: date
    cite: str
    checked_on: date | None
    days: int | None


def citations(policies: Policies) -> list[Citation]:
    """Every page#section that a value, switch, rule or exception cites, sorted."""
    found: dict[str, tuple[set[str], set[str]]] = {}

    def add(cite: str, rules: tuple[str, ...], name: str) -> None:
        rule_set, name_set = found.setdefault(cite, (set(), set()))
        rule_set.update(rules)
        name_set.add(name)

    for parameter in policies.parameters.values():
        for value in parameter.values:
            add(value.cite, parameter.rules, parameter.name)
    for rule in policies.rules.values():
        for cite in (rule.cite, *(switch.cite for switch in rule.switches)):
            add(cite, rule.rules, rule.name)
    for exception in policies.exceptions:
        add(exception.value.cite, policies.parameter(exception.name).rules, exception.name)
    return [Citation(cite.partition("#")[0], cite.partition("#")[2], tuple(sorted(rules, key=_rule_order)),
                     tuple(sorted(names))) for cite, (rules, names) in sorted(found.items())]


def _rule_order(rule: str) -> tuple[str, int, str]:
    area, _, number = rule.rpartition("-")
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    return (area, int(digits), number)


def unchecked(policies: Policies, *, as_of: date, known_at: date) -> list[Unchecked]:
    """Values in force on ``as_of`` or later whose check is older than ``policy.check_after_days``, or missing.

    A value that another has replaced by then is history; nobody needs to check it any more.
    """
    allowed = policies.params(as_of, known_at).integer("policy.check_after_days")
    found = []
    for parameter in policies.parameters.values():
        now = in_force(parameter.values, as_of, known_at)
        coming = [v for v in parameter.values if v.valid_from > as_of and v.recorded_on <= known_at]
        for value in [*([now] if now else []), *coming]:
            days = _days_since_check(value, as_of)
            if days is None or days > allowed:
                found.append(Unchecked(parameter.name, value.valid_from, value.cite, value.checked_on, days))
    return found


def _days_since_check(value: Value, as_of: date) -> int | None:
    return (as_of - value.checked_on).days if value.checked_on else None
