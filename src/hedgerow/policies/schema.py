"""What a policy file may hold, and how its nodes become entries. Values stay nodes until their type is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from yaml.nodes import MappingNode, Node, SequenceNode

from hedgerow.policies.place import Page

NAME = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
PARAM_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
CITE = re.compile(r"^[a-z0-9][a-z0-9-]*(#[a-z0-9][a-z0-9-]*)?$")
RULE_ID = re.compile(r"^[A-Z][A-Z0-9]*-\d+[a-z]?$")
#: The citation of a choice that no page makes: it needs a note that says why.
DECISION = "decision"
EXCEPTIONS = "exceptions"

PARAMETER_KEYS = ("label", "unit", "type", "cite", "rule", "note", "choices", "at_least", "at_most", "values")
RULE_KEYS = ("label", "cite", "rule", "note", "params", "when", "then", "switch", "variants")
RULE_MARKS = ("params", "when", "then", "switch", "variants")
VALUE_KEYS = ("from", "to", "value", "off", "cite", "note", "recorded_on", "checked_on")
VARIANT_KEYS = ("from", "to", "value", "cite", "note", "recorded_on", "checked_on")
SWITCH_KEYS = ("from", "to", "off", "cite", "note", "recorded_on", "checked_on")
EXCEPTION_KEYS = ("account", "name", "value", "from", "to", "reason", "approved_by", "cite", "recorded_on",
                  "checked_on")


@dataclass(frozen=True)
class RawValue:
    """A dated value before its type is known. ``off`` is None where the key was not written."""

    page: Page
    node: Node
    start: Node
    valid_from: date
    valid_to: date | None
    value: Node | None
    off: bool | None
    cite: str | None
    note: str
    recorded_on: date
    checked_on: date | None


@dataclass(frozen=True)
class RawEntry:
    """One entry of one file: the key with its place, and the known fields as nodes."""

    page: Page
    name: str
    key: Node
    fields: dict[str, Node]

    parent: RawEntry | None = None

    @property
    def is_rule(self) -> bool:
        return any(mark in self.fields for mark in RULE_MARKS)

    def text(self, field: str) -> str | None:
        return self.page.text(self.fields.get(field), what=f"{field} of {self.name}")


@dataclass(frozen=True)
class RawException:
    page: Page
    node: Node
    account: str
    name: str
    name_node: Node
    reason: str
    approved_by: str
    value: RawValue


def read_entries(page: Page, root: Node) -> tuple[list[RawEntry], list[RawException]]:
    """Everything a file holds; what is malformed is reported on the page and left out."""
    entries: list[RawEntry] = []
    exceptions: list[RawException] = []
    for name, key, node in page.pairs(root, what="a policy file"):
        if name == EXCEPTIONS:
            exceptions += [e for n in page.sequence(node, what=EXCEPTIONS) if (e := _exception(page, n))]
        elif not NAME.match(name):
            page.report("bad_name", f"{name!r} is not a name such as revenue.spike_multiple "
                                    "(lower case letters, digits, underscores, at least one dot)", key)
        elif fields := _entry_fields(page, name, key, node):
            entries.append(RawEntry(page, name, key, fields))
    return entries, exceptions


def _entry_fields(page: Page, name: str, key: Node, node: Node) -> dict[str, Node]:
    if isinstance(node, MappingNode) and not node.value:
        page.report("empty_entry", f"{name} says nothing", key)
    keys = {key for key, _, _ in Page(page.file, page.short).pairs(node, what=name)}
    is_rule = any(mark in keys for mark in RULE_MARKS)
    is_parameter = "values" in keys
    if is_rule and is_parameter:
        page.report("two_kinds", f"{name} has values and is a rule too; a rule keeps its parameters in params", node)
    known = RULE_KEYS if is_rule else PARAMETER_KEYS
    return page.fields(node, (*known, "values") if is_rule and is_parameter else known, what=name)


def read_values(page: Page, node: Node | None, name: str, keys: tuple[str, ...] = VALUE_KEYS,
                cite: str | None = None) -> list[RawValue]:
    """The dated values under ``node``; ``cite`` is what a value without its own citation inherits."""
    listed = page.sequence(node, what=f"values of {name}")
    if isinstance(node, SequenceNode) and not listed:
        page.report("missing_value", f"{name} has an empty list of values", node)
    return [v for item in listed if (v := _value(page, item, f"a value of {name}", keys, cite))]


def _value(page: Page, node: Node, what: str, keys: tuple[str, ...], cite: str | None) -> RawValue | None:
    fields = page.fields(node, keys, what=what)
    if not fields:
        return None
    span = _span(page, node, fields, what)
    off = page.flag(fields.get("off"), what=f"off of {what}")
    if "value" in keys and ("value" in fields) == (off is True):
        message = "has both a value and off" if off else "has no value"
        page.report("missing_value", f"{what} {message}", node)
        return None
    if "value" not in keys and off is None:
        if "off" not in fields:
            page.report("missing_value", f"{what} does not say off: true or off: false", node)
        return None
    own_cite = read_cite(page, fields.get("cite"), what)
    note = page.text(fields.get("note"), what=f"note of {what}") or ""
    if cite is None and "cite" not in fields:
        page.report("missing_citation", f"{what} has no cite, neither its own nor that of its entry", node)
    if own_cite == DECISION and not note:
        page.report("missing_note", f"{what} cites a decision; its note must say why", fields["cite"])
    if span is None:
        return None
    start, end, recorded = span
    return RawValue(page, node, fields["from"], start, end, fields.get("value"), off, own_cite or cite, note, recorded,
                    page.day(fields.get("checked_on"), what=f"checked_on of {what}"))


def _span(page: Page, node: Node, fields: dict[str, Node], what: str) -> tuple[date, date | None, date] | None:
    """(from, to, recorded_on), or None with what is wrong reported."""
    for key, code in (("from", "missing_from"), ("recorded_on", "missing_recorded_on")):
        if key not in fields:
            page.report(code, f"{what} does not say {key}", node)
    start = page.day(fields.get("from"), what=f"from of {what}")
    end = page.day(fields.get("to"), what=f"to of {what}")
    recorded = page.day(fields.get("recorded_on"), what=f"recorded_on of {what}")
    if start and end and end <= start:
        page.report("from_after_to", f"{what} ends on {end}, which is not after its start {start} "
                                     "(the end day no longer belongs to it)", fields["to"])
        return None
    if start is None or recorded is None or ("to" in fields and end is None):
        return None
    return start, end, recorded


def read_cite(page: Page, node: Node | None, what: str) -> str | None:
    """``page``, ``page#section`` or ``decision``."""
    cite = page.text(node, what=f"cite of {what}")
    if cite is not None and node is not None and not CITE.match(cite):
        page.report("bad_citation", f"cite of {what} must be a page or page#section in lower case, or decision", node)
        return None
    return cite


