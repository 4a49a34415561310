"""``hedgerow revenue …``: read the current snapshot and print. Every figure names its series and its day."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hedgerow.cli import revenue_close, revenue_detail
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


@app.command()
def summary(
    from_month: From = None, to_month: To = None, product: Product = None, chart: Chart = None,
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """MRR of each month in both series, ARR, paying customers, usage per product (REV-140)."""
    from hedgerow.app.revenue.queries import movements as query
    from hedgerow.app.revenue.sparks import bars
    from hedgerow.kernel.money import Money

    with opened(home, as_of, as_json, as_csv) as door:
        asked: dict[str, Any] = {"snapshot": door.snapshot, "from_month": from_month, "to_month": to_month}
        rows = query.summary(**asked, product=door.product(product))
        door.draw(chart, lambda: _charts().mrr_chart(query.summary(**asked, product=product)))
        columns = ["month", "product", "unadjusted", "adjusted", "arr", "arr_adjusted", "customers", "mrr_ex_tax",
                   "units", "status"]
        if door.for_people:
            lengths = bars([Money.parse(row["unadjusted"]).cents for row in rows])
            rows = [{**row, "trend": bar} for row, bar in zip(rows, lengths, strict=True)]
            columns.insert(4, "trend")
        door.show(rows, columns, "Monthly recurring revenue, dollars", series="both")


app.command("mrr", hidden=True)(summary)


@app.command()
def cohorts(
    from_month: From = None, to_month: To = None,
    kind: Annotated[str | None, typer.Option("--kind", help="ndr, gdr or usage.")] = None, product: Product = None,
    chart: Chart = None, home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Retention by first paying month and age: dollars (ndr, gdr) and units (usage). The range chooses cohorts."""
    from hedgerow.app.revenue.queries import retention as query

    with opened(home, as_of, as_json, as_csv) as door:
        # Units belong to a product, so a table of usage begins with all of them.
        chosen = product if kind == "usage" else door.product(product)
        asked = kind or ("ndr" if door.for_people else None)
        rows = query.cohorts(snapshot=door.snapshot, from_month=from_month, to_month=to_month, kind=asked,
                             product=chosen)
        shown = kind or "ndr"
        door.draw(chart, lambda: _charts().cohort_chart(
            [r for r in rows if r["product"] == (product if product not in ("all", "total") else None)], shown))
        columns = ["cohort", "age", "month", "product", "kind", "value", "customers", "is_partial", "status"]
        if door.for_people:
            rows, columns = _cohort_table(rows)
        door.show(rows, columns, f"Cohort retention, {shown} percent by age in months (* partial first month)")


def _cohort_table(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """A line a cohort with a small picture of its life and the ages that people ask for."""
    from decimal import Decimal

    from hedgerow.app.revenue.sparks import spark

    lines: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault((row["cohort"], row["product"]), {
            "cohort": row["cohort"] + ("*" if row["is_partial"] else ""), "product": row["product"] or "total",
            "customers": row["customers"], "values": []})
        line["values"].append(None if row["value"] is None else int(Decimal(row["value"]) * 100))
        if row["age"] in (1, 3, 6, 12, 18):
            line[f"m{row['age']}"] = row["value"]
    for line in lines.values():
        line["life"] = spark(line.pop("values"))
    return list(lines.values()), ["cohort", "product", "customers", "m1", "m3", "m6", "m12", "m18", "life"]


@app.command()
def movers(
    at: Annotated[str | None, typer.Option("--month", help="One month.", metavar="YYYY-MM")] = None,
    closed_months_only: Annotated[bool, typer.Option("--closed-months-only", help="Leave the forecast out.")] = False,
    side: Annotated[str | None, typer.Option("--side", help="gainer or loser.")] = None, from_month: From = None,
    to_month: To = None, home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """Gainers and losers with owner, products, usage, adjustments, deals and health (REV-100)."""
    from hedgerow.app.revenue.queries import movers as query

    with opened(home, as_of, as_json, as_csv) as door:
        rows = query.movers(snapshot=door.snapshot, month=at, closed_months_only=closed_months_only, side=side,
                            from_month=from_month, to_month=to_month)
        columns = ["month", "side", "rank", "customer_id", "name", "owner", "segment", "previous", "current", "delta",
                   "delta_percent", "stage", "product_deltas", "usage_deltas", "adjustment", "credits", "refunds",
                   "open_deal_stage", "health", "last_contact", "status"]
        if door.for_people:
            columns = ["month", "side", "rank", "name", "owner", "previous", "current", "delta", "delta_percent",
                       "stage", "adjustment", "health", "status"]
        door.show(rows, columns, "Gainers and losers, dollars a month", series="unadjusted")


@app.command()
def forecast(
    customer: Annotated[str | None, typer.Argument(help="One customer; else the outlook in layers.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="customer, product or total.")] = None,
    product: Product = None,
    accuracy: Annotated[bool, typer.Option("--accuracy", help="Stored forecasts against closed months.")] = False,
    home: HomeOption = None, as_of: AsOf = None, as_json: Json = False, as_csv: Csv = False,
) -> None:
    """The open month and the months ahead (REV-102 to REV-109, REV-159)."""
    from hedgerow.app.revenue.queries import forecast as query
    from hedgerow.app.revenue.queries.forecast_history import accuracy as stored_accuracy

    with opened(home, as_of, as_json, as_csv) as door:
        level = "accuracy" if accuracy else by or ("product" if product else "customer" if customer else "total")
        asks = {
            "total": lambda: query.outlook(snapshot=door.snapshot),
            "customer": lambda: query.forecast_customers(snapshot=door.snapshot, customer=customer),
            "product": lambda: query.forecast_products(snapshot=door.snapshot, product=product, customer=customer),
            "accuracy": lambda: stored_accuracy(snapshot=door.snapshot)}
        columns = {
            "total": ["month", "layer", "customers", "amount", "note", "status"],
            "customer": ["month", "customer_id", "name", "owner", "completed", "forecast", "last_closed",
                         "growth_percent", "alert", "method", "status"],
            "product": ["month", "product", "customer_id", "customers", "units_to_date", "days", "projected_units",
                        "forecast", "method", "lifetime_value", "last_month", "billing_limit", "status"],
            "accuracy": ["month", "forecast_on", "product", "method", "customers", "forecast", "closed",
                         "error_percent"]}
        if level not in asks:
            from hedgerow.app.revenue.queries.window import UnableToAnswer

            raise UnableToAnswer("bad_level", f"--by {level!r}: choose customer, product or total")
        door.show(asks[level](), columns[level], f"Forecast, {level}", series="unadjusted",
                  empty="This snapshot holds no forecast.")


revenue_detail.add_to(app)
revenue_close.add_to(app)
