"""The parts of a rule that are not dated values: its named conditions and what happens then."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hedgerow.policies.dated import Clause
from hedgerow.policies.place import Page
from hedgerow.policies.schema import PARAM_NAME, RawEntry


def read_clauses(entry: RawEntry) -> tuple[Clause, ...]:
    node = entry.fields.get("when")
    if node is None:
        return ()
    found: list[Clause] = []
    pairs = entry.page.pairs(node, what=f"when of {entry.name}")
    if isinstance(node, MappingNode) and not node.value:
        entry.page.report("missing_when", f"{entry.name} has an empty when, which would hold for everybody", node)
    for name, key, value in pairs:
        sql = entry.page.text(value, what=f"the condition {name!r} of {entry.name}")
        if not PARAM_NAME.match(name):
            entry.page.report("bad_name", f"{name!r} is not a name such as mrr_in_band", key)
        elif sql is not None:
            found.append(Clause(name, sql, entry.page.spot(value)))
    return tuple(found)


def read_frozen(page: Page, node: Node | None, what: str) -> Any:
    """Plain data of any depth, immutable: text, whole numbers, true and false, lists, mappings; no floats."""
    if isinstance(node, MappingNode):
        return MappingProxyType({key: read_frozen(page, item, what) for key, _, item in page.pairs(node, what=what)})
    if isinstance(node, SequenceNode):
        return tuple(read_frozen(page, item, what) for item in node.value)
    if not isinstance(node, ScalarNode):
        return None
    kind = node.tag.rpartition(":")[2]
    if kind == "bool":
        return page.flag(node, what=what)
    if kind == "int" and node.value.lstrip("-").isdigit():
        return int(node.value)
    return page.text(node, what=f"an item of {what}")


def guess_type(values: Node | None) -> str | None:
    """The type of a rule's own parameter by the look of its first value."""
    first = values.value[0] if isinstance(values, SequenceNode) and values.value else None
    pairs = first.value if isinstance(first, MappingNode) else []
    value = next((item for key, item in pairs if isinstance(key, ScalarNode) and key.value == "value"), None)
    if isinstance(value, SequenceNode):
        return "list"
    if isinstance(value, MappingNode):
        return "mapping"
    if not isinstance(value, ScalarNode):
        return None
    kind = value.tag.rpartition(":")[2]
    if kind == "str":
        return "decimal" if value.value.lstrip("-")[:1].isdigit() else "text"
    return {"int": "integer", "bool": "boolean", "float": "decimal"}.get(kind)
