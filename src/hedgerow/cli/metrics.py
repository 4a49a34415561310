"""``hedgerow metrics``: the catalogue of definitions: list, show, check, propose, edit, approve, delete, view.

Values stand in ``hedgerow revenue metrics``; both read this one catalogue.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from hedgerow.cli.output import Exit, fail_with, show
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo

app = typer.Typer(
    no_args_is_help=True,
    help="Metric definitions: governed names, owners, and who approved them. Values: hedgerow revenue metrics.")

Name = Annotated[str, typer.Argument(help="Metric, for example nrr_monthly_rolling")]
HomeFolder = Annotated[Path | None, typer.Option("--home", help="Home folder; HEDGEROW_HOME or ./hedgerow-home")]
By = Annotated[str, typer.Option(help="Who does it; an approver must be another person than the last editor")]
Note = Annotated[str, typer.Option(help="Why")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV")]
Description = Annotated[str, typer.Option(help="What it tells, in one line")]
Unit = Annotated[str, typer.Option(help="usd, percent or count")]
Owner = Annotated[str, typer.Option(help="Role that answers for it")]
Definition = Annotated[str, typer.Option(help="How it is computed, in words")]
Series = Annotated[str, typer.Option(help="unadjusted or adjusted")]
Model = Annotated[str, typer.Option(help="SQL model behind it")]
Cite = Annotated[str, typer.Option(help="Page and section that the definition stands on")]
Dimensions = Annotated[list[str] | None, typer.Option("--dimension", help="Dimension; may be repeated")]


@app.command("list")
def list_(home: HomeFolder = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """All live metrics; unapproved ones say proposed."""
    from hedgerow.app.metrics.catalogue import list_metrics

    with _Told(as_json):
        rows = [metric.row() for metric in list_metrics(Home.at(home))]
        columns = None if as_json or as_csv else ["metric", "state", "unit", "series", "owner", "description"]
        show(rows, columns=columns, as_json=as_json, as_csv=as_csv)


@app.command("show")
def show_(name: Name, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """One metric with its definition, and what a change of its model would move."""
    from hedgerow.app.metrics.catalogue import find_metric
    from hedgerow.app.metrics.operations import affected_by

    with _Told(as_json):
        place = Home.at(home)
        row = find_metric(place, name).row()
        row["same_model"] = ", ".join(f"{other.name} ({other.owner})" for other in affected_by(place, name))
        show([row] if as_json else [{"field": key.replace("_", " "), "value": value} for key, value in row.items()],
             as_json=as_json)


@app.command()
def check(name: Name, product: Annotated[list[str] | None, typer.Option(help="Known product; may be repeated")] = None,
          as_json: AsJson = False) -> None:
    """Whether a name follows the rules; exit code 1 when it does not."""
    from hedgerow.app.decide import decide

    with _Told(as_json):
        day = datetime.now(UTC).date()
        answer = decide("revenue.metric_name", {"name": name, "product_keys": product or []}, as_of=day, known_at=day,
                        policies=_policies(Home.at()))
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
    else:
        for reason in answer["reasons"]:
            typer.echo(f"{reason['code']}  {reason['text']}")
        for near in answer["near"]:
            typer.echo(f"instead: {near['would_change_if']['name']}")
    raise typer.Exit(Exit.OK if answer["value"]["is_valid"] else Exit.FAILED)


@app.command()
def propose(name: Name, by: By, description: Description, unit: Unit, owner: Owner, definition: Definition,
            series: Series, model: Model, dimension: Dimensions = None, cite: Cite = "", note: Note = "",
            home: HomeFolder = None,
            product: Annotated[list[str] | None, typer.Option(help="Known product; may be repeated")] = None,
            as_json: AsJson = False) -> None:
    """Propose a new metric; another person approves it."""
    said = {"description": description, "unit": unit, "owner": owner, "definition": definition, "series": series,
            "model": model, "dimensions": dimension or [], "cite": cite}
    _change("propose", name, by, note, home, as_json, definition=said, product_keys=product or [])


@app.command()
def edit(name: Name, by: By, description: Description = "", unit: Unit = "", owner: Owner = "",
         definition: Definition = "", series: Series = "", model: Model = "", dimension: Dimensions = None,
         cite: Cite = "", note: Note = "", home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Redefine a metric under its name; it is proposed again until another person approves it."""
    said = {"description": description, "unit": unit, "owner": owner, "definition": definition, "series": series,
            "model": model, "dimensions": dimension or [], "cite": cite}
    _change("edit", name, by, note, home, as_json, definition=said)


