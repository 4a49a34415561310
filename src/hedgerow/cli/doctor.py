"""``hedgerow doctor``: one look at everything that can be wrong, with the way out of each."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from hedgerow.cli.output import Exit, fail_with, show
from hedgerow.cli.revenue_door import AsOf, Csv, HomeOption, Json, parse_day
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo


def doctor(home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Say what is configured, how old each source is, what is wrong and how to mend it. Exit code 1: something is."""
    from hedgerow.app.doctor import doctor as examine
    from hedgerow.app.doctor import is_wrong

    try:
        rows = examine(home=Home.at(home), as_of=parse_day(as_of) or datetime.now(UTC).date())
    except UnableTo as error:
        fail_with(error, as_json=as_json)
    show(rows, columns=["area", "check", "state", "detail", "mend"], as_json=as_json, as_csv=as_csv,
         title="Everything that can be wrong, and how to mend it")
    if is_wrong(rows):
        raise typer.Exit(int(Exit.FAILED))
