"""What one policy file says, as dumb dated data: parameters, rules, exceptions, and which value is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hedgerow.kernel.problem import UnableTo
from hedgerow.policies.place import Spot

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