@app.command()
def approve(name: Name, by: By, note: Note = "", home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Approve a proposed metric."""
    _change("approve", name, by, note, home, as_json)


@app.command()
def delete(name: Name, by: By, note: Note = "", home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Delete a metric; its history stays, and the name is free again."""
    _change("delete", name, by, note, home, as_json)


@app.command()
def history(name: Name, home: HomeFolder = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """Every step that a name went through, across deletions."""
    from hedgerow.app.metrics.catalogue import history_of

    with _Told(as_json):
        show([event.row() for event in history_of(Home.at(home), name)], as_json=as_json, as_csv=as_csv,
             empty=f"{name} was never proposed.")


@app.command()
def view(
    model: Annotated[str, typer.Argument(help="The SQL model that changes, for example retention")],
    before: Annotated[str | None, typer.Option(help="Id of the snapshot from before the change")] = None,
    month: Annotated[str | None, typer.Option(help="A closed month, YYYY-MM; the last one in both")] = None,
    by: Annotated[str, typer.Option(help="Who changed it; the change is then recorded")] = "",
    note: Note = "", home: HomeFolder = None, as_json: AsJson = False, as_csv: AsCsv = False,
) -> None:
    """What a change of a shared model moves: metrics, owners, one closed month before and after (REV-125)."""
    from hedgerow.app.revenue.view_change import record_view_change, view_change
    from hedgerow.warehouse.snapshot_reader import Snapshot

    with _Told(as_json), Snapshot.open(Home.at(home)) as snapshot:
        if by and not before:
            raise UnableTo("no_before", "to record a change, name the snapshot from before it: --before ID")
        if by:
            rows = record_view_change(snapshot=snapshot, model=model, before=str(before), by=by, note=note,
                                      month=month, at=datetime.now(UTC))
        else:
            rows = view_change(snapshot=snapshot, model=model, before=before, month=month)
        columns = ["model", "model_owner", "metric", "owner", "state", "month", "before", "after", "before_snapshot",
                   "after_snapshot"]
        if not (as_json or as_csv):
            columns = ["metric", "owner", "state", "month", "before", "after"]
        show(rows, columns=columns, title=f"Metrics that stand on {model}", as_json=as_json, as_csv=as_csv,
             empty=f"No metric stands on {model}.")
        if by and not as_json and not as_csv:
            typer.echo(f"Recorded; tell {', '.join(sorted({row['owner'] for row in rows})) or 'nobody'}.")


def _change(action: str, name: str, by: str, note: str, home: Path | None, as_json: bool, **more: Any) -> None:
    from hedgerow.app.metrics.operations import affected_by, change_metric

    with _Told(as_json):
        place = Home.at(home)
        told = affected_by(place, name) if action in ("edit", "delete") else []
        metric = change_metric(place, action, name, by=by, at=datetime.now(UTC), policies=_policies(place), note=note,
                               **more)
        if as_json:
            show([metric.row()], as_json=True)
            return
        typer.echo(f"{metric.name} is {metric.state}.")
        for other in told:
            typer.echo(f"Same model ({metric.model}): {other.name}; tell {other.owner}.")


def _policies(home: Home) -> Any:
    from hedgerow.policies.loader import load_policies

    return load_policies(home.policies if home.policies.is_dir() else None)


class _Told:
    """Refusals become messages and exit codes."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, UnableTo):
            _fail(error, self.as_json)


def _fail(error: UnableTo, as_json: bool) -> NoReturn:
    missing = error.code.startswith("unknown_") or error.code in ("not_there", "not_closed")
    fail_with(error, as_json=as_json, exit_code=Exit.NOT_FOUND if missing else Exit.BAD_INPUT)
