"""Merges and overrides by hand: checked, signed, logged; nothing changes on bad input."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hedgerow.app.landing.ledger import Signed, UnableToChangeLedger, add_row, remove_row, rows
from hedgerow.home import Home
from hedgerow.warehouse.landing import store

from .conftest import rows_of

SIGNED = Signed("revops", datetime(2025, 3, 1, 9, tzinfo=UTC), "moved to US")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def _merge(source: str, target: str) -> dict[str, str]:
    return {"source_customer_id": source, "canonical_customer_id": target, "kind": "region_migration", "note": "=1+1"}


def _override(**change: str) -> dict[str, str]:
    return {"organization_id": "O", "from_month": "2025-01", "to_month": "2025-02", "field": "total_mrr", "value": "5",
            "applies_to": "summary", "note": "why", **change}


def test_added_merge_is_stored_signed_and_read(home: Home) -> None:
    assert add_row(home, "merges", _merge("A", "B"), SIGNED).is_changed
    assert rows(home, "merges")[0]["note"] == "=1+1"
    stored = rows_of(store.read_tables(home)["merges"][0])
    assert [(row["source_customer_id"], row["canonical_customer_id"]) for row in stored] == [("A", "B")]
    log = [json.loads(line) for line in (home.ledger / "log.jsonl").read_text().splitlines()]
    assert [(e["by"], e["at"], e["action"], e["note"]) for e in log] == [
        ("revops", "2025-03-01T09:00:00+00:00", "add", "moved to US")]


def test_the_same_row_again_is_a_no_op_that_says_so(home: Home) -> None:
    add_row(home, "merges", _merge("A", "B"), SIGNED)
    again = add_row(home, "merges", _merge("A", "B"), SIGNED)
    assert not again.is_changed
    assert "there already" in again.text
    assert len((home.ledger / "log.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(("table", "row", "code"), [
    ("merges", _merge("B", "C"), "merge_chain"), ("merges", _merge("B", "A"), "merge_cycle"),
    ("merges", _merge("X", "A"), "merge_chain"), ("merges", _merge("A", "C"), "merge_two_targets"),
    ("merges", _merge("C", "C"), "merge_self"),
    ("merges", {**_merge("C", "D"), "kind": "because"}, "value_not_allowed"),
    ("overrides", _override(note=" "), "override_without_note"),
    ("overrides", _override(to_month="2024-12"), "override_ends_before_start"),
    ("overrides", _override(field="arr"), "override_not_allowed"),
    ("overrides", _override(value="many"), "override_not_allowed"),
])
def test_bad_input_changes_nothing(home: Home, table: str, row: dict[str, str], code: str) -> None:
    add_row(home, "merges", _merge("A", "B"), SIGNED)
    before = {f.name: f.read_bytes() for f in home.ledger.iterdir() if f.is_file()}
    with pytest.raises(UnableToChangeLedger) as error:
        add_row(home, table, row, SIGNED)
    assert error.value.code == "refused"
    assert code in {problem.code for problem in error.value.problems}
    assert {f.name: f.read_bytes() for f in home.ledger.iterdir() if f.is_file()} == before


def test_overlap_names_both_rows(home: Home) -> None:
    add_row(home, "overrides", _override(), SIGNED)
    with pytest.raises(UnableToChangeLedger) as error:
        add_row(home, "overrides", _override(from_month="2025-02", to_month="2025-03"), SIGNED)
    assert [problem.where.line for problem in error.value.problems] == [2, 3]
    assert add_row(home, "overrides", _override(from_month="2025-03", to_month="2025-03"), SIGNED).is_changed


def test_removed_row_is_gone_and_logged(home: Home) -> None:
    add_row(home, "merges", _merge("A", "B"), SIGNED)
    remove_row(home, "merges", {"source_customer_id": "A"}, SIGNED)
    assert rows(home, "merges") == []
    assert rows_of(home.ledger / "merges.parquet") == []
    with pytest.raises(UnableToChangeLedger, match="no row matches source_customer_id A"):
        remove_row(home, "merges", {"source_customer_id": "A"}, SIGNED)


def test_removal_that_is_not_clear_asks_for_more(home: Home) -> None:
    add_row(home, "overrides", _override(), SIGNED)
    add_row(home, "overrides", _override(from_month="2025-05", to_month="2025-05"), SIGNED)
    with pytest.raises(UnableToChangeLedger, match="2 rows match"):
        remove_row(home, "overrides", {"organization_id": "O", "field": "total_mrr", "from_month": ""}, SIGNED)
    remove_row(home, "overrides", {"organization_id": "O", "from_month": "2025-05"}, SIGNED)
    assert [row["from_month"] for row in rows(home, "overrides")] == ["2025-01"]


def test_a_file_edited_by_hand_is_checked_before_it_counts(home: Home) -> None:
    add_row(home, "merges", _merge("A", "B"), SIGNED)
    path = home.ledger / "merges.csv"
    path.write_text(path.read_text() + "C,,D,,parallel_teams,\nD,,E,,parallel_teams,\n")
    stored = rows_of(store.read_tables(home)["merges"][0])
    assert [row["source_customer_id"] for row in stored] == ["A", "D"]
    assert "merge_chain" in (home.ledger / "merges.problems.csv").read_text()
