"""``hedgerow revenue …``: read the current snapshot and print. Every figure names its series and its day."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hedgerow.cli.revenue_door import AsOf, Chart, Csv, From, HomeOption, Json, Marker, Product, Series, To, opened

app = typer.Typer(no_args_is_help=True, help="MRR, movements, retention, forecast: ask the current snapshot.")

Window = Annotated[int | None, typer.Option("--window", help="Months back; by default all published windows.")]


@app.command()
def movements(
    from_month: From = None, to_month: To = None, product: Product = None, series: Series = "adjusted",
    rates: Annotated[bool, typer.Option("--rates", help="Baseline and rates in percent instead.")] = False,
    chart: Chart = None, home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """MRR movements: new, reactivated, retained, expansion, contraction, churned (REV-150)."""
    from hedgerow.app.revenue.queries import movements as query

    with opened(home, as_of, as_json, as_csv) as door:
        asked: dict[str, Any] = {"snapshot": door.snapshot, "from_month": from_month, "to_month": to_month,
                                 "product": door.product(product), "series": series}
        rows = query.movement_rates(**asked) if rates else query.movements(**asked)
        door.draw(chart, lambda: _charts().movement_chart(query.movements(**asked), series))
        columns = (["month", "product", "baseline", "new_rate", "reactivated_rate", "expansion_rate",
                    "contraction_rate", "churn_rate", "status"] if rates else
                   ["month", "product", "component", "customers", "amount", "status"])
        if door.for_people and not rates:
            rows, columns = _movement_table(rows)
        door.show(rows, columns, "MRR movements" + (" as percent of the baseline" if rates else ", dollars"),
                  series=series)


def _movement_table(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """One line a month, a column a component, and a bar for MRR, for people."""
    from hedgerow.app.revenue.sparks import bars
    from hedgerow.kernel.money import Money

    lines: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault((row["month"], row["product"]), {
            "month": row["month"], "product": row["product"] or "total", "status": row["status"], "_": 0})
        line[row["component"]] = row["amount"]
        line["_"] += 0 if row["component"] == "churned" else Money.parse(row["amount"]).cents
    table = list(lines.values())
    for line, bar in zip(table, bars([line["_"] for line in table]), strict=True):
        line |= {"mrr": str(Money(line["_"])), "trend": bar}
    return table, ["month", "product", "new", "reactivated", "retained", "expansion", "contraction", "churned",
                   "mrr", "trend", "status"]


@app.command()
def retention(
    from_month: From = None, to_month: To = None, window: Window = None, product: Product = None,
    chart: Chart = None, marker: Marker = None, home: HomeOption = None, as_of: AsOf = None, as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Rolling NDR and GDR (NRR is the same as NDR) over 3, 6 and 12 months (REV-80)."""
    from hedgerow.app.revenue.queries import retention as query

    with opened(home, as_of, as_json, as_csv) as door:
        rows = query.retention(snapshot=door.snapshot, from_month=from_month, to_month=to_month, window=window,
                               product=door.product(product))
        door.draw(chart, lambda: _charts().retention_chart(rows, marker or []))
        door.show(rows, ["month", "window", "product", "base", "current", "capped", "customers", "ndr", "gdr",
                         "note", "status"], "Rolling retention, percent")


@app.command()
def month(
    customer: Annotated[str, typer.Argument(help="Id, merged id, domain or exact name.")],
    at: Annotated[str | None, typer.Argument(metavar="[YYYY-MM]", help="One month only.")] = None,
    from_month: From = None, to_month: To = None, product: Product = None, home: HomeOption = None,
    as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """A customer's months: both series, total and products, with stages."""
    from hedgerow.app.revenue.queries import customers as query

    with opened(home, as_of, as_json, as_csv) as door:
        found = query.find_customer(door.snapshot, customer)
        rows = query.customer_months(snapshot=door.snapshot, customer=found["customer_id"],
                                     from_month=at or from_month, to_month=at or to_month, product=product)
        door.show(rows, ["month", "series", "product", "mrr", "stage", "status"],
                  f"{found['name'] or found['customer_id']} ({found['customer_id']}, {found['billing_config']})",
                  series="both", empty="This customer has no revenue in these months.")


def _charts() -> Any:
    from hedgerow.app.revenue import charts

    return charts


@app.command()
def lifecycle(
    at: Annotated[str | None, typer.Option("--month", help="List the customers of this month.")] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="Only this stage.")] = None,
    from_month: From = None, to_month: To = None, product: Product = None, home: HomeOption = None,
    as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Customers per stage and month; with --month, the customers themselves (REV-60)."""
    from hedgerow.app.revenue.queries import movements as query

    with opened(home, as_of, as_json, as_csv) as door:
        if at:
            rows = query.lifecycle_customers(snapshot=door.snapshot, month=at, product=product or "total", stage=stage)
            door.show(rows, ["month", "product", "customer_id", "name", "segment", "stage", "previous", "mrr", "delta",
                             "status"], f"Customers by stage in {at}")
            return
        rows = query.lifecycle_counts(snapshot=door.snapshot, from_month=from_month, to_month=to_month,
                                      product=door.product(product), stage=stage)
        door.show(rows, ["month", "product", "stage", "customers", "mrr", "delta", "status"], "Customers by stage")
