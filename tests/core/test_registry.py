"""Registration: one name once, with rules; the schema says what goes in and out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import Field

from hedgerow.core.fields import Facts, Outcome, Whole
from hedgerow.core.registry import Registry
from hedgerow.kernel.decision import Decision


class _Given(Facts):
    """Something."""

    size: Whole = Field(ge=1, description="Size in metres")


class _Told(Outcome):
    """Something else."""

    is_big: bool = Field(description="Whether it is big")


def _registered(registry: Registry, name: str, rules: tuple[str, ...] = ("X-1",)) -> Any:
    @registry.register(name, input_model=_Given, output_model=_Told, summary="Big?", rules=rules, example={"size": 3})
    def big(facts: _Given, params: Any, *, as_of: date) -> Decision[_Told]:
        return Decision(_Told(is_big=facts.size > 2), ())

    return big


def test_registered_decisions_are_found_by_name_and_listed_in_order() -> None:
    registry = Registry()
    function = _registered(registry, "toys.zebra")
    _registered(registry, "toys.ape")
    assert [d.name for d in registry.every()] == ["toys.ape", "toys.zebra"]
    found = registry.find("toys.zebra")
    assert found is not None
    assert found.function is function
    assert registry.find("toys.bear") is None


@pytest.mark.parametrize("name", ["zebra", "Toys.zebra", "toys.", "toys zebra", "toys.2"])
def test_a_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="dotted name"):
        _registered(Registry(), name)


def test_a_name_is_taken_once() -> None:
    registry = Registry()
    _registered(registry, "toys.ape")
    with pytest.raises(ValueError, match="registered already"):
        _registered(registry, "toys.ape")


def test_a_decision_without_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="name the rules"):
        _registered(Registry(), "toys.ape", rules=())


def test_the_schema_holds_both_sides_and_the_example() -> None:
    registry = Registry()
    _registered(registry, "toys.ape")
    schema = registry.every()[0].schema()
    assert schema["input"]["properties"]["size"] == {"title": "Size", "type": "integer", "minimum": 1,
                                                     "description": "Size in metres"}
    assert schema["output"]["required"] == ["is_big"]
    assert schema["example"] == {"size": 3}
