"""The company is one world: the same arguments give the same bytes, and a later day or a larger size only adds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hedgerow.demo.chance import below, key_of, normal, unit
from hedgerow.demo.company import write_company
from hedgerow.demo.profile import draw_profile, numbers
from hedgerow.kernel.calendar import MonthIdx

from .reading import AS_OF, Tables, read, written

DAYS = [date(2026, 11, 22), date(2026, 11, 30), date(2024, 2, 28)]


def closed(tables: Tables, day: date, since: str) -> dict[str, set[tuple[str, ...]]]:
    """Rows that are over by the day and inside the window."""
    limit, first = day.isoformat(), f"{since}-01"
    invoices = {row["invoice_id"] for row in tables["invoices"]
                if row["type"] == "completed" and max(row["period_end"], row["finalized_at"])[:10] <= limit
                and row["period_end"][:10] > first}
    keep = {
        "invoices": lambda row: row["invoice_id"] in invoices,
        "invoice_lines": lambda row: row["invoice_id"] in invoices,
        "usage": lambda row: row["period_end"] <= limit and row["period_end"] > first,
        "refunds": lambda row: row["invoice_id"] in invoices and row["issued_at"][:10] <= limit,
        "credit_events": lambda row: since <= row["month"] < limit[:7],
        "billing_configurations": lambda row: first <= row["from_at"][:10] <= limit,
        "trial_flags": lambda row: since <= row["from_month"] <= limit[:7],
        "overrides": lambda row: since <= row["from_month"] < limit[:7],
        "tickets": lambda row: row["closed_at"] and first <= row["opened_at"][:10] and row["closed_at"][:10] <= limit,
        "contracts": lambda row: first <= row["start_date"] <= limit,
        "enrichment": lambda row: row["enriched_at"][:10] <= limit,
    }
    return {table: {tuple(row.values()) for row in tables.get(table, []) if wanted(row)}
            for table, wanted in keep.items()}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("later", [1, 40])
def test_a_later_day_changes_nothing_that_was_over(tmp_path: Path, day: date, later: int) -> None:
    next_day = day + timedelta(days=later)
    before = written(tmp_path / "a", as_of=day, months=18)
    after = written(tmp_path / "b", as_of=next_day, months=18)
    since = str(MonthIdx.of(next_day) - 17)  # the later run's window: its older rows have left
    first, second = closed(before, day, since), closed(after, day, since)
    assert first == second
    assert len(first["invoices"]) > 300
    assert len(first["usage"]) > 300


def test_a_fixed_first_month_keeps_every_row_that_was_over(tmp_path: Path) -> None:
    """Across the end of a month too: nothing leaves the window."""
    day = date(2026, 11, 30)
    before = written(tmp_path / "a", as_of=day, from_month="2025-06")
    after = written(tmp_path / "b", as_of=day + timedelta(days=1), from_month="2025-06")
    assert closed(before, day, "2000-01") == closed(after, day, "2000-01")
    assert len(after["invoices"]) > len(before["invoices"])


def test_the_open_month_grows_by_a_report_a_day(tmp_path: Path) -> None:
    before, after = (written(tmp_path / str(d), as_of=date(2026, 11, d)) for d in (20, 21))
    new = {tuple(row.values()) for row in after["usage"]} - {tuple(row.values()) for row in before["usage"]}
    assert {row[5] for row in new} == {"2026-11-21T00:30:00Z"}
    gone = {tuple(row.values()) for row in before["usage"]} - {tuple(row.values()) for row in after["usage"]}
    assert all(row[4] == "2026-11-21" for row in gone)  # a period that ended: its last report stands for it now


def test_units_of_the_running_period_never_fall(tmp_path: Path) -> None:
    reports: dict[tuple[str, ...], int] = {}
    for row in written(tmp_path)["usage"]:
        if row["customer_id"] != "cus_x_two_reports":
            key = (row["customer_id"], row["product_key"], row["period_start"])
            assert int(row["units"]) >= reports.get(key, 0)
            reports[key] = int(row["units"])


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_another_seed_is_another_company(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a", seed=1), written(tmp_path / "b", seed=2)
    names = [{row["name"] for row in tables["accounts"] if "_x_" not in row["customer_id"]} for tables in (one, other)]
    assert len(names[0] & names[1]) < 5


def test_more_accounts_keep_the_first_ones(tmp_path: Path) -> None:
    few, many = written(tmp_path / "a", accounts=40), written(tmp_path / "b", accounts=55)
    for table, rows in few.items():
        have = {tuple(row.values()) for row in many[table]}
        assert all(tuple(row.values()) in have for row in rows), table
    assert len(many["accounts"]) > len(few["accounts"])


def test_a_longer_history_keeps_the_shorter_one(tmp_path: Path) -> None:
    short, long = written(tmp_path / "a", months=12), written(tmp_path / "b", months=24)
    have = {tuple(row.values()) for row in long["invoices"]}
    assert all(tuple(row.values()) in have for row in short["invoices"])
    assert len(long["invoices"]) > 1.5 * len(short["invoices"])


def test_parquet_holds_the_same_values(tmp_path: Path) -> None:
    csv_tables = written(tmp_path / "a")
    write_company(tmp_path / "b", accounts=40, months=24, seed=7, as_of=AS_OF, file_format="parquet")
    for table, rows in csv_tables.items():
        parquet = pq.read_table(tmp_path / "b" / f"{table}.parquet").to_pylist()
        assert [{key: value or "" for key, value in row.items()} for row in parquet] == rows, table


def test_writing_again_replaces_the_other_format(tmp_path: Path) -> None:
    written(tmp_path)
    write_company(tmp_path, accounts=40, months=24, seed=7, as_of=AS_OF, file_format="parquet")
    assert read(tmp_path) == {}


def test_the_number_of_accounts_is_that_of_the_reference_day() -> None:
    drawn = [draw_profile(3, number) for number in numbers(3, 200)]
    assert sum(profile.signed_up_at.date() < date(2026, 1, 1) for profile in drawn) == 200
    assert list(numbers(3, 150)) == list(numbers(3, 200))[:len(numbers(3, 150))]


def test_chance_is_the_same_everywhere_and_spread_out() -> None:
    key = key_of("test", 1)
    assert (below(key, 5, 1000), below(key, 6, 1000)) == (below(key, 5, 1000), below(key, 6, 1000))
    draws = [unit(key, position) for position in range(4000)]
    assert 0 <= min(draws) < 0.01
    assert 0.99 < max(draws) < 1
    assert abs(sum(draws) / 4000 - 0.5) < 0.02
    spread = [normal(key, position) for position in range(4000)]
    assert abs(sum(spread) / 4000) < 0.06
    assert 0.9 < sum(value * value for value in spread) / 4000 < 1.1
