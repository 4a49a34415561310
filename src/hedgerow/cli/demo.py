"""``hedgerow demo``: write the sources of an invented company."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from hedgerow.cli.output import console_out, fail, fail_with, show


def demo(
    path: Annotated[Path, typer.Argument(help="Folder to write into; made when missing.")],
    accounts: Annotated[int, typer.Option(help="Ordinary accounts on 1 January 2026; more later on.")] = 500,
    months: Annotated[int, typer.Option(help="Months of bills shown, the open month included.")] = 24,
    seed: Annotated[int, typer.Option(help="Another seed, another company.")] = 1,
    as_of: Annotated[str, typer.Option(help="Day of the export, YYYY-MM-DD; today when not given.")] = "",
    from_month: Annotated[str, typer.Option("--from", help="First month, YYYY-MM, instead of --months.")] = "",
    file_format: Annotated[str, typer.Option("--format", help="csv or parquet.")] = "csv",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Write an invented company's sources in the open contract, with planted mistakes and the truth about them."""
    from hedgerow.demo.company import UnableToWriteDemo, write_company

    try:
        day = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError:
        fail(f"--as-of {as_of!r} is not a day such as 2026-11-22", code="bad_argument", as_json=as_json)
    try:
        summary = write_company(path, accounts=accounts, months=months, seed=seed, as_of=day, file_format=file_format,
                                from_month=from_month)
    except UnableToWriteDemo as error:
        fail_with(error, as_json=as_json)
    rows = [{"table": table, "rows": count} for table, count in summary.rows.items()]
    show(rows, columns=["table", "rows"], title="The demo company", as_json=as_json, as_csv=as_csv)
    if not (as_json or as_csv):
        console_out().print(
            f"Written to {summary.path}: bills from {summary.from_month} to {summary.as_of}, and truth.json with "
            f"{summary.planted} planted things.\nNext: hedgerow import contract {summary.path}, then hedgerow run.")
