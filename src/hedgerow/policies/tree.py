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
from typing import Any

from hedgerow.policies.dated import AccountException, Parameter, Rule, UnableToReadPolicy, Value, in_force
from hedgerow.policies.lookup import PolicyParams
from hedgerow.policies.place import suggestion


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
    kept = [value for value in listed if not _is_hidden(value, listed)]
    content = []
    for _, same_day in groupby(kept, lambda v: v.valid_from):
        group = list(same_day)
        ranks = {layer: rank for rank, layer in enumerate(sorted({v.layer for v in group}))}
        content += [{**_value_content(v), **({"over": ranks[v.layer]} if ranks[v.layer] else {})} for v in group]
    return content


def _is_hidden(value: Value, listed: tuple[Value, ...]) -> bool:
    """Whether an upper layer states the same start without an end for as long as this value is known.

    A later record of that layer that does end would let this value show again.
    """
    for layer in {v.layer for v in listed if v.layer > value.layer}:
        records = sorted((v for v in listed if v.layer == layer and v.valid_from == value.valid_from),
                         key=lambda v: v.recorded_on)
        already = [v for v in records if v.recorded_on <= value.recorded_on]
        if already and all(v.valid_to is None for v in records[len(already) - 1:]):
            return True
    return False


def _value_content(value: Value) -> dict[str, Any]:
    said = {"off": True} if value.is_off else {"value": plain(value.value)}
    return {"from": value.valid_from.isoformat(), "to": value.valid_to.isoformat() if value.valid_to else None,
            "cite": value.cite, "recorded_on": value.recorded_on.isoformat(), **said}
