"""The resolved policy: immutable values by dotted name, read on two dates, with a hash of what they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hedgerow.kernel.problem import UnableTo
from hedgerow.policies.place import Spot, suggestion

if TYPE_CHECKING:
    from hedgerow.policies.lookup import PolicyParams

#: What a value may be in Python, by the word written as ``type``.
TYPES: Mapping[str, type] = MappingProxyType(
    {"decimal": Decimal, "integer": int, "boolean": bool, "text": str, "list": tuple, "mapping": Mapping})


class UnableToReadPolicy(UnableTo):
    """Codes: unknown_parameter, unknown_rule, wrong_type, before_first_value, not_known_yet, no_value_in_force,
    switched_off. There is never a default and never a later value instead."""


@dataclass(frozen=True)
class Value:
    """One dated value of one layer. ``valid_from`` <= day < ``valid_to``; known from ``recorded_on`` on.

    ``source`` is ``layer:file`` (``reference:revenue/adjustments.yaml``). ``value`` is None when ``is_off``.
    """

    valid_from: date
    valid_to: date | None
    value: Any
    is_off: bool
    cite: str
    note: str
    recorded_on: date
    checked_on: date | None
    layer: int
    source: str
    spot: Spot

    @property
    def order(self) -> tuple[date, int, date]:
        """The later start wins; on the same day the upper layer; in one layer the later record."""
        return (self.valid_from, self.layer, self.recorded_on)


@dataclass(frozen=True)
class Parameter:
    """A named number, word, list or mapping with its dated values, oldest first (``Value.order``)."""

    name: str
    label: str
    type: str
    unit: str
    cite: str
    rules: tuple[str, ...]
    note: str
    choices: tuple[str, ...]
    at_least: Decimal | None
    at_most: Decimal | None
    values: tuple[Value, ...]

    @property
    def first_day(self) -> date:
        return self.values[0].valid_from


@dataclass(frozen=True)
class Clause:
    """One named condition of a rule, as SQL text over the facts, and where it stands."""

    name: str
    sql: str
    spot: Spot


@dataclass(frozen=True)
class Rule:
    """A rule written as data: named clauses that must all hold, and what happens then.

    ``params`` are full parameter names (``<rule>.<param>``). ``switches`` are dated True/False values.
    A rule whose function is code and changes its shape has a parameter ``<rule>.variant`` instead of clauses.
    """

    name: str
    label: str
    cite: str
    rules: tuple[str, ...]
    note: str
    params: tuple[str, ...]
    when: tuple[Clause, ...]
    then: Any
    switches: tuple[Value, ...]
    source: str


@dataclass(frozen=True)
class AccountException:
    """Another value of one parameter for one account, for a period that ends by itself."""

    account: str
    name: str
    reason: str
    approved_by: str
    value: Value


def in_force(values: tuple[Value, ...], as_of: date, known_at: date) -> Value | None:
    """The value that holds on ``as_of`` by what was recorded up to ``known_at``.

    Within a layer, a later record of the same ``from`` replaces the earlier one with its ``to``: it does not come
    back when the correction ends. An upper layer only covers its own period; the lower one shows again after it.
    """
    decided: tuple[date, int] | None = None
    for value in reversed(values):
        if value.valid_from > as_of or value.recorded_on > known_at:
            continue
        record = (value.valid_from, value.layer)
        if record == decided:
            continue
        decided = record
        if value.valid_to is None or as_of < value.valid_to:
            return value
    return None


@dataclass(frozen=True, eq=False)
class Policies:
    """The whole tree. Nothing in it can be changed; a what-if is another tree."""

    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Rule]
    exceptions: tuple[AccountException, ...]
    layers: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        """Every parameter name, sorted."""
        return tuple(self.parameters)

    def parameter(self, name: str) -> Parameter:
        try:
            return self.parameters[name]
        except KeyError:
            hint = suggestion(name, self.parameters)
            raise UnableToReadPolicy("unknown_parameter", f"there is no policy value {name!r}{hint}") from None

    def rule(self, name: str) -> Rule:
        try:
            return self.rules[name]
        except KeyError:
            hint = suggestion(name, self.rules)
            raise UnableToReadPolicy("unknown_rule", f"there is no rule {name!r}{hint}") from None

    def is_on(self, rule: str, *, as_of: date, known_at: date) -> bool:
        """Whether a rule applies: it does unless a dated switch says otherwise."""
        switch = in_force(self.rule(rule).switches, as_of, known_at)
        return switch is None or bool(switch.value)

    def params(self, as_of: date, known_at: date, account: str | None = None) -> PolicyParams:
        """The values of one day, as known on another; ``account`` lets its exceptions apply. Reads are kept."""
        from hedgerow.policies.lookup import PolicyParams

        return PolicyParams(self, as_of, known_at, account)

    @cached_property
    def exceptions_by_account(self) -> Mapping[tuple[str, str], tuple[Value, ...]]:
        """(account, parameter name) to its exceptions, oldest first."""
        def key(item: AccountException) -> tuple[str, str]:
            return (item.account, item.name)

        return MappingProxyType({who: tuple(sorted((item.value for item in items), key=lambda v: v.order))
                                 for who, items in groupby(sorted(self.exceptions, key=key), key)})

    @property
    def content(self) -> dict[str, Any]:
        """What the policy says, as plain JSON data in one order, without labels, notes, places and check days.

        Two trees with equal content answer every question alike; the order and layout of files do not show.
        """
        return {
            "parameters": {name: parameter_content(p) for name, p in sorted(self.parameters.items())},
            "rules": {name: _rule_content(r) for name, r in sorted(self.rules.items())},
            "exceptions": [
                {"account": e.account, "name": e.name, "reason": e.reason, "approved_by": e.approved_by,
                 **_value_content(e.value)}
                for e in sorted(self.exceptions, key=lambda e: (e.name, e.account, *e.value.order))],
        }

    @cached_property
    def hash(self) -> str:
        """``sha256:`` and 64 hex digits over ``content``."""
        text = json.dumps(self.content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode("ascii")).hexdigest()


def plain(value: Any) -> Any:
    """A policy value as JSON data: decimals as text, lists and mappings as such."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return canonical_decimal(value) if isinstance(value, Decimal) else value


