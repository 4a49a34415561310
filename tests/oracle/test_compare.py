"""The comparison itself finds what differs, and lets pass only what says nothing."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from .compare import MONEY, TABLES, differences, report, says_nothing
from .generate import AS_OF, RUN_MONTH, batch
from .identity import Row
from .landing import complete
from .reference import compute

RESULT = compute(complete(batch(120)), AS_OF)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_equal_tables_have_no_difference(name: str) -> None:
    assert differences(name, copy.deepcopy(RESULT[name]), RESULT[name], RUN_MONTH) == []
    assert RESULT[name]


@pytest.mark.parametrize(("name", "column"), [
    (name, column) for name, table in sorted(TABLES.items()) for column in table.columns])
def test_any_changed_cell_is_found(name: str, column: str) -> None:
    rows = copy.deepcopy(RESULT[name])
    wrong = next(row for row in rows if not (table_ignores(name, row) or says_nothing(name, changed(row, column))))
    wrong.update(changed(wrong, column))
    found = differences(name, rows, RESULT[name], RUN_MONTH)
    assert len(found) == 1
    assert column in report(found)
    assert differences(name, rows, RESULT[name], RUN_MONTH, frozenset({f"{name}.{column}"})) == []


def changed(row: Row, column: str) -> Row:
    value = row[column]
    return row | {column: "other" if isinstance(value, str) else (value or 0) + 1}


def table_ignores(name: str, row: Row) -> bool:
    """Rows of open months, and rows that say nothing: a change may leave such a row as empty as it was."""
    if TABLES[name].closed_only and row["month_idx"] >= RUN_MONTH:
        return True
    if name == "adjustment":
        return row["scope"] != "total" or (row["rule"], row["state"]) != ("REV-43", "applied")
    return says_nothing(name, row)


@pytest.mark.parametrize("column", MONEY[:7])
def test_a_single_figure_makes_an_empty_month_count(column: str) -> None:
    """A month whose every figure is zero may be left out by one side; one cent in it may not."""
    empty = RESULT["customer_month"][0] | dict.fromkeys(MONEY, 0)
    assert differences("customer_month", [], [empty], RUN_MONTH) == []
    assert len(differences("customer_month", [], [empty | {column: 1}], RUN_MONTH)) == 1


def test_missing_and_surplus_rows_are_found() -> None:
    rows = RESULT["lifecycle"]
    assert "missing in the engine" in differences("lifecycle", rows[1:], rows, RUN_MONTH)[0]
    assert "not in the oracle" in differences("lifecycle", rows, rows[1:], RUN_MONTH)[0]
    with pytest.raises(AssertionError, match="two rows"):
        differences("lifecycle", [*rows, rows[0]], rows, RUN_MONTH)


def test_a_cent_is_a_difference_and_a_decimal_is_not() -> None:
    rows = [row for row in RESULT["movement"] if row["amount_cents"]][:1]
    same = [rows[0] | {"amount_cents": Decimal(rows[0]["amount_cents"])}]
    other = [rows[0] | {"amount_cents": rows[0]["amount_cents"] + 1}]
    assert differences("movement", same, rows, RUN_MONTH) == []
    assert len(differences("movement", other, rows, RUN_MONTH)) == 1
