"""The problems of one import as a table, so that a million of them cost no more than they must."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import duckdb

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.reading import literal

NOTICES_LISTED = 20
"""Notices of one kind in one column that are listed by line; the others are counted in one more notice."""

COLUMNS = ("table", "file", "line", "column", "value", "code", "message", "rule", "is_error")
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*%?$")
_SELECT = ("SELECT table_name, file, line, column_shown, value, code, message, rule, is_error FROM problems "
           "ORDER BY NOT is_error, table_name, file, line NULLS LAST, column_shown, code, message, value")


class ProblemList:
    """Errors are always listed one by one; notices beyond ``NOTICES_LISTED`` of a kind are summed up."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.version = 0  # grows with every report that found something
        con.execute("CREATE TABLE problems (table_name VARCHAR, file VARCHAR, line BIGINT, column_key VARCHAR, "
                    "column_shown VARCHAR, value VARCHAR, code VARCHAR, message VARCHAR, rule VARCHAR, "
                    "is_error BOOLEAN, is_unreadable BOOLEAN)")

    def add(self, table: str, problem: Problem) -> None:
        """A problem of a whole file, or of a row that could not be split into columns."""
        self._con.execute("INSERT INTO problems VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?)",
                          [table, problem.where.file, problem.where.line, problem.where.column, problem.value,
                           problem.code, problem.message, problem.rule, problem.is_error, problem.is_error])

    def report(self, state: Any, column: str, *, sql: str, is_error: bool | None) -> int:
        """Add what ``sql`` finds (line, value, code, message, rule, is_error); returns how many lines that were.

        ``is_error`` None means that the rows found say it themselves.
        """
        self._con.execute(f"CREATE OR REPLACE TEMP TABLE found AS {sql}")
        count = int((self._con.execute("SELECT count(*) FROM found").fetchone() or (0,))[0])
        if not count:
            return 0
        self.version += 1
        head = (f"{literal(state.table.name)}, {literal(state.raw.file)}, line, {literal(column)}, "
                f"{literal(state.shown(column))}")
        tail = "value[1:200], code, message, rule, is_error, false"
        if is_error is not False:
            self._con.execute(f"INSERT INTO problems SELECT {head}, {tail} FROM found WHERE is_error")
        if is_error is not True:
            self._con.execute(f"INSERT INTO problems SELECT {head}, {tail} FROM found WHERE NOT is_error QUALIFY "
                              f"row_number() OVER (PARTITION BY code ORDER BY line) <= {NOTICES_LISTED}")
            more = head.replace(", line,", ", CAST(NULL AS BIGINT),")
            self._con.execute(
                f"INSERT INTO problems SELECT {more}, NULL, code, 'and ' || (count(*) - {NOTICES_LISTED}) || "
                f"' more like this', max(rule), false, false FROM found WHERE NOT is_error "
                f"GROUP BY code HAVING count(*) > {NOTICES_LISTED}")
        return count

    def rows(self, limit: int | None = None) -> list[tuple[Any, ...]]:
        """Errors first, then notices, by table, file and line."""
        return self._con.execute(_SELECT + (f" LIMIT {int(limit)}" if limit is not None else "")).fetchall()

    def first(self, limit: int | None = None) -> list[Problem]:
        return [Problem(code, message, Where(file or "", line, column or ""), value or "", rule or "", is_error)
                for _, file, line, column, value, code, message, rule, is_error in self.rows(limit)]

    def counts(self) -> tuple[int, int]:
        """(errors, notices)."""
        row = self._con.execute("SELECT count(*) FILTER (WHERE is_error), count(*) FILTER (WHERE NOT is_error) "
                                "FROM problems").fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def write_csv(self, path: Path) -> None:
        """All problems as CSV that a spreadsheet opens without running any of it."""
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(COLUMNS)
            for row in self.rows():
                writer.writerow(["" if cell is None else _safe(cell) for cell in row])


def _safe(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading quote; plain numbers stay numbers."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and not _NUMBER.match(cell):
        return "'" + cell
    return cell
