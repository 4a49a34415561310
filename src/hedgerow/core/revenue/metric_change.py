"""What may be done to a metric definition, and by whom (REV-123, REV-124)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from hedgerow.core.fields import Facts, Name, Outcome
from hedgerow.core.registry import register
from hedgerow.kernel.decision import Decision, Near, Reason
from hedgerow.kernel.params import Params

State = Literal["absent", "proposed", "approved", "deleted"]
Action = Literal["propose", "edit", "approve", "delete", "rename"]
Refusal = Literal["no_rename", "own_edit", "not_there", "already_there", "already_approved"]


class MetricChangeFacts(Facts):
    """A step that somebody wants to take with a definition."""

    state: State = Field(description="State of the definition now; absent when the name was never used")
    action: Action = Field(description="What is to be done")
    by: Name = Field(description="Who wants to do it")
    last_editor: Name | None = Field(default=None, description="Who proposed or edited it last; none when absent")


class MetricChangeOutcome(Outcome):
    """Whether the step may be taken and where it leads."""

    is_allowed: bool = Field(description="True when the step may be taken")
    state: State = Field(description="State afterwards; the present one when refused")
    refusal: Refusal | None = Field(description="Why not; none when allowed")


def _refusal(facts: MetricChangeFacts) -> tuple[Refusal, Reason, Near | None] | None:
    is_there = facts.state in ("proposed", "approved")
    if facts.action == "rename":
        return "no_rename", Reason("REV-123", "a metric is never renamed; delete it and propose the other name"), None
    if facts.action == "propose" and is_there:
        return ("already_there", Reason("REV-124", f"the name is in use and {facts.state}; edit it instead"),
                Near("REV-124", "a deleted name is free again", {"state": "deleted"}))
    if facts.action != "propose" and not is_there:
        return ("not_there", Reason("REV-124", f"nothing to {facts.action}: the name is {facts.state}; propose it"),
                Near("REV-124", "a proposed metric could be changed", {"state": "proposed"}))
    if facts.action == "approve" and facts.state == "approved":
        return "already_approved", Reason("REV-123", "it is approved already; only an edit asks for it again"), None
    if facts.action == "approve" and facts.by.strip().casefold() == (facts.last_editor or "").strip().casefold():
        return ("own_edit", Reason("REV-123", f"{facts.by} edited it last, so another person approves"),
                Near("REV-123", "anybody else may approve", {"by": f"not {facts.by}"}))
    return None


@register("revenue.metric_change", input_model=MetricChangeFacts, output_model=MetricChangeOutcome,
          summary="Check whether a metric definition may be proposed, edited, approved or deleted.",
          rules=("REV-123", "REV-124"),
          example={"state": "proposed", "action": "approve", "by": "revops lead", "last_editor": "analyst"})
def metric_change(facts: MetricChangeFacts, params: Params, *, as_of: date) -> Decision[MetricChangeOutcome]:
    """No renames; an edit asks for approval again; the approver is not the editor; deleted names are free."""
    refused = _refusal(facts)
    if refused:
        refusal, reason, near = refused
        return Decision(MetricChangeOutcome(is_allowed=False, state=facts.state, refusal=refusal), (reason,),
                        (near,) if near else ())
    state: State = "approved" if facts.action == "approve" else "deleted" if facts.action == "delete" else "proposed"
    texts = {"propose": "a new or deleted name may be proposed; its earlier history stays",
             "edit": f"{facts.by} may redefine it under the same name; it is proposed until another person approves",
             "approve": f"{facts.by} did not edit it last and may approve",
             "delete": "any metric may be deleted; its history stays"}
    code = "REV-124" if facts.action in ("propose", "delete") else "REV-123"
    outcome = MetricChangeOutcome(is_allowed=True, state=state, refusal=None)
    return Decision(outcome, (Reason(code, texts[facts.action]),))
