"""From the node of a value to the exact Python value of its parameter's type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hedgerow.policies.place import Page, suggestion

_DECIMAL = re.compile(r"^-?\d+(\.\d+)?$")
_INTEGER = re.compile(r"^(0|-?[1-9]\d*)$")
_STR = "tag:yaml.org,2002:str"
_CENTS = Decimal("0.01")


@dataclass(frozen=True)
class Shape:
    """What a value of one parameter may be: its type, unit, allowed words and bounds."""

    name: str
    type: str
    unit: str
    choices: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None


def read_typed(page: Page, node: Node, shape: Shape) -> Any:
    """The value, immutable; None with the trouble reported."""
    value = _READERS[shape.type](page, node, shape.name)
    if value is not None:
        value = _within(page, node, shape, value)
    return value


def read_bound(page: Page, node: Node | None, what: str) -> Decimal | None:
    """A bound is written as the values are: a quoted decimal or a plain whole number."""
    if node is None:
        return None
    if isinstance(node, ScalarNode) and node.tag != _STR and _INTEGER.match(node.value):
        return Decimal(node.value)
    return _decimal(page, node, what)


def _decimal(page: Page, node: Node, name: str) -> Decimal | None:
    if isinstance(node, ScalarNode) and node.tag == _STR and _DECIMAL.match(node.value):
        return Decimal(node.value)
    quoted = f'; quote it: "{node.value}"' if isinstance(node, ScalarNode) and _DECIMAL.match(node.value) else ""
    code = "unquoted_decimal" if quoted else "wrong_type"
    page.report(code, f'{name} is a decimal, written as a quoted string such as "0.5"{quoted}', node)
    return None


def _integer(page: Page, node: Node, name: str) -> int | None:
    if isinstance(node, ScalarNode) and not node.style and _INTEGER.match(node.value):
        return int(node.value)
    page.report("wrong_type", f"{name} is a whole number, written plainly such as 12", node)
    return None


def _boolean(page: Page, node: Node, name: str) -> bool | None:
    return page.flag(node, what=name)


def _text(page: Page, node: Node, name: str) -> str | None:
    return page.text(node, what=name)


def _word(page: Page, node: Node, name: str) -> str | None:
    """An item of a list or mapping: text, a quoted decimal or a plain whole number, kept as text."""
    if isinstance(node, ScalarNode) and not node.style and node.tag != _STR and _INTEGER.match(node.value):
        return str(node.value)
    return page.text(node, what=f"an item of {name}")


def _list(page: Page, node: Node, name: str) -> tuple[str, ...] | None:
    if not isinstance(node, SequenceNode):
        page.report("wrong_type", f"{name} is a list", node)
        return None
    found: list[str] = []
    before = len(page.problems)
    for item in node.value:
        word = _word(page, item, name)
        if word in found:
            page.report("duplicate_item", f"{word!r} stands twice in {name}", item)
        elif word is not None:
            found.append(word)
    return tuple(found) if len(page.problems) == before else None


def _mapping(page: Page, node: Node, name: str) -> MappingProxyType[str, str] | None:
    before = len(page.problems)
    found = {key: _word(page, item, f"{key!r} of {name}") for key, _, item in page.pairs(node, what=name)}
    return MappingProxyType({k: v for k, v in found.items() if v is not None}) if len(page.problems) == before else None


_READERS: dict[str, Callable[[Page, Node, str], Any]] = {
    "decimal": _decimal, "integer": _integer, "boolean": _boolean, "text": _text, "list": _list, "mapping": _mapping}


def _within(page: Page, node: Node, shape: Shape, value: Any) -> Any:
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        return value if _is_in_bounds(page, node, shape, Decimal(value)) else None
    words = _words(value) if shape.choices else ()
    strange = [word for word in words if word not in shape.choices]
    for word in strange:
        place = _node_of(node, word)
        page.report("unknown_choice", f"{shape.name} knows no {word!r}{suggestion(word, shape.choices)} "
                                      f"(allowed: {', '.join(shape.choices)})", place)
    return None if strange else value


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(value.values()) if isinstance(value, Mapping) else value


def _node_of(node: Node, word: str) -> Node:
    """The item itself, where the value is a list or mapping."""
    items: list[Node] = []
    if isinstance(node, SequenceNode):
        items = list(node.value)
    elif isinstance(node, MappingNode):
        items = [item for _, item in node.value]
    return next((item for item in items if isinstance(item, ScalarNode) and item.value.strip() == word), node)


def _is_in_bounds(page: Page, node: Node, shape: Shape, value: Decimal) -> bool:
    low, high = shape.at_least, shape.at_most
    if shape.unit == "share":  # a share of 50 is a percent in the wrong place
        low, high = low if low is not None else Decimal(0), high if high is not None else Decimal(1)
    if (low is not None and value < low) or (high is not None and value > high):
        span = " and ".join(t for t in (f"at least {low}" if low is not None else "",
                                        f"at most {high}" if high is not None else "") if t)
        page.report("out_of_range", f"{shape.name} is {value} {shape.unit}; it must be {span}", node)
        return False
    if shape.unit == "USD" and value != value.quantize(_CENTS):
        page.report("out_of_range", f"{shape.name} is an amount in USD: at most two places, not {value}", node)
        return False
    return True
