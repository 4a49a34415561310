"""Policy values chosen by the test, for rules that are tested away from the reference policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hedgerow.kernel.decision import Read


class ChosenParams:
    """The ``Params`` protocol over a plain mapping; remembers what was read."""

    policy_hash = "sha256:chosen"

    def __init__(self, values: dict[str, Any], as_of: date) -> None:
        self.values, self.as_of, self.known_at = values, as_of, as_of
        self.reads: list[Read] = []

    def _value(self, name: str, on: date | None = None) -> Any:
        value = self.values[name]
        self.reads.append(Read(name, value, "", f"cite#{name}", date(1970, 1, 1), "test"))
        return value

    def decimal(self, name: str, *, on: date | None = None) -> Decimal:
        return Decimal(self._value(name))

    def integer(self, name: str, *, on: date | None = None) -> int:
        return int(self._value(name))

    boolean = text = _value

    def items(self, name: str, *, on: date | None = None) -> tuple[str, ...]:
        return tuple(self._value(name))

    def mapping(self, name: str, *, on: date | None = None) -> dict[str, str]:
        return dict(self._value(name))

    def cite(self, name: str, *, on: date | None = None) -> str:
        return f"cite#{name}"


@pytest.fixture
def chosen() -> Callable[..., ChosenParams]:
    return lambda values=None, as_of=date(2026, 11, 22): ChosenParams(values or {}, as_of)
