"""How a rule reads the policy: by dotted name, typed, on a day, with every read remembered."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol


class Params(Protocol):
    """Policy values in force on one day, as known on another (DESIGN: every question has a date).

    Every call is recorded, so that a decision can show what it read. A name that does not exist, a value of
    another type, or a day before the first value raises ``UnableToReadPolicy`` (code ``unknown_parameter``,
    ``wrong_type`` or ``before_first_value``); there is never a default.
    ``on`` overrides the day for one read (for example the month being looked at).
    """

    @property
    def as_of(self) -> date: ...

    @property
    def known_at(self) -> date: ...

    @property
    def policy_hash(self) -> str: ...

    def decimal(self, name: str, *, on: date | None = None) -> Decimal: ...

    def integer(self, name: str, *, on: date | None = None) -> int: ...

    def boolean(self, name: str, *, on: date | None = None) -> bool: ...

    def text(self, name: str, *, on: date | None = None) -> str: ...

    def items(self, name: str, *, on: date | None = None) -> tuple[str, ...]: ...

    def mapping(self, name: str, *, on: date | None = None) -> dict[str, str]: ...

    def cite(self, name: str, *, on: date | None = None) -> str: ...
