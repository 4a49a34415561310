"""Laying files over each other: reference, company, what-ifs; from raw entries to the resolved tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations
from types import MappingProxyType
from typing import Any

from yaml.nodes import ScalarNode

from hedgerow.kernel.problem import Problem
from hedgerow.policies.dated import TYPES, AccountException, Clause, Parameter, Rule, Value
from hedgerow.policies.place import Page, suggestion
from hedgerow.policies.rules import guess_type, read_clauses, read_frozen
from hedgerow.policies.schema import (
    DECISION,
    PARAM_NAME,
    PARAMETER_KEYS,
    SWITCH_KEYS,
    VALUE_KEYS,
    VARIANT_KEYS,
    RawEntry,
    RawException,
    RawValue,
    read_cite,
    read_entries,
    read_rule_ids,
    read_values,
)
from hedgerow.policies.tree import Policies
from hedgerow.policies.typed import Shape, read_bound, read_typed


@dataclass(frozen=True)
class Layer:
    """One set of files that is laid over what lies below. Files are (shown path, path in the layer, content)."""

    name: str
    files: tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True)
class ReadLayer:
    """A layer whose files are read but whose values are not typed yet."""

    name: str
    entries: tuple[RawEntry, ...]
    exceptions: tuple[RawException, ...]
    pages: tuple[Page, ...]


@dataclass
class _ParameterDraft:
    entry: RawEntry
    label: str
    shape: Shape
    cite: str
    rules: tuple[str, ...]
    note: str
    values: list[Value] = field(default_factory=list)


@dataclass
class _RuleDraft:
    entry: RawEntry
    label: str
    cite: str
    rules: tuple[str, ...]
    note: str
    when: tuple[Clause, ...]
    then: Any
    source: str
    params: list[str] = field(default_factory=list)
    switches: list[Value] = field(default_factory=list)


def read_layer(layer: Layer) -> ReadLayer:
    """Each file on its own; two entries of one name in one layer are reported."""
    entries: dict[str, RawEntry] = {}
    exceptions: list[RawException] = []
    pages: list[Page] = []
    for shown, short, content in sorted(layer.files, key=lambda file: file[1]):
        page = Page(shown, short)
        pages.append(page)
        root = page.compose(content)
        if root is None:
            continue
        found, excepted = read_entries(page, root)
        exceptions += excepted
        for entry in found:
            other = entries.setdefault(entry.name, entry)
            if other is not entry:
                page.report("duplicate_name", f"{entry.name} stands in {other.page.spot(other.key)} too", entry.key)
    return ReadLayer(layer.name, tuple(entries.values()), tuple(exceptions), tuple(pages))


def resolve(layers: Sequence[ReadLayer]) -> tuple[Policies, list[Problem]]:
    """The tree, lowest layer first, and all problems of all files. The tree is only good without problems."""
    work = _Resolving(tuple(layer.name for layer in layers))
    for index, layer in enumerate(layers):
        for entry in sorted(layer.entries, key=lambda e: (not e.is_rule, e.name)):
            work.add(index, entry)
    for index, layer in enumerate(layers):
        work.add_exceptions(index, layer.exceptions)
    problems = [p for layer in layers for page in layer.pages for p in page.problems]
    problems.sort(key=lambda p: (p.where.file, p.where.line or 0, int(p.where.column or 0), p.code))
    return work.tree(), problems


class _Resolving:
    """The tree while layers are added. Trouble goes to the page that each entry came from."""

    def __init__(self, layer_names: tuple[str, ...]) -> None:
        self.layer_names = layer_names
        self.parameters: dict[str, _ParameterDraft] = {}
        self.rules: dict[str, _RuleDraft] = {}
        self.exceptions: list[AccountException] = []
        self.refused: set[str] = set()

    def tree(self) -> Policies:
        parameters = {name: _parameter(name, draft) for name, draft in sorted(self.parameters.items()) if draft.values}
        rules = {name: _rule(name, draft) for name, draft in sorted(self.rules.items())}
        return Policies(MappingProxyType(parameters), MappingProxyType(rules), tuple(self.exceptions),
                        self.layer_names)

    def source(self, index: int, page: Page) -> str:
        return f"{self.layer_names[index]}:{page.short}"

    def add(self, index: int, entry: RawEntry) -> None:
        if entry.is_rule or (entry.name in self.rules and "values" not in entry.fields):
            self._add_rule(index, entry)
        else:
            self._add_parameter(index, entry)

    # Parameters

    def _add_parameter(self, index: int, entry: RawEntry) -> None:
        if entry.name in self.rules:
            entry.page.report("two_kinds", f"{entry.name} is a rule; it has params and a switch, no values", entry.key)
            return
        draft = self.parameters.get(entry.name)
        if draft is None:
            draft = self._define(index, entry)
        else:
            _refuse_redefinition(entry, draft)
        if draft is None:
            self.refused.add(entry.name)
            self._check_values_alone(entry)
            return
        self.parameters[entry.name] = draft
        self._add_values(index, entry, draft)

    def _define(self, index: int, entry: RawEntry) -> _ParameterDraft | None:
        page, fields = entry.page, entry.fields
        if index > 0 and not entry.parent and not fields.keys() & {"label", "unit", "type"}:
            hint = suggestion(entry.name, self.parameters)
            page.report("unknown_parameter", f"there is no policy value {entry.name!r} to lay over{hint} "
                                             "(a new one needs label, unit and type)", entry.key)
            return None
        parent = self.rules.get(entry.parent.name) if entry.parent else None
        label = entry.text("label") or (f"{parent.label}: {entry.name.rpartition('.')[2]}" if parent else None)
        unit, kind = entry.text("unit"), entry.text("type") or (guess_type(fields.get("values")) if parent else None)
        for key, found in (("label", label), ("unit", unit), ("type", kind)):
            if found is None and key not in fields:
                page.report(f"missing_{key}", f"{entry.name} has no {key}", entry.key)
        if "values" not in fields:
            page.report("missing_value", f"{entry.name} has no values", entry.key)
        if kind is not None and kind not in TYPES:
            page.report("unknown_type", f"{entry.name} has the unknown type {kind!r}{suggestion(kind, TYPES)} "
                                        f"(allowed: {', '.join(TYPES)})", fields["type"])
            kind = None
        note = entry.text("note") or ""
        cite = read_cite(page, fields.get("cite"), entry.name)
        if cite == DECISION and not note:
            page.report("missing_note", f"{entry.name} cites a decision; its note must say why", fields["cite"])
        rules = read_rule_ids(page, fields.get("rule"), entry.name) or (parent.rules if parent else ())
        if label is None or unit is None or kind is None:
            return None
        shape = Shape(entry.name, kind, unit, self._choices(entry, kind), *self._bounds(entry, kind))
        return _ParameterDraft(entry, label, shape, cite or (parent.cite if parent else ""), rules, note)

    def _choices(self, entry: RawEntry, kind: str) -> tuple[str, ...]:
        node = entry.fields.get("choices")
        if node is not None and kind not in ("text", "list", "mapping"):
            entry.page.report("wrong_type", f"{entry.name} is of type {kind}; choices are for words", node)
        words = [entry.page.text(n, what=f"a choice of {entry.name}")
                 for n in entry.page.sequence(node, what=f"choices of {entry.name}")]
        return tuple(word for word in words if word is not None)

    def _bounds(self, entry: RawEntry, kind: str) -> tuple[Decimal | None, Decimal | None]:
        low, high = entry.fields.get("at_least"), entry.fields.get("at_most")
        for node in (low, high):
            if node is not None and kind not in ("decimal", "integer"):
                entry.page.report("wrong_type", f"{entry.name} is of type {kind}; bounds are for numbers", node)
        return (read_bound(entry.page, low, f"at_least of {entry.name}"),
                read_bound(entry.page, high, f"at_most of {entry.name}"))

    def _check_values_alone(self, entry: RawEntry) -> None:
        """The values of an entry that cannot be defined are still read, so that all their trouble shows at once."""
        read_values(entry.page, entry.fields.get("values"), entry.name, cite=entry.text("cite") or DECISION)

    def _add_values(self, index: int, entry: RawEntry, draft: _ParameterDraft) -> None:
        page = entry.page
        inherited = draft.cite if entry.parent and draft.entry is entry else None
        cite = read_cite(Page("", ""), entry.fields.get("cite"), entry.name) or inherited
        if cite is None and "cite" in entry.fields:
            cite = DECISION  # the malformed one is reported already
        keys = VARIANT_KEYS if entry.parent and draft.shape.unit == "variant" else VALUE_KEYS
        raw = read_values(page, entry.fields.get("values"), entry.name, keys, cite)
        _refuse_collisions(raw, entry.name)
        for item in raw:
            typed = None if item.value is None else read_typed(page, item.value, draft.shape)
            if item.off or typed is not None:
                draft.values.append(self._value(index, item, typed))

    def _value(self, index: int, raw: RawValue, typed: Any) -> Value:
        return Value(raw.valid_from, raw.valid_to, typed, bool(raw.off) and raw.value is None, raw.cite or "",
                     raw.note, raw.recorded_on, raw.checked_on, index, self.source(index, raw.page),
                     raw.page.spot(raw.node))

    # Rules

    def _add_rule(self, index: int, entry: RawEntry) -> None:
        if entry.name in self.parameters:
            entry.page.report("two_kinds", f"{entry.name} is a parameter; to switch it off, write a value "
                                           "with off: true", entry.key)
            return
        draft = self.rules.get(entry.name)
        if draft is None:
            draft = self._define_rule(index, entry)
            if draft is None:
                return
            self.rules[entry.name] = draft
        else:
            for key in entry.fields.keys() - {"switch", "params", "variants"}:
                entry.page.report("rule_redefined", f"{entry.name} stands in a lower layer: its {key} cannot be "
                                                    "changed in place; switch it off and add a rule, or add a variant",
                                  entry.fields[key])
        self._add_rule_parameters(index, entry, draft)
        raw = read_values(entry.page, entry.fields.get("switch"), entry.name, SWITCH_KEYS,
                          entry.text("cite") or (draft.cite if draft.entry is entry else None))
        _refuse_collisions(raw, entry.name)
        draft.switches += [self._value(index, item, not item.off) for item in raw]

    def _define_rule(self, index: int, entry: RawEntry) -> _RuleDraft | None:
        page, fields = entry.page, entry.fields
        if index > 0 and not fields.keys() & {"label", "when", "then"}:
            hint = suggestion(entry.name, self.rules)
            page.report("unknown_rule", f"there is no rule {entry.name!r} to lay over{hint} "
                                        "(a new one needs label, cite and when)", entry.key)
            return None
        for key in ("label", "cite"):
            if key not in fields:
                page.report("missing_citation" if key == "cite" else "missing_label", f"{entry.name} has no {key}",
                            entry.key)
        if "when" not in fields and "variants" not in fields:
            page.report("missing_when", f"{entry.name} has neither conditions (when) nor variants", entry.key)
        if "then" in fields and "when" not in fields:
            page.report("missing_when", f"{entry.name} has a then without when", fields["then"])
        cite = read_cite(page, fields.get("cite"), entry.name)
        note = entry.text("note") or ""
        if cite == DECISION and not note:
            page.report("missing_note", f"{entry.name} cites a decision; its note must say why", fields["cite"])
        return _RuleDraft(entry, entry.text("label") or entry.name, cite or "",
                          read_rule_ids(page, fields.get("rule"), entry.name), note, read_clauses(entry),
                          read_frozen(page, fields.get("then"), f"then of {entry.name}"), self.source(index, page))

    def _add_rule_parameters(self, index: int, entry: RawEntry, draft: _RuleDraft) -> None:
        page = entry.page
        found: list[RawEntry] = []
        if "params" in entry.fields:
            for name, key, node in page.pairs(entry.fields["params"], what=f"params of {entry.name}"):
                if not PARAM_NAME.match(name):
                    page.report("bad_name", f"{name!r} is not a name such as mrr_min", key)
                    continue
                full = f"{entry.name}.{name}"
                found.append(RawEntry(page, full, key, page.fields(node, PARAMETER_KEYS, what=full), entry))
        if "variants" in entry.fields:
            node = entry.fields["variants"]
            found.append(RawEntry(page, f"{entry.name}.variant", node, {"values": node, **_VARIANT}, entry))
        for child in found:
            if child.name not in self.parameters and draft.entry is not entry:
                hint = suggestion(child.name, draft.params)
                page.report("unknown_parameter", f"the rule has no parameter {child.name!r}{hint}", child.key)
                continue
            self._add_parameter(index, child)
            if child.name not in draft.params:
                draft.params.append(child.name)

    # Exceptions

    def add_exceptions(self, index: int, raw: Sequence[RawException]) -> None:
        for item in raw:
            draft = self.parameters.get(item.name)
            if draft is None:
                if item.name not in self.refused:
                    hint = suggestion(item.name, self.parameters)
                    item.page.report("unknown_parameter", f"there is no policy value {item.name!r}{hint}",
                                     item.name_node)
                continue
            typed = read_typed(item.page, item.value.value, draft.shape) if item.value.value else None
            if typed is not None:
                value = self._value(index, item.value, typed)
                value = replace(value, source=f"{value.source}, exception for account {item.account}")
                self.exceptions.append(AccountException(item.account, item.name, item.reason, item.approved_by, value))
        groups: dict[tuple[str, str], list[RawValue]] = {}
        for item in raw:
            groups.setdefault((item.account, item.name), []).append(item.value)
        for (account, name), values in groups.items():
            _refuse_collisions(values, f"{name} for account {account}")


def _scalar(text: str) -> ScalarNode:
    return ScalarNode("tag:yaml.org,2002:str", text, style='"')


_VARIANT = {"type": _scalar("text"), "unit": _scalar("variant")}


def _parameter(name: str, draft: _ParameterDraft) -> Parameter:
    values = tuple(sorted(draft.values, key=lambda v: v.order))
    shape = draft.shape
    return Parameter(name, draft.label, shape.type, shape.unit, draft.cite or values[0].cite, draft.rules, draft.note,
                     shape.choices, shape.at_least, shape.at_most, values)


def _rule(name: str, draft: _RuleDraft) -> Rule:
    return Rule(name, draft.label, draft.cite, draft.rules, draft.note, tuple(sorted(draft.params)), draft.when,
                draft.then, tuple(sorted(draft.switches, key=lambda v: v.order)), draft.source)


def _refuse_redefinition(entry: RawEntry, draft: _ParameterDraft) -> None:
    """An overlay may repeat what a parameter is, not change it: code and SQL read it as it was defined."""
    said = {"label": draft.label, "unit": draft.shape.unit, "type": draft.shape.type}
    for key, before in said.items():
        node = entry.fields.get(key)
        if node is not None and (text := entry.text(key)) is not None and text != before:
            entry.page.report(f"{key}_changed", f"{key} of {entry.name} is {before!r} below; a layer above cannot make "
                                                f"it {text!r}", node)
    for key in ("choices", "at_least", "at_most"):
        if key in entry.fields:
            entry.page.report(f"{key}_changed", f"{key} of {entry.name} is fixed by the layer that defines it",
                              entry.fields[key])
    read_cite(entry.page, entry.fields.get("cite"), entry.name)
    read_rule_ids(entry.page, entry.fields.get("rule"), entry.name)
    note = entry.text("note")
    if isinstance(cite := entry.fields.get("cite"), ScalarNode) and cite.value == DECISION and not note:
        entry.page.report("missing_note", f"{entry.name} cites a decision; its note must say why", cite)
    if "values" not in entry.fields:
        entry.page.report("missing_value", f"{entry.name} has no values, so this entry would change nothing", entry.key)


def _refuse_collisions(values: Sequence[RawValue], name: str) -> None:
    """Two values of one layer, recorded on one day, that both claim a day; a later record is a correction instead."""
    for first, second in combinations(sorted(values, key=lambda v: v.valid_from), 2):
        if first.recorded_on != second.recorded_on:
            continue
        same_day = first.valid_from == second.valid_from
        if same_day or (first.valid_to is not None and second.valid_from < first.valid_to):
            place = first.page.spot(first.start)
            why = f"both are from {first.valid_from}" if same_day else f"the first holds until {first.valid_to}"
            second.page.report("overlap", f"{name} has two values for one day: {why}, see {place}, and both were "
                                          f"recorded on {first.recorded_on}; a correction has a later recorded_on",
                               second.start)
