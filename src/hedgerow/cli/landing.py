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
    path: Annotated[Path, typer.Argument(help="The folder or file to read; for stripe the folder that keeps what "
                                              "was read.")] = Path("."),
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
    if format_name == "stripe" and path == Path("."):
        path = place.landing / ".stripe-cache" / (source or "stripe")
    try:
        result = import_source(place, ImportRequest(
            format_name, path, day, _now(), lambda: _vanished_share_max(place, day), source,
            {name: value for name, value in mapped.items() if value}, accept_loss, dry_run))
    except UnableTo as error:
        fail_with(error, as_json=as_json)
    _print(result, as_json=as_json, as_csv=as_csv)
    raise typer.Exit(int(Exit.FAILED if result.refused or result.errors else Exit.OK))


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


merge = typer.Typer(help="Customers that are one: source ids mapped straight to the id that stays.",
                    no_args_is_help=True)
override = typer.Typer(help="A one-customer fix with a note: months, a field, a value.", no_args_is_help=True)

By = Annotated[str, typer.Option("--by", envvar="HEDGEROW_USER", help="Who does this; HEDGEROW_USER when left out.")]


@merge.command("add")
def merge_add(
    source: Annotated[str, typer.Argument(help="Billing customer id that is replaced.")],
    canonical: Annotated[str, typer.Argument(help="Billing customer id that stays.")],
    kind: Annotated[str, typer.Option(help="region_migration, new_org_new_contract or parallel_teams.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    source_organization: Annotated[str, typer.Option(help="Organization id that is replaced.")] = "",
    canonical_organization: Annotated[str, typer.Option(help="Organization id that stays.")] = "",
    by: By = "", home: HomeOption = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Map a customer to another, for all history. Chains and circles are refused."""
    _add("merges", {"source_customer_id": source, "source_organization_id": source_organization,
                    "canonical_customer_id": canonical, "canonical_organization_id": canonical_organization,
                    "kind": kind, "note": note}, by, note, home, as_json, as_csv)


@merge.command("list")
def merge_list(home: HomeOption = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """The merges entered here (imported ones stand in their source)."""
    _list("merges", home, as_json, as_csv)


@merge.command("remove")
def merge_remove(
    source: Annotated[str, typer.Argument(help="Billing customer id that was replaced.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    by: By = "", home: HomeOption = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Take a merge back; history is built without it from the next run on."""
    _remove("merges", {"source_customer_id": source}, by, note, home, as_json, as_csv)


@merge.command("candidates")
def merge_candidates(home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """Accounts that may be one: same domain or parent, one at 0 as the other appears. A person decides."""
    from hedgerow.app.revenue.insights import merge_candidates as candidates
    from hedgerow.cli.revenue_door import opened

    with opened(home, as_of, as_json, as_csv) as door:
        door.show(candidates(snapshot=door.snapshot), ["source", "target", "because", "gone_in", "gone", "appeared_in",
                                                       "appeared", "merge_with"],
                  "Merge candidates", empty="No account disappeared as a related one appeared.")


@override.command("add")
def override_add(
    organization: Annotated[str, typer.Argument(help="Organization, or billing customer when it has none.")],
    field: Annotated[str, typer.Argument(help="total_mrr, product_analytics_mrr, discount_percent or selected_type.")],
    value: Annotated[str, typer.Argument(help="Dollars, a percentage, or annual for selected_type.")],
    from_month: Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")],
    to_month: Annotated[str, typer.Option("--to", help="Last month, included.")],
    note: Annotated[str, typer.Option(help="Why; an override needs it.")] = "",
    applies_to: Annotated[str, typer.Option(help="summary or recalc; follows from the field when left out.")] = "",
    by: By = "", home: HomeOption = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Replace one value of one customer in some months. Overlapping overrides are refused."""
    layer = applies_to or ("recalc" if field == "selected_type" else "summary")
    _add("overrides", {"organization_id": organization, "from_month": from_month, "to_month": to_month, "field": field,
                       "value": value, "applies_to": layer, "note": note}, by, note, home, as_json, as_csv)


@override.command("list")
def override_list(home: HomeOption = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """The overrides entered here (imported ones stand in their source)."""
    _list("overrides", home, as_json, as_csv)


@override.command("remove")
def override_remove(
    organization: Annotated[str, typer.Argument(help="Organization, or billing customer when it has none.")],
    field: Annotated[str, typer.Argument(help="The field that was replaced.")],
    from_month: Annotated[str, typer.Option("--from", help="Its first month, when there are several.")] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    by: By = "", home: HomeOption = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Take an override back; the computed value counts again from the next run on."""
    match = {"organization_id": organization, "field": field, "from_month": from_month}
    _remove("overrides", match, by, note, home, as_json, as_csv)


def _signed(by: str, note: str) -> Any:
    from hedgerow.app.landing.ledger import Signed

    return Signed(by or "unknown", _now(), note)


def _add(table: str, row: dict[str, str], by: str, note: str, home: str | None, as_json: bool, as_csv: bool) -> None:
    from hedgerow.app.landing.ledger import add_row
    from hedgerow.home import Home
    from hedgerow.kernel.problem import UnableTo

    try:
        change = add_row(Home.at(home), table, row, _signed(by, note))
    except UnableTo as error:
        fail_with(error, as_json=as_json)
    show([{"changed": change.is_changed, **change.row}], title=change.text, as_json=as_json, as_csv=as_csv)


def _remove(table: str, match: dict[str, str], by: str, note: str, home: str | None, as_json: bool,
            as_csv: bool) -> None:
    from hedgerow.app.landing.ledger import remove_row
    from hedgerow.home import Home
    from hedgerow.kernel.problem import UnableTo

    try:
        change = remove_row(Home.at(home), table, match, _signed(by, note))
    except UnableTo as error:
        fail_with(error, as_json=as_json, exit_code=Exit.NOT_FOUND)
    show([{"changed": change.is_changed, **change.row}], title=change.text, as_json=as_json, as_csv=as_csv)


def _list(table: str, home: str | None, as_json: bool, as_csv: bool) -> None:
    from hedgerow.app.landing import ledger
    from hedgerow.home import Home

    show(ledger.rows(Home.at(home), table), as_json=as_json, as_csv=as_csv, empty=f"No {table} were entered here.")
