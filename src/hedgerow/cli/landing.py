"""``hedgerow import``, ``hedgerow merge`` and ``hedgerow override``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hedgerow.cli.output import Exit, console_out, fail_with, show

if TYPE_CHECKING:
    from datetime import date

    from hedgerow.app.landing.operations import Imported
    from hedgerow.home import Home

_SHOWN = 10

HomeOption = Annotated[str | None, typer.Option("--home", help="Home folder; else HEDGEROW_HOME, else hedgerow-home.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="The day to see things from, YYYY-MM-DD; else today.")]
Json = Annotated[bool, typer.Option("--json", help="A JSON list for programs.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV for spreadsheets.")]


def import_(
    format_name: Annotated[str, typer.Argument(metavar="FORMAT", help="contract, subscriptions, invoices or stripe.")],
    path: Annotated[Path, typer.Argument(help="The folder or file to read.")] = Path("."),
    source: Annotated[str, typer.Option(help="Name of the source; the format's name when left out. "
                                             "An import replaces what this source brought before.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be stored and which figures "
                                                            "would change.")] = False,
    accept_loss: Annotated[bool, typer.Option("--accept-loss", help="Store it even if many paying customers "
                                                                    "vanish.")] = False,
    options: Annotated[list[str] | None, typer.Option("--option", help="NAME=VALUE for the format.")] = None,
    customer: Annotated[str, typer.Option(help="Column of the customer (subscriptions, invoices).")] = "",
    start: Annotated[str, typer.Option(help="Column of the first day (subscriptions).")] = "",
    end: Annotated[str, typer.Option(help="Column of the day after the last day (subscriptions).")] = "",
    amount: Annotated[str, typer.Option(help="Column of the amount (subscriptions: a month; invoices: a line).")] = "",
    product: Annotated[str, typer.Option(help="Column of the product.")] = "",
    id_: Annotated[str, typer.Option("--id", help="Column of the record's id (subscriptions).")] = "",
    invoice: Annotated[str, typer.Option(help="Column of the invoice id (invoices).")] = "",
    date_: Annotated[str, typer.Option("--date", help="Column of the invoice date (invoices).")] = "",
    period_start: Annotated[str, typer.Option(help="Column of the period's first day (invoices).")] = "",
    period_end: Annotated[str, typer.Option(help="Column of the day after the period (invoices).")] = "",
    tax: Annotated[str, typer.Option(help="Column of the line's tax (invoices).")] = "",
    quantity: Annotated[str, typer.Option(help="Column of the units (invoices).")] = "",
    currency: Annotated[str, typer.Option(help="Column of the currency (invoices).")] = "",
    status: Annotated[str, typer.Option(help="Column of the invoice's state (invoices).")] = "",
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Check a source row by row and store its good rows. Bad rows are refused and named, never dropped in silence.

    Exit code 0: all rows stored; 1: some were refused, the good ones are stored; 2: nothing was stored.
    """
    from hedgerow.app.landing.operations import ImportRequest, import_source
    from hedgerow.home import Home
    from hedgerow.kernel.problem import UnableTo

    mapped = {"customer": customer, "start": start, "end": end, "amount": amount, "product": product, "id": id_,
              "invoice": invoice, "date": date_, "period_start": period_start, "period_end": period_end, "tax": tax,
              "quantity": quantity, "currency": currency, "status": status, **_pairs(options or [])}
    place, day = Home.at(home), _day(as_of)
    try:
        result = import_source(place, ImportRequest(
            format_name, path, day, _now(), lambda: _vanished_share_max(place, day), source,
            {name: value for name, value in mapped.items() if value}, accept_loss, dry_run))
    except UnableTo as error:
        fail_with(error, as_json=as_json)
    _print(result, as_json=as_json, as_csv=as_csv)
    raise typer.Exit(int(Exit.FAILED if result.refused else Exit.OK))


def _pairs(options: list[str]) -> dict[str, str]:
    for option in options:
        if "=" not in option:
            raise typer.BadParameter(f"{option!r} is not NAME=VALUE", param_hint="--option")
    return dict(option.split("=", 1) for option in options)


def _day(text: str | None) -> date:
    from datetime import UTC, date, datetime

    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2025-11-30", param_hint="--as-of") from None


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC).replace(microsecond=0)


def _vanished_share_max(home: Home, as_of: date) -> Any:
    """The policy's stop, in percent (revenue.vanished_share_max)."""
    from hedgerow.policies.loader import load_policies

    company = home.policies if home.policies.is_dir() else None
    return load_policies(company).params(as_of, _now().date()).decimal("revenue.vanished_share_max")


def _print(result: Imported, *, as_json: bool, as_csv: bool) -> None:
    rows: list[dict[str, Any]] = [
        {"source": result.source, "table": c.table, "rows": c.rows, "stored": c.stored, "refused": c.refused,
         "replaced": c.replaced} for c in result.counts]
    if result.figures and (as_json or as_csv):
        rows = [dict(row) for row in result.figures]
    if as_json or as_csv:
        show(rows, as_json=as_json, as_csv=as_csv)
        return
    _say(result, rows)


def _say(result: Imported, rows: list[dict[str, Any]]) -> None:
    from rich.text import Text

    out = console_out()
    for note in result.notes:
        out.print(Text(note))
    show(rows, columns=["table", "rows", "stored", "refused", "replaced"], title=_headline(result))
    if result.problems:
        shown = [{"where": str(p.where), "value": p.value, "what": p.message, "code": p.code,
                  "kind": "refused" if p.is_error else "notice"} for p in result.problems[:_SHOWN]]
        show(shown, title=f"{result.errors} problems, {result.notices} notices"
                          + (f"; the first {_SHOWN}" if len(result.problems) > _SHOWN else ""))
    if result.problems_file and (result.errors or result.notices):
        out.print(Text(f"All problems and notices: {result.problems_file}"))
    if result.vanished:
        out.print(Text(f"{len(result.vanished.customers)} of {result.vanished.paying} customers that paid in "
                       f"{result.vanished.month} do not in this import."))
    if result.figures:
        show(result.figures, title="Figures by month, now and after this import")


def _headline(result: Imported) -> str:
    if result.is_unchanged:
        return f"{result.source}: the same input is stored already; nothing was changed"
    if not result.is_stored:
        return f"{result.source}: this would be stored (dry run; nothing was changed)"
    how = "stored, in place of what this source brought before" if result.replaced_source else "stored"
    return f"{result.source}: {how}"
