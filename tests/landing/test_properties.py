"""Whatever comes in: rows in = stored + refused + replaced; order changes nothing; Parquet is CSV."""

from __future__ import annotations

import csv
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Landed, check_folder

ODD = st.sampled_from(["", " ", "x", "1", "0.2", "100", "-1", "12.345", "$5", "1,234.50", "2025-01-01", "2025-02-01",
                       "01/02/2025", "2025/02/01", "paid", "NULL", "=1", "\x00", "a\nb", '"', "é", "completed",
                       "standard", "USD", "EUR", "1e3"])
IDS = st.sampled_from(["I1", "I2", "I3", "I1 "])
INVOICE_COLUMNS = ("invoice_id", "customer_id", "type", "classification", "period_start", "period_end", "currency",
                   "tax_amount", "updated_at")
LIKELY = st.tuples(IDS, st.sampled_from(["A", "B"]), st.just("completed"), st.just("standard"), st.just("2025-01-01"),
                   st.just("2025-02-01"), st.sampled_from(["", "usd"]), st.sampled_from(["1", "$2.00", "3.001"]),
                   st.sampled_from(["", "2025-02-01", "2025-02-02T00:00:00Z"]))
INVOICES = st.lists(st.one_of(LIKELY, st.tuples(IDS, *[ODD] * 8)), max_size=8)
LINE_COLUMNS = ("line_id", "invoice_id", "product_key", "units", "net_amount")
LINES = st.lists(st.tuples(st.sampled_from(["L1", "L2", "L3", ""]), IDS, ODD, st.sampled_from(["", "5", "5.0", "5.5"]),
                           st.one_of(st.sampled_from(["1", "2.50"]), ODD)), max_size=8)
QUIET = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def _write(folder: Path, table: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(columns)
        writer.writerows(rows)


def _land(invoices: Sequence[Sequence[str]], lines: Sequence[Sequence[str]]) -> Landed:
    with tempfile.TemporaryDirectory() as name:
        _write(Path(name), "invoices", INVOICE_COLUMNS, invoices)
        _write(Path(name), "invoice_lines", LINE_COLUMNS, lines)
        return check_folder(Path(name))


def _is_blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)


@QUIET
@given(INVOICES, LINES)
def test_every_row_is_accounted_for(invoices: list[tuple[str, ...]], lines: list[tuple[str, ...]]) -> None:
    found = _land(invoices, lines)
    for table, rows in (("invoices", invoices), ("invoice_lines", lines)):
        counts = found.counts[table]
        assert counts.rows == sum(not _is_blank(row) for row in rows)
        assert counts.rows == counts.stored + counts.refused + counts.replaced
        assert counts.stored == len(found.rows[table])
        named = {p.where.line for p in found.problems if p.is_error and p.where.file == f"{table}.csv"}
        assert len(named) == counts.refused


