"""Reading the policy on one day, as known on another, with every read remembered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hedgerow.kernel.decision import Read
from hedgerow.policies.dated import Parameter, UnableToReadPolicy, Value, in_force

if TYPE_CHECKING:
    from hedgerow.policies.tree import Policies


class PolicyParams:
    """``hedgerow.kernel.params.Params`` over a resolved tree. Not shared between decisions: it keeps the reads."""

    __slots__ = ("_account", "_as_of", "_known_at", "_policies", "_reads", "_seen")

    def __init__(self, policies: Policies, as_of: date, known_at: date, account: str | None = None) -> None:
        self._policies = policies
        self._as_of = as_of
        self._known_at = known_at
        self._account = account
        self._seen: dict[tuple[str, date], tuple[Parameter, Value]] = {}
        self._reads: list[Read] = []

    @property
    def as_of(self) -> date:
        return self._as_of

    @property
    def known_at(self) -> date:
        return self._known_at

    @property
    def account(self) -> str | None:
        return self._account

    @property
    def policy_hash(self) -> str:
        return self._policies.hash

    @property
    def reads(self) -> list[Read]:
        """Each value read so far, once for each day it was asked for, in the order of first reading."""
        return list(self._reads)

    def decimal(self, name: str, *, on: date | None = None) -> Decimal:
        """A decimal; a whole number is one too."""
        return Decimal(self._typed(name, on, "decimal", "integer"))

    def integer(self, name: str, *, on: date | None = None) -> int:
        value: int = self._typed(name, on, "integer")
        return value

    def boolean(self, name: str, *, on: date | None = None) -> bool:
        value: bool = self._typed(name, on, "boolean")
        return value

    def text(self, name: str, *, on: date | None = None) -> str:
        value: str = self._typed(name, on, "text")
        return value

    def items(self, name: str, *, on: date | None = None) -> tuple[str, ...]:
        value: tuple[str, ...] = self._typed(name, on, "list")
        return value

    def mapping(self, name: str, *, on: date | None = None) -> dict[str, str]:
        """A copy: changing it changes no policy."""
        value: Mapping[str, str] = self._typed(name, on, "mapping")
        return dict(value)

    def cite(self, name: str, *, on: date | None = None) -> str:
        """Page and section behind the value in force."""
        return self._read(name, on)[1].cite

    def unit(self, name: str) -> str:
        return self._policies.parameter(name).unit

    def is_on(self, rule: str, *, on: date | None = None) -> bool:
        return self._policies.is_on(rule, as_of=on or self._as_of, known_at=self._known_at)

    def _typed(self, name: str, on: date | None, *types: str) -> Any:
        parameter, value = self._read(name, on)
        if parameter.type not in types:
            raise UnableToReadPolicy(
                "wrong_type", f"{name} is of type {parameter.type}; it was read as {types[0]} ({parameter.unit})")
        return value.value

    def _read(self, name: str, on: date | None) -> tuple[Parameter, Value]:
        key = (name, on or self._as_of)
        found = self._seen.get(key)
        if found is None:
            found = find(self._policies, name, key[1], self._known_at, self._account)
            self._seen[key] = found
            parameter, value = found
            self._reads.append(Read(name, value.value, parameter.unit, value.cite, value.valid_from, value.source))
        return found


def find(policies: Policies, name: str, as_of: date, known_at: date,
         account: str | None = None) -> tuple[Parameter, Value]:
    """The parameter and its value in force, exceptions of the account first. Raises UnableToReadPolicy."""
    parameter = policies.parameter(name)
    value = None
    if account is not None:
        value = in_force(policies.exceptions_by_account.get((account, name), ()), as_of, known_at)
    value = value or in_force(parameter.values, as_of, known_at)
    if value is None:
        raise _nothing_in_force(parameter, as_of, known_at)
    if value.is_off:
        raise UnableToReadPolicy(
            "switched_off", f"{name} is switched off since {value.valid_from} ({value.source}), asked for {as_of}")
    return parameter, value


def _nothing_in_force(parameter: Parameter, as_of: date, known_at: date) -> UnableToReadPolicy:
    """Say which of the two dates is the trouble, and the first day on which it would be none."""
    name = parameter.name
    if as_of < parameter.first_day:
        return UnableToReadPolicy(
            "before_first_value", f"{name} has no value on {as_of}: its first value is from {parameter.first_day}")
    later = sorted(v.recorded_on for v in parameter.values if v.recorded_on > known_at)
    first = next((day for day in later if in_force(parameter.values, as_of, day) is not None), None)
    if first is not None:
        return UnableToReadPolicy(
            "not_known_yet", f"{name} for {as_of} was not known on {known_at}: it was recorded on {first}")
    return UnableToReadPolicy(
        "no_value_in_force", f"{name} has no value on {as_of}: an earlier value ended, and none follows it yet")