def canonical_decimal(value: Decimal) -> str:
    """``0.50`` and ``0.5`` say the same; so they are written the same, without exponent."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def parameter_content(parameter: Parameter) -> dict[str, Any]:
    return {"type": parameter.type, "unit": parameter.unit, "rules": list(parameter.rules),
            "values": _values_content(parameter.values)}


def _rule_content(rule: Rule) -> dict[str, Any]:
    return {"cite": rule.cite, "rules": list(rule.rules), "params": sorted(rule.params),
            "when": {clause.name: clause.sql for clause in rule.when}, "then": plain(rule.then),
            "switches": _values_content(rule.switches)}


def _values_content(values: Iterable[Value]) -> list[dict[str, Any]]:
    """Without values that can never be seen, so that repeating the reference in an overlay changes no hash."""
    listed = tuple(values)
    kept = [value for value in listed if not any(_hides(other, value) for other in listed)]
    content = []
    for _, same_day in groupby(kept, lambda v: v.valid_from):
        group = list(same_day)
        ranks = {layer: rank for rank, layer in enumerate(sorted({v.layer for v in group}))}
        content += [{**_value_content(v), **({"over": ranks[v.layer]} if ranks[v.layer] else {})} for v in group]
    return content


def _hides(upper: Value, lower: Value) -> bool:
    return (upper.layer > lower.layer and upper.valid_from == lower.valid_from and upper.valid_to is None
            and upper.recorded_on <= lower.recorded_on)


def _value_content(value: Value) -> dict[str, Any]:
    said = {"off": True} if value.is_off else {"value": plain(value.value)}
    return {"from": value.valid_from.isoformat(), "to": value.valid_to.isoformat() if value.valid_to else None,
            "cite": value.cite, "recorded_on": value.recorded_on.isoformat(), **said}
