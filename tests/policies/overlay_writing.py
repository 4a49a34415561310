"""Overlays generated for any parameter: another valid value, dated, as YAML."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from hedgerow.policies.dated import Parameter
from hedgerow.policies.tree import plain


class _NoAliases(yaml.SafeDumper):
    """One day written twice stays two words, not an anchor and an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(parameter: Parameter, value: Any) -> Any:
    """A Python value as the schema wants it written: decimals as strings, the rest plainly."""
    return int(value) if parameter.type == "integer" else plain(value)


def another_value(parameter: Parameter, than: Any) -> Any:
    """A valid value of the parameter that differs; None when it has only one choice."""
    if parameter.type == "boolean":
        return not than
    if parameter.type == "list":
        return (*than, "another") if not parameter.choices else tuple(than[:-1])
    if parameter.type == "mapping":
        return {**than, "another": parameter.choices[0] if parameter.choices else "1"}
    if parameter.type == "text":
        return next((word for word in parameter.choices if word != than), None)
    step = Decimal("0.25") if parameter.unit == "share" else Decimal(1)
    low = parameter.at_least is None or than - step >= parameter.at_least
    return than - step if low and than - step >= 0 else than + step


def dated(parameter: Parameter, value: Any, start: date, recorded: date, **more: Any) -> dict[str, Any]:
    """One value entry; a parameter with a single choice is switched off instead."""
    said = {"off": True} if value is None else {"value": as_yaml(parameter, value)}
    return {"from": start, "recorded_on": recorded, "cite": "board-minutes", **said, **more}


def overlay_text(entries: dict[str, list[dict[str, Any]]]) -> str:
    return yaml.dump({name: {"values": values} for name, values in entries.items()}, Dumper=_NoAliases,
                     sort_keys=False)