def read_rule_ids(page: Page, node: Node | None, what: str) -> tuple[str, ...]:
    """One rule ID or a list of them."""
    found: list[str] = []
    for item in page.sequence(node, what=f"rule of {what}") if isinstance(node, SequenceNode) else [node]:
        text = page.text(item, what=f"rule of {what}")
        if text is not None and item is not None:
            if RULE_ID.match(text):
                found.append(text)
            else:
                page.report("bad_rule", f"rule of {what} must be an ID such as REV-44, or a list of them", item)
    return tuple(found)


def _exception(page: Page, node: Node) -> RawException | None:
    what = "an exception"
    fields = page.fields(node, EXCEPTION_KEYS, what=what)
    if not fields:
        return None
    required = ("account", "name", "value", "to", "reason", "approved_by", "cite")
    for key in (key for key in required if key not in fields):
        hint = "; an exception must end by itself" if key == "to" else ""
        code = "missing_citation" if key == "cite" else f"missing_{key}"
        page.report(code, f"{what} does not say {key}{hint}", node)
    span = _span(page, node, fields, what)
    words = {key: page.text(fields.get(key), what=f"{key} of {what}")
             for key in ("account", "name", "reason", "approved_by")}
    cite = read_cite(page, fields.get("cite"), what)
    checked = page.day(fields.get("checked_on"), what=f"checked_on of {what}")
    if span is None or span[1] is None or cite is None or "value" not in fields or None in words.values():
        return None
    start, end, recorded = span
    value = RawValue(page, node, fields["from"], start, end, fields["value"], None, cite, words["reason"] or "",
                     recorded, checked)
    return RawException(page, node, words["account"] or "", words["name"] or "", fields["name"],
                        words["reason"] or "", words["approved_by"] or "", value)
