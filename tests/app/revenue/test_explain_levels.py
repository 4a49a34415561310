"""A figure, its customers, their invoices: on a demo company every level adds up to the one above (REV-51, REV-150)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hedgerow.app.revenue.metrics import metric
from hedgerow.app.revenue.queries.explain_customer import explain_customer
from hedgerow.app.revenue.queries.explain_figure import explain_figure
from hedgerow.app.revenue.queries.movements import COMPONENTS, movements, summary
from hedgerow.app.revenue.queries.retention import retention
from hedgerow.app.revenue.queries.window import product_keys
from hedgerow.cli.main import app
from hedgerow.home import Home
from hedgerow.warehouse.snapshot_reader import Snapshot

MONTH = "2025-10"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("company")
    for words in (["demo", str(folder / "sources"), "--accounts", "30", "--months", "14", "--as-of", "2025-12-05"],
                  ["import", "contract", str(folder / "sources"), "--home", str(folder / "home")],
                  ["run", "--home", str(folder / "home"), "--as-of", "2025-12-05", "--threads", "1", "--json"]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == (1 if words[0] == "import" else 0), done.output  # the planted bad rows are refused
    with Snapshot.open(Home(folder / "home")) as opened:
        yield opened


def total_of(rows, field="contribution"):
    return sum((Decimal(row[field]) for row in rows), Decimal("0.00"))


@pytest.mark.parametrize("series", ["adjusted", "unadjusted"])
def test_customers_add_up_to_every_component_in_total_and_per_product(snapshot, series):
    cells = movements(snapshot=snapshot, from_month=MONTH, to_month=MONTH, series=series)
    assert len(cells) > len(COMPONENTS)
    for cell in cells:
        rows = explain_figure(snapshot=snapshot, metric=cell["component"], month=MONTH, product=cell["product"],
                              series=series)
        assert (total_of(rows), len(rows)) == (Decimal(cell["amount"]), cell["customers"]), cell


def test_customers_add_up_to_the_top_line(snapshot):
    for line in summary(snapshot=snapshot, from_month=MONTH, to_month=MONTH, product="all"):
        rows = explain_figure(snapshot=snapshot, metric="mrr", month=MONTH, product=line["product"])
        assert total_of(rows) == Decimal(line["unadjusted"])
        assert len(rows) == line["customers"]
    assert metric(snapshot=snapshot, name="mrr", month=MONTH)["value"] == str(total_of(
        explain_figure(snapshot=snapshot, metric="mrr", month=MONTH)))


def test_the_segments_add_up_to_the_whole(snapshot):
    everybody = explain_figure(snapshot=snapshot, metric="mrr", month=MONTH)
    segments = {row["segment"] for row in everybody}
    assert len(segments) > 1
    parts = [explain_figure(snapshot=snapshot, metric="mrr", month=MONTH, segment=name) for name in segments if name]
    unnamed = [row for row in everybody if not row["segment"]]
    assert sum(map(len, parts)) + len(unnamed) == len(everybody)
    assert sum(map(total_of, parts)) + total_of(unnamed) == total_of(everybody)


@pytest.mark.parametrize("window", [3, 6, 12])
def test_customers_add_up_to_retention(snapshot, window):
    """REV-80, REV-86: base, current and capped dollars, in total and per product."""
    checked = 0
    for cell in retention(snapshot=snapshot, from_month=MONTH, to_month=MONTH, window=window):
        asked = {"snapshot": snapshot, "month": MONTH, "product": cell["product"], "window": window}
        ndr, gdr = explain_figure(metric="ndr", **asked), explain_figure(metric="gdr", **asked)
        assert (total_of(ndr, "previous"), total_of(ndr), total_of(gdr)) == (
            Decimal(cell["base"]), Decimal(cell["current"]), Decimal(cell["capped"])), cell
        checked += len(ndr)
    assert checked > 0
    assert product_keys(snapshot)


def test_a_customers_month_adds_up_from_its_invoice_lines(snapshot):
    """The waterfall of each kind of customer (REV-28); for paid ones also its lines, tax, credit and refunds."""
    opened: dict[str, int] = {}
    known = {row["customer_id"]: row["billing_config"] for row in snapshot.rows(
        f"SELECT customer_id, billing_config FROM {snapshot.table('customer_month')} WHERE month_idx = 2025 * 12 + 9")}
    for row in explain_figure(snapshot=snapshot, metric="mrr", month=MONTH):
        config = known[row["customer_id"]]
        if opened.setdefault(config, 0) >= 8:
            continue
        sections = explain_customer(snapshot=snapshot, customer=row["customer_id"], month=MONTH)
        opened[config] += 1
        falls = {r["item"]: Decimal(r["amount"]) for r in sections if r["section"] == "waterfall"}
        assert falls.pop("total") == sum(falls.values()) == Decimal(row["contribution"]), row
        [result] = [r["amount"] for r in sections if r["section"] == "result" and r["item"] == "unadjusted total"]
        assert result == row["contribution"]
        if config == "paid" and not any(r["section"] == "override" for r in sections):
            assert _billed(sections) == Decimal(row["contribution"]), row
        assert any(r["section"] == "policy" and r["cite"] for r in sections)
    assert opened["paid"] == 8
    assert len(opened) > 3


def _billed(sections):
    amount, counts = Decimal(0), True
    for row in sections:
        if row["section"] == "invoice":
            counts = "counts nowhere" not in row["detail"]
        elif counts and row["section"] == "line":
            amount += -Decimal(row["amount"]) if row["item"].endswith("credit applied") else Decimal(row["amount"])
        elif counts and row["section"] == "refund":
            amount -= Decimal(row["amount"])
    return amount


def test_one_customers_rows_are_the_same_from_the_narrow_and_the_whole_snapshot(snapshot):
    """Reading less must never read otherwise."""
    for row in explain_figure(snapshot=snapshot, metric="mrr", month=MONTH)[::5]:
        name = row["customer_id"]
        one = snapshot.of_customer(name, [name])
        for table in ("adjusted_month", "stage_month", "customer_month", "product_month", "customer_counter"):
            sql = "SELECT * FROM {} WHERE customer_id = ? ORDER BY ALL"
            assert one.rows(sql.format(one.table(table)), [name]) == snapshot.rows(
                sql.format(snapshot.table(table)), [name])
        one.close()
