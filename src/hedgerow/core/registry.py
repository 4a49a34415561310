"""Every case decision, registered once under a dotted name.

From one registration come the command line, the REST door, the agent tool, the form and the reference page.
A decision is a pure function ``(facts, params, *, as_of) -> Decision`` with a typed input and output.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from hedgerow.kernel.decision import Decision
from hedgerow.kernel.money import Money
from hedgerow.kernel.params import Params
from hedgerow.kernel.problem import Problem

_NAME = re.compile(r"[a-z]+(\.[a-z][a-z_]*)+")


class Decide(Protocol):
    """The function of a decision. ``facts`` is an instance of its input model."""

    def __call__(self, facts: Any, params: Params, *, as_of: date) -> Decision[Any]: ...


F = TypeVar("F", bound=Decide)
Check = Callable[[Any], list[Problem]]


class _AsWritten(GenerateJsonSchema):
    """Defaults as a caller would write them: money as its decimal string, never as its parts."""

    def encode_default(self, dft: Any) -> Any:
        return str(dft) if isinstance(dft, Money) else super().encode_default(dft)


@dataclass(frozen=True)
class Registered:
    """One decision. ``example`` is a payload that really decides; ``check`` lists what no single field can show.

    ``matters`` names the policy values that can move the answer, where an engine loads all values at once; empty means
    that whatever is read matters.
    """

    name: str
    summary: str
    rules: tuple[str, ...]
    input_model: type[BaseModel]
    output_model: type[BaseModel]
    example: Mapping[str, Any]
    function: Decide
    check: Check | None = None
    matters: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """Name, summary, rules, JSON schema of input and output, and the example payload."""
        return {"decision": self.name, "summary": self.summary, "rules": list(self.rules),
                "input": self.input_model.model_json_schema(schema_generator=_AsWritten, mode="validation"),
                "output": self.output_model.model_json_schema(schema_generator=_AsWritten, mode="serialization"),
                "example": dict(self.example)}


@dataclass
class Registry:
    """Dotted name -> decision."""

    decisions: dict[str, Registered] = field(default_factory=dict)

    def register(self, name: str, *, input_model: type[BaseModel], output_model: type[BaseModel], summary: str,
                 rules: Sequence[str], example: Mapping[str, Any], check: Check | None = None,
                 matters: Sequence[str] = ()) -> Callable[[F], F]:
        """Decorator. Raises ValueError for a malformed or taken name, or a decision that names no rule."""
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a dotted name such as revenue.split")
        if name in self.decisions:
            raise ValueError(f"{name!r} is registered already")
        if not rules:
            raise ValueError(f"{name!r} must name the rules that it follows")

        def remember(function: F) -> F:
            self.decisions[name] = Registered(name, summary, tuple(rules), input_model, output_model, example,
                                              function, check, tuple(matters))
            return function

        return remember

    def find(self, name: str) -> Registered | None:
        return self.decisions.get(name)

    def every(self) -> list[Registered]:
        """In order of name."""
        return [self.decisions[name] for name in sorted(self.decisions)]


REGISTRY = Registry()
register = REGISTRY.register
