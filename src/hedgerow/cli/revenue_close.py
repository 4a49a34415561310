"""``hedgerow revenue``: month close, restatements, causes, self-check. These write into the ledger."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from hedgerow.cli.revenue_door import AsOf, Csv, From, HomeOption, Json, To, opened

_HEADER = ["month", "closed_on", "closed_by", "customers", "unadjusted", "adjusted", "pending", "is_forced", "note",
           "snapshot", "policy_hash", "sha256"]


def add_to(app: typer.Typer) -> None:
    app.command()(close)
    app.command()(restatements)
    app.command("shrink-causes")(shrink_causes)
    app.command("self-check")(self_check)


def close(
    month: Annotated[str | None, typer.Argument(metavar="[YYYY-MM]", help="Without it, list closes.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who closes.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Close before everything is finalized; needs --note.")] = False,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Freeze a month's figures; later changes are logged as restatements (REV-46)."""
    from hedgerow.app.revenue import close as operation

    with opened(home, as_of, as_json, as_csv) as door:
        if month is None:
            door.show(operation.closes(home=door.snapshot.home), _HEADER, "Closed months", series="both",
                      empty="No month is closed yet.")
            return
        header = operation.close_month(snapshot=door.snapshot, month=month, closed_by=by, is_forced=force, note=note)
        if door.for_people:
            door.show([{"field": k, "value": v} for k, v in header.items() if v not in (None, "")],
                      ["field", "value"], f"{month}: {header['outcome']}", series="both")
        else:
            door.show([header], [*_HEADER, "outcome"], "")


def restatements(home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Compare with all closed months, log what changed, and list the log."""
    from hedgerow.app.revenue import close as operation

    with opened(home, as_of, as_json, as_csv) as door:
        rows = operation.restatements(snapshot=door.snapshot)
        door.show(rows, ["month", "customer_id", "field", "before", "after", "reason", "snapshot", "logged_on"],
                  "Restatements of closed months", series="both", empty="No closed month was restated.")


def shrink_causes(
    from_month: From = None, to_month: To = None,
    still_open: Annotated[bool, typer.Option("--open", help="Only those not yet explained.")] = False,
    by_cause: Annotated[bool, typer.Option("--by-cause", help="Sums per cause.")] = False,
    record: Annotated[tuple[str, str, str] | None, typer.Option(
        "--set", help="Record the cause.", metavar="CUSTOMER MONTH CAUSE")] = None,
    note: Annotated[str, typer.Option("--note", help="In words, with --set.")] = "",
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Why customers shrank or left: list, sum, or record causes (REV-157)."""
    from hedgerow.app.revenue import insights

    with opened(home, as_of, as_json, as_csv) as door:
        if record:
            customer, month, cause = record
            entry = insights.set_cause(snapshot=door.snapshot, customer=customer, month=month, cause=cause, note=note)
            sys.stderr.write(f"recorded: {entry['customer_id']} {entry['month']} {entry['cause']}\n")
            from_month, to_month = entry["month"], entry["month"]
        if by_cause:
            rows = insights.shrink_by_cause(snapshot=door.snapshot, from_month=from_month, to_month=to_month)
            door.show(rows, ["cause", "customers", "amount"], "Contraction and churn by cause")
            return
        rows = insights.shrink_causes(snapshot=door.snapshot, from_month=from_month, to_month=to_month,
                                      is_open_only=still_open)
        door.show(rows, ["month", "customer_id", "name", "owner", "stage", "delta", "cause", "note"],
                  "Why it shrank", empty="Nothing shrank by that much.")


def self_check(home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """The quarterly self-check: four questions with counts (REV-162)."""
    from hedgerow.app.revenue import insights

    with opened(home, as_of, as_json, as_csv) as door:
        door.show(insights.self_check(snapshot=door.snapshot), ["question", "measure", "count", "note"],
                  "Quarterly self-check", series="no")
