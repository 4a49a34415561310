"""``hedgerow revenue``: commands that open a figure: explain, adjustments, splits, issues, metric."""

from __future__ import annotations

from typing import Annotated

import typer

from hedgerow.cli.output import fail
from hedgerow.cli.revenue_door import AsOf, Csv, From, HomeOption, Json, Product, To, opened

#: Kept here so that a misspelt figure can be told from a customer without loading the queries.
_FIGURES = ("mrr", "arr", "paying_customers", "new", "reactivated", "retained", "expansion", "contraction", "churned",
            "baseline", "ndr", "nrr", "gdr")
_SHOWN = 50


def add_to(app: typer.Typer) -> None:
    for command in (explain, adjustments, splits, issues, metric, metrics):
        app.command()(command)


def explain(
    what: Annotated[str, typer.Argument(help=f"A figure ({', '.join(_FIGURES)}), or a customer.")],
    at: Annotated[str | None, typer.Argument(metavar="[YYYY-MM]", help="The month; needed for a customer.")] = None,
    month: Annotated[str | None, typer.Option("--month", help="The month.", metavar="YYYY-MM")] = None,
    product: Product = None,
    series: Annotated[str | None, typer.Option("--series", help="adjusted or unadjusted; by default the one that the "
                                               "figure is published in (REV-50).")] = None,
    segment: Annotated[str | None, typer.Option("--segment", help="Only customers of this segment.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Only customers of this owner.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="Rows shown; people see 50, programs all; 0 is all.",
                                              min=0)] = None,
    window: Annotated[int, typer.Option("--window", help="Months back, for ndr and gdr.", min=1)] = 12,
    trace: Annotated[bool, typer.Option("--trace", help="Also what every model made of the month.")] = False,
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """From a figure to the customers that add up to it; from a customer's month to its invoice rows."""
    chosen = at or month
    with opened(home, as_of, as_json, as_csv) as door:
        if what in _FIGURES:
            from hedgerow.app.revenue.queries.explain_figure import explain_figure
            from hedgerow.kernel.money import Money, percent

            rows = explain_figure(snapshot=door.snapshot, metric=what, month=chosen, product=product, segment=segment,
                                  owner=owner, series=series, window=window)
            most = limit if limit is not None else _SHOWN if door.for_people else 0
            columns = ["metric", "month", "series", "product", "customer_id", "name", "segment", "owner", "stage",
                       "previous", "current", "contribution", "status"]
            if door.for_people:
                columns = ["customer_id", "name", "segment", "owner", "stage", "previous", "current", "contribution"]
            title = f"What {what} is made of" + (f": {rows[0]['month']}, {rows[0]['product'] or 'total'}, "
                                                 f"{rows[0]['status']}" if rows else "")
            door.show(rows[:most] if most else rows, columns, title, series=rows[0]["series"] if rows else "no")
            total = (len(rows) if what == "paying_customers" else
                     Money(sum(Money.parse(row["contribution"]).cents for row in rows)))
            if most and len(rows) > most:
                door.say(f"The first {most} of {len(rows)}; all with --limit 0, --csv or --json")
            door.say(f"{len(rows)} customers add up to {total}")
            if what in ("ndr", "nrr", "gdr"):
                base = Money(sum(Money.parse(row["previous"]).cents for row in rows))
                door.say(f"divided by their base of {base}: {percent(Money.parse(str(total)).cents, base.cents)} %")
            if rows:
                door.say(f"Further down: hedgerow revenue explain {rows[0]['customer_id']} {rows[0]['month']}")
            return
        if not chosen:
            fail(f"{what!r} is no figure; for a customer, say the month: hedgerow revenue explain {what} 2025-11. "
                 f"Figures: {', '.join(_FIGURES)}", code="month_needed", as_json=as_json)
        from hedgerow.app.revenue.queries.explain_customer import explain_customer

        rows = explain_customer(snapshot=door.snapshot, customer=what, month=chosen, is_traced=trace)
        door.show(rows, ["section", "item", "amount", "detail", "rule", "cite"], f"{what} in {chosen}", series="both")


def adjustments(
    pending: Annotated[bool, typer.Option("--pending", help="Only those that wait for their next month.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Also tests that do not apply.")] = False,
    customer: Annotated[str | None, typer.Option("--customer", help="Only this customer.")] = None,
    from_month: From = None, to_month: To = None, home: HomeOption = None, as_of: AsOf = None, as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Each adjustment with rule, state, before, after, evidence, and in plain words (REV-40 to REV-51)."""
    from hedgerow.app.revenue.queries import adjustments as query

    with opened(home, as_of, as_json, as_csv) as door:
        rows = query.adjustments(snapshot=door.snapshot, from_month=from_month, to_month=to_month, customer=customer,
                                 is_pending=pending, is_all=everything)
        columns = ["month", "customer_id", "name", "rule", "adjustment", "state", "product", "before", "after",
                   "two_months_before", "month_before", "month_after", "credits", "text", "cite"]
        if door.for_people:
            columns = ["month", "customer_id", "name", "rule", "state", "before", "after", "text"]
        door.show(rows, columns, "Adjustments", empty="No adjustments in these months.")


def splits(
    what: Annotated[str, typer.Argument(metavar="CUSTOMER|CONTRACT", help="A customer, contract or purchase.")],
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """The schedule of prepaid purchases and amortized charges by month (REV-13, REV-30, REV-32, REV-156)."""
    from hedgerow.app.revenue.queries import splits as query

    with opened(home, as_of, as_json, as_csv) as door:
        rows = query.splits(snapshot=door.snapshot, customer_or_contract=what)
        door.show(rows, ["kind", "purchase_id", "contract_id", "customer_id", "status", "part", "of", "period_start",
                         "period_end", "month", "amount", "state"], f"Prepaid schedule of {what}", series="unadjusted",
                  empty="No prepaid purchase and no amortized charge.")


def issues(
    code: Annotated[str | None, typer.Option("--code", help="Only this code.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="Only this customer.")] = None,
    by_code: Annotated[bool | None, typer.Option("--by-code/--each", help="Counts per code, or each record. "
                                                 "People see counts first; programs each record.")] = None,
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """What is remarkable in the sources, by which rule, and what to do."""
    from hedgerow.app.revenue.queries import adjustments as query

    with opened(home, as_of, as_json, as_csv) as door:
        is_narrow = bool(code or customer)
        if by_code or (by_code is None and door.for_people and not is_narrow):
            door.show(query.issue_groups(snapshot=door.snapshot), ["code", "rule", "records", "customers", "what_to_do"],
                      "Data issues; the money is counted all the same", series="no", empty="No data issues.")
            door.say("Each record: hedgerow revenue issues --code CODE, or --each")
            return
        rows = query.issues(snapshot=door.snapshot, customer=customer, code=code)
        door.show(rows, ["code", "rule", "customer_id", "name", "month", "record", "detail", "what_to_do"],
                  "Data issues; the money is counted all the same", series="no", empty="No data issues.")


def metric(
    name: Annotated[str, typer.Argument(help="A governed name, such as nrr_monthly_rolling.")],
    at: Annotated[str | None, typer.Option("--month", help="Default: the last closed month.")] = None,
    window: Annotated[int | None, typer.Option("--window", help="Months back, for rolling methods; 12.", min=1)] = None,
    product: Product = None, home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """A figure by its governed name, with series, basis, definition, owner, state and citation (REV-126)."""
    from hedgerow.app.revenue import metrics as query

    with opened(home, as_of, as_json, as_csv) as door:
        row = query.metric(snapshot=door.snapshot, name=name, month=at, product=product, window=window)
        if door.for_people:
            label = "" if row["state"] == "approved" else f" ({row['state']})"
            door.show([{"field": key, "value": value} for key, value in row.items() if value is not None],
                      ["field", "value"], f"{name}{label}: {row['value'] if row['value'] is not None else 'unknown'}",
                      series=row["series"])
        else:
            door.show([row], list(row), name, series=row["series"])


def metrics(
    at: Annotated[str | None, typer.Option("--month", help="Default: the last closed month.")] = None,
    definitions: Annotated[bool, typer.Option("--definitions", help="What the words mean and who owns what.")] = False,
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Every metric of the catalogue with its value; to change definitions: hedgerow metrics (REV-126, REV-160)."""
    from hedgerow.app.revenue import metrics as query

    with opened(home, as_of, as_json, as_csv) as door:
        if definitions:
            from hedgerow.app.metrics.published import published

            door.show(published(door.snapshot.home), ["kind", "term", "text", "owner", "state", "rule", "cite"],
                      "Definitions and ownership", series="no")
            return
        rows = query.metrics(snapshot=door.snapshot, month=at)
        columns = ["metric", "value", "unit", "month", "product", "series", "basis", "status", "definition", "owner",
                   "state", "cite", "as_of", "policy", "snapshot", "note"]
        if door.for_people:
            columns = ["metric", "value", "unit", "month", "series", "state", "owner", "note"]
        door.show(rows, columns, "Governed metrics", series="each names its")