@QUIET
@given(INVOICES, LINES, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(invoices: list[tuple[str, ...]], lines: list[tuple[str, ...]],
                                       chance: random.Random) -> None:
    one = _land(invoices, lines)
    chance.shuffle(invoices)
    chance.shuffle(lines)
    two = _land(invoices, lines)
    assert one.rows == two.rows
    assert one.counts == two.counts
    assert sorted(one.codes()) == sorted(two.codes())


@QUIET
@given(INVOICES, LINES)
def test_parquet_of_text_is_csv(invoices: list[tuple[str, ...]], lines: list[tuple[str, ...]]) -> None:
    invoices, lines = ([row for row in rows if not _is_blank(row)] for rows in (invoices, lines))
    from_csv = _land(invoices, lines)
    with tempfile.TemporaryDirectory() as name:
        for table, columns, rows in (("invoices", INVOICE_COLUMNS, invoices), ("invoice_lines", LINE_COLUMNS, lines)):
            arrays = {column: pa.array([row[i] for row in rows], pa.string()) for i, column in enumerate(columns)}
            pq.write_table(pa.table(arrays), Path(name) / f"{table}.parquet")
        from_parquet = check_folder(Path(name))
    assert from_parquet.rows == from_csv.rows
    assert from_parquet.counts == from_csv.counts
    assert sorted(from_parquet.codes()) == sorted(from_csv.codes())


def test_typed_parquet_is_taken_by_its_types(tmp_path: Path) -> None:
    pq.write_table(pa.table({
        "purchase_id": [1, 2, 3, 4], "customer_id": ["A"] * 4, "kind": ["purchase"] * 4,
        "list_credit_amount": pa.array([Decimal("12.3400"), Decimal("0.0100"), Decimal("1.2345"), Decimal("5")],
                                       pa.decimal128(12, 4)),
        "price_paid_amount": [0.1 + 0.2, 12.3, 1.0, float("nan")],
        "start_date": [date(2025, 1, 1), date(9999, 12, 31), date(2025, 1, 1), date(2025, 1, 1)],
        "term_months": [12, 1, 0, 1], "status": ["paid"] * 4, "discount_percent": [20, 0, 99, 100],
        "paid_at": pa.array([datetime(2025, 1, 1, 1)] * 4, pa.timestamp("us", tz="Europe/Berlin")),  # noqa: DTZ001
    }), tmp_path / "credit_purchases.parquet")
    found = check_folder(tmp_path)
    errors = {(p.code, p.where.line, p.where.column) for p in found.problems if p.is_error}
    assert errors == {
        ("sub_cent", 1, "price_paid_amount"), ("date_out_of_range", 2, "start_date"),
        ("sub_cent", 3, "list_credit_amount"), ("term_months_invalid", 3, "term_months"),
        ("not_money", 4, "price_paid_amount"), ("discount_out_of_range", 4, "discount_percent")}
    assert found.the("float_money").is_error is False


def test_decimal_and_float_money_are_exact_cents(tmp_path: Path) -> None:
    cents = [0, 1, -1, 29, 1001, 123456789, -314, 999999999999]
    lines = [f"L{i}" for i in range(len(cents))]
    exact = pa.array([Decimal(c).scaleb(-2) for c in cents], pa.decimal128(18, 2))
    for kind in (exact, pa.array([c / 100 for c in cents])):
        pq.write_table(pa.table({"line_id": lines, "invoice_id": ["I"] * len(cents), "net_amount": kind}),
                       tmp_path / "invoice_lines.parquet")
        (tmp_path / "invoices.csv").write_text("invoice_id,customer_id,type,classification,period_start,period_end\n"
                                               "I,A,completed,standard,2025-01-01,2025-02-01\n")
        found = check_folder(tmp_path)
        assert {row["line_id"]: row["net_cents"] for row in found.rows["invoice_lines"]} == dict(
            zip(lines, cents, strict=True))


def test_two_hundred_thousand_rows_are_quick(tmp_path: Path) -> None:
    count = 200_000
    _write(tmp_path, "invoices", INVOICE_COLUMNS[:6],
           [(f"I{i}", f"C{i % 500}", "completed", "standard", "2025-01-01", "2025-02-01") for i in range(count // 10)])
    _write(tmp_path, "invoice_lines", LINE_COLUMNS,
           [(f"L{i}", f"I{i % (count // 10)}", "p", str(i), "$1,234.56" if i % 100 == 0 else f"{i}.50")
            for i in range(count)])
    start = time.monotonic()
    from hedgerow.integrations.contract_folder.importer import read
    from hedgerow.warehouse.landing.check import Check
    from hedgerow.warehouse.landing.contract import load_contract

    with Check(load_contract()) as check:
        check.run(read(tmp_path, {}).tables)
        check.write("invoice_lines", tmp_path / "lines.stored")
        assert check.counts["invoice_lines"].stored == count
    assert time.monotonic() - start < 15
