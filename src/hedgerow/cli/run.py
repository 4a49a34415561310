"""``hedgerow run``: the main job, from landing to snapshot, with a closing summary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hedgerow.cli.output import Exit, console_out, fail, fail_with, show
from hedgerow.home import Home

if TYPE_CHECKING:
    from hedgerow.warehouse.snapshot import Built


def run(
    home: Annotated[Path | None, typer.Option(help="Home folder; HEDGEROW_HOME or ./hedgerow-home.")] = None,
    as_of: Annotated[str | None, typer.Option(
        help="The day to compute for, YYYY-MM-DD; its month is the open one. Today.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Use only policy values recorded by this day. Today.")] = None,
    engine: Annotated[str, typer.Option(
        help="duckdb, clickhouse, spark or postgres.", envvar="HEDGEROW_ENGINE")] = "duckdb",
    policies: Annotated[Path | None, typer.Option(
        help="Company policy folder; <home>/policies when there is one.")] = None,
    memory_limit: Annotated[str, typer.Option(help="Such as 1GB; beyond it the embedded engine spills to disk.",
                                              envvar="HEDGEROW_MEMORY_LIMIT")] = "3GB",
    threads: Annotated[int | None, typer.Option(
        help="Threads of the embedded engine.", envvar="HEDGEROW_THREADS", min=1)] = None,
    force: Annotated[bool, typer.Option("--force", help="Build again even when nothing changed.")] = False,
    accept_loss: Annotated[bool, typer.Option(
        "--accept-loss", help="Accept that many paying customers vanished.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The summary as CSV.")] = False,
) -> None:
    """Compute everything from what has landed: revenue, adjustments, lifecycle, retention, cohorts, forecasts.

    Exit codes: 0 built (or nothing changed), 1 the build failed a check and the last good snapshot stays current,
    2 the call or the input is wrong.
    """
    from hedgerow.kernel.problem import UnableTo
    from hedgerow.policies.loader import load_policies
    from hedgerow.warehouse.engines import open_engine
    from hedgerow.warehouse.snapshot import build_snapshot

    place = Home.at(home)
    day = _day(as_of, "--as-of", as_json) or datetime.now(UTC).date()
    known = _day(known_at, "--known-at", as_json) or datetime.now(UTC).date()
    folder = policies or (place.policies if place.policies.is_dir() else None)
    options: dict[str, Any] = {}
    if engine == "duckdb":
        options = {"memory_limit": memory_limit, "threads": threads, "spill": place.root / "spill"}
    is_quiet = as_json or as_csv
    try:
        params = load_policies(folder).params(day, known)
        opened = open_engine(engine, **options)
        try:
            with _Progress(is_quiet) as progress:
                built = build_snapshot(place, opened, as_of=day, params=params, created_at=datetime.now(UTC),
                                       force=force, accept_loss=accept_loss, on_step=progress.step)
        finally:
            opened.close()
    except UnableTo as error:
        fail_with(error, as_json=as_json)
    if built.is_new and built.is_ok:
        _store_forecast(built)
    _report(place, built, as_json=as_json, as_csv=as_csv)
    if not built.is_ok:
        raise typer.Exit(int(Exit.FAILED))


def _store_forecast(built: Built) -> None:
    """The day's forecast is kept, so that it can be compared once the month has closed (REV-109)."""
    from hedgerow.app.revenue.queries.forecast_history import store_forecast
    from hedgerow.warehouse.snapshot_reader import Snapshot

    snapshot = Snapshot.open(built.folder)
    try:
        store_forecast(snapshot)
    finally:
        snapshot.close()


class _Progress:
    """A line that says which model is being built; nothing when a program reads the output."""

    def __init__(self, is_quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = None if is_quiet else Progress(
            TextColumn("{task.description:<32}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(), console=Console(stderr=True), transient=True)
        self._task: Any = None

    def __enter__(self) -> _Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def step(self, model: str, number: int, of: int) -> None:
        if self._bar:
            if self._task is None:
                self._task = self._bar.add_task(model, total=of)
            self._bar.update(self._task, description=model, completed=number, total=of)


def _day(text: str | None, option: str, as_json: bool) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{option} takes a day such as 2026-11-22, not {text!r}", code="bad_date", as_json=as_json)


def _report(home: Home, built: Built, *, as_json: bool, as_csv: bool) -> None:
    from hedgerow.app.revenue.closing import closing_summary

    summary = closing_summary(home, built)
    if as_json or as_csv:
        show([summary], as_json=as_json, as_csv=as_csv)
        return
    console = console_out()
    state = "ok" if built.is_ok else "FAILED: the last good snapshot stays current"
    console.print(f"Snapshot {built.folder.name} ({'built' if built.is_new else 'nothing changed'}): {state}")
    for check in built.checks:
        if not check.ok:
            console.print(f"  check failed: {check.check} ({check.rule}): {check.detail}")
    show([{"figure": label, "value": summary[key]} for key, label in _LABELS if summary.get(key) is not None])
    console.print("Look closer:  hedgerow revenue summary | movements | retention | movers | issues      "
                  "hedgerow doctor")


_LABELS = (
    ("as_of", "as of"), ("month", "last closed month"), ("accounts", "accounts"),
    ("paying_customers", "paying customers"),
    ("mrr", "MRR, unadjusted ($)"), ("arr", "ARR, unadjusted ($)"), ("mrr_adjusted", "MRR, adjusted ($)"),
    ("new", "new"), ("reactivated", "reactivated"), ("expansion", "expansion"), ("contraction", "contraction"),
    ("churned", "churned"), ("ndr_12", "NDR 12 months (%)"), ("gdr_12", "GDR 12 months (%)"),
    ("data_issues", "data issues"), ("refused_rows", "rows refused at import"),
    ("pending_adjustments", "pending adjustments"),
)
