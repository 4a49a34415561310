"""What every ``hedgerow revenue`` command shares: its options, opening the snapshot, printing, exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hedgerow.cli.output import Exit, Row, fail, fail_with, show
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo

if TYPE_CHECKING:
    from hedgerow.warehouse.snapshot_reader import Snapshot

HomeOption = Annotated[str | None, typer.Option("--home", help="Home folder; else HEDGEROW_HOME.", metavar="FOLDER")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Answer from the snapshot of this day.", metavar="DATE")]
Json = Annotated[bool, typer.Option("--json", help="A JSON list, one object per row.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV, safe to open in a spreadsheet.")]
From = Annotated[str | None, typer.Option("--from", help="First month, included.", metavar="YYYY-MM")]
To = Annotated[str | None, typer.Option("--to", help="Last month, included.", metavar="YYYY-MM")]
Product = Annotated[str | None, typer.Option("--product", help="A product key, total, or all.", metavar="KEY|all")]
Series = Annotated[str, typer.Option("--series", help="adjusted or unadjusted.")]
Chart = Annotated[str | None, typer.Option("--chart", help="Also draw a picture.", metavar="FILE.svg|png")]
Marker = Annotated[list[str] | None, typer.Option("--marker", help="Mark a dated event in the chart.",
                                                  metavar="YYYY-MM=TEXT")]


@dataclass(frozen=True)
class Door:
    """The asked form of the answer, and where to read it."""

    snapshot: Snapshot
    as_json: bool = False
    as_csv: bool = False

    @property
    def for_people(self) -> bool:
        return not (self.as_json or self.as_csv)

    def product(self, asked: str | None) -> str | None:
        """Programs get every product unless they ask; a table for people begins with the total."""
        return asked or ("total" if self.for_people else None)

    def show(self, rows: Sequence[Row], columns: Sequence[str], title: str, *, series: str = "adjusted",
             empty: str = "Nothing to show.") -> None:
        shown = f"{title}\n{self.snapshot.stamp(series)}" if self.for_people else ""
        show(rows, columns=columns, title=shown, as_json=self.as_json, as_csv=self.as_csv, empty=empty)
        self.say("owner: revops · definitions: hedgerow revenue metrics --definitions")

    def say(self, text: str) -> None:
        """A line for people only; it never mixes into JSON or CSV."""
        if self.for_people:
            typer.echo(text)

    def draw(self, file: str | None, make: Callable[[], Any]) -> None:
        if file:
            from hedgerow.app.revenue.charts import save_chart

            path = save_chart(make(), Path(file))
            sys.stderr.write(f"chart written: {path}\n")


@contextmanager
def opened(home: str | None, as_of: str | None, as_json: bool = False, as_csv: bool = False) -> Iterator[Door]:
    """Open the snapshot, and turn every refusal into a message with the way out and an exit code."""
    if as_json and as_csv:
        fail("choose --json or --csv, not both", code="bad_format")
    from hedgerow.warehouse.snapshot_reader import Snapshot

    try:
        with Snapshot.open(Home.at(home), as_of=parse_day(as_of)) as snapshot:
            if not snapshot.is_ok:
                sys.stderr.write(f"hedgerow: snapshot {snapshot.id} failed its checks; see: hedgerow doctor\n")
            yield Door(snapshot, as_json, as_csv)
    except UnableTo as error:
        fail_with(error, as_json=as_json, exit_code=exit_of(error))


def parse_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UnableTo("bad_date", f"--as-of {text!r} is not a day; write it like 2025-11-30") from None


def exit_of(error: UnableTo) -> Exit:
    """Names, months and days that do not exist leave with 3; a wrong call with 2."""
    missing = ("unknown_", "ambiguous_", "no_data_", "no_snapshot_for_day", "not_closed")
    return Exit.NOT_FOUND if error.code.startswith(missing) else Exit.BAD_INPUT
