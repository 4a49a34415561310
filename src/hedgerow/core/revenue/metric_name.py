"""Governed names of metrics: subject, method, segment, in this order (REV-120 to REV-122)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from hedgerow.core.fields import Facts, Key, Outcome
from hedgerow.core.registry import register
from hedgerow.kernel.decision import Decision, Near, Reason
from hedgerow.kernel.params import Params

Slot = Literal["subject", "method", "segment", "end"]
SLOTS: tuple[Slot, ...] = ("subject", "method", "segment")
Code = Literal["order", "unit", "product", "workflow", "unknown_value"]
_TABLES = {slot: f"revenue.metric_{slot}s" for slot in SLOTS}
_WORDS = {"unit": "revenue.metric_unit_words", "workflow": "revenue.metric_workflow_words"}


class MetricNameFacts(Facts):
    """A name that somebody wants to give to a metric."""

    name: Key = Field(description="Proposed name, for example nrr_quarterly_managed")
    product_keys: tuple[Key, ...] = Field(default=(), description="Known products; none of them may stand in a name")


class NameProblem(Outcome):
    """One part of the name that may not stand where it stands."""

    code: Code = Field(description="What is wrong with the part")
    slot: Slot = Field(description="Slot that was to be filled there; end when the name was complete")
    part: str = Field(description="The offending part")
    message: str = Field(description="In words, with the way out")
    allowed: tuple[str, ...] = Field(description="Values that may stand there")


class MetricNameOutcome(Outcome):
    """Whether the name is governed, and how it reads."""

    is_valid: bool = Field(description="True when every part has its place")
    subject: str | None = Field(description="What is measured")
    method: str | None = Field(description="How it is taken over time; none when not named")
    segment: str | None = Field(description="Which customers; none means all")
    problems: tuple[NameProblem, ...] = Field(description="Every offending part, from left to right")


@dataclass(frozen=True)
class _Part:
    kind: str  # a slot, "unit", "workflow", "product" or "unknown"
    text: str


def _parts(name: str, vocabulary: Mapping[str, Sequence[str]]) -> list[_Part]:
    """Longest match from left to right; of equal matches a slot value goes before a forbidden word."""
    words, i = name.split("_"), 0
    parts: list[_Part] = []
    while i < len(words):
        found = None
        for length in range(len(words) - i, 0, -1):
            text = "_".join(words[i:i + length])
            found = next((_Part(kind, text) for kind, values in vocabulary.items() if text in values), None)
            if found:
                break
        part = found or _Part("unknown", words[i])
        if part.kind == "unknown" and parts and parts[-1].kind == "unknown":
            parts[-1] = _Part("unknown", f"{parts[-1].text}_{part.text}")
        else:
            parts.append(part)
        i += length if found else 1
    return parts


def _message(part: _Part, slot: str, allowed: Sequence[str]) -> tuple[Code, str]:
    if part.kind == "unit":
        return "unit", f"{part.text!r} is a unit; leave it out and state it in the field unit"
    if part.kind == "product":
        return "product", f"{part.text!r} is a product; leave it out and use the dimension product"
    if part.kind == "workflow":
        return "workflow", f"{part.text!r} says where the figure is shown; a name says only what is measured"
    listed = f"allowed for {slot}: {', '.join(allowed)}" if allowed else "the name is complete before it"
    if part.kind == "unknown":
        return "unknown_value", f"{part.text!r} is no known {slot if slot != 'end' else 'part'}; {listed}"
    return "order", f"{part.text!r} is a {part.kind} and cannot stand here; the order is subject, method, segment"


def _read(parts: Sequence[_Part], tables: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[NameProblem]]:
    """Fill the slots in order; what has no place is a problem, and reading goes on behind it."""
    filled: dict[str, str] = {}
    problems: list[NameProblem] = []
    for part in parts:
        free = SLOTS[max((SLOTS.index(slot) + 1 for slot in filled), default=0):]
        may_follow = free[:1] if not filled else free
        if part.kind in may_follow:
            filled[part.kind] = part.text
            continue
        slot: Slot = may_follow[0] if may_follow else "end"
        allowed = [value for candidate in may_follow for value in tables[candidate]]
        code, message = _message(part, slot, allowed)
        problems.append(NameProblem(code=code, slot=slot, part=part.text, message=message, allowed=tuple(allowed)))
    if "subject" not in filled and not problems:
        problems.append(NameProblem(code="unknown_value", slot="subject", part="", message="the name has no subject",
                                    allowed=tuple(tables["subject"])))
    return filled, problems


def _mended(parts: Sequence[_Part]) -> str | None:
    """The governed name that keeps every slot value of a refused one; None when a subject is missing or doubled."""
    by_slot = {slot: [part.text for part in parts if part.kind == slot] for slot in SLOTS}
    if len(by_slot["subject"]) != 1 or any(len(values) > 1 for values in by_slot.values()):
        return None
    return "_".join(value for slot in SLOTS for value in by_slot[slot])


@register("revenue.metric_name", input_model=MetricNameFacts, output_model=MetricNameOutcome,
          summary="Check whether a metric's name follows the naming rules.",
          rules=("REV-120", "REV-121", "REV-122"),
          example={"name": "nrr_quarterly_managed", "product_keys": ["session_replay"]})
def metric_name(facts: MetricNameFacts, params: Params, *, as_of: date) -> Decision[MetricNameOutcome]:
    """Parse the name and name every part that has no place in it."""
    tables: dict[str, Sequence[str]] = {slot: params.items(table) for slot, table in _TABLES.items()}
    forbidden = {kind: params.items(table) for kind, table in _WORDS.items()}
    parts = _parts(facts.name, {**tables, **forbidden, "product": facts.product_keys})
    filled, problems = _read(parts, tables)
    outcome = MetricNameOutcome(is_valid=not problems, subject=filled.get("subject"), method=filled.get("method"),
                                segment=filled.get("segment"), problems=tuple(problems))
    if not problems:
        read = ", ".join(f"{slot} {value}" for slot, value in filled.items())
        reason = Reason("REV-120", f"{facts.name} reads as {read}", params.cite(_TABLES["subject"]), filled)
        return Decision(outcome, (reason,))
    rule = {"order": "REV-120", "unknown_value": "REV-121"}
    cite = {"order": _TABLES["subject"], "unit": _WORDS["unit"], "workflow": _WORDS["workflow"],
            "unknown_value": _TABLES["subject"], "product": _WORDS["unit"]}
    reasons = tuple(Reason(rule.get(p.code, "REV-122"), p.message, params.cite(cite[p.code]),
                           {"part": p.part, "slot": p.slot}) for p in problems)
    mended = _mended(parts)
    near = (Near("REV-120", f"{mended} would be a governed name", {"name": mended}),) if mended else ()
    return Decision(outcome, reasons, near)
