"""The answer of every rule: a value with the reasons, citations, and what would have changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True)
class Reason:
    """Why: the rule's ID, a sentence for people, the handbook page behind it, the values that were read."""

    code: str
    text: str
    cite: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Near:
    """The single condition that kept the answer from being another, and the value that would flip it."""

    code: str
    text: str
    would_change_if: Mapping[str, str]


@dataclass(frozen=True)
class Read:
    """One policy value that was read while deciding."""

    name: str
    value: Any
    unit: str
    cite: str
    valid_from: date
    source: str


@dataclass(frozen=True)
class Decision(Generic[V]):
    """What was decided and why. "No" is a decision with reasons, never an exception."""

    value: V
    reasons: tuple[Reason, ...]
    near: tuple[Near, ...] = ()
