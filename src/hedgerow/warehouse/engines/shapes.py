"""The column types that DuckDB gives to every table of a build, found without running anything.

Engines disagree on the type of a literal, of COUNT, SUM or EXTRACT. So a DuckDB with empty tables binds every model
first; the real engine then casts each column to that type. Types cannot drift from one model to the next, and the
exported files are alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from hedgerow.kernel.problem import Problem, UnableTo, Where

# DuckDB type -> the same type in ClickHouse's own words, as columns that may hold NULL.
CLICKHOUSE_TYPES = {
    "BIGINT": "Nullable(Int64)",
    "INTEGER": "Nullable(Int32)",
    "VARCHAR": "Nullable(String)",
    "BOOLEAN": "Nullable(Bool)",
    "DATE": "Nullable(Date32)",
    "TIMESTAMP": "Nullable(DateTime64(6, 'UTC'))",
    "DOUBLE": "Nullable(Float64)",
}
TYPES = tuple(CLICKHOUSE_TYPES)
_NAME = re.compile(r"[a-z_][a-z0-9_]*")

Columns = tuple[tuple[str, str], ...]


class UnableToShape(UnableTo):
    """A table has a column name or type that not every engine can hold."""


class Shapes:
    """Names and types of the tables and views of one build."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._columns: dict[str, Columns] = {}

    def load(self, table: str, path: Path) -> Columns:
        return self._bind(table, "SELECT * FROM read_parquet(?)", [str(path)])

    def create(self, name: str, sql: str) -> Columns:
        return self._bind(name, sql, [])

    def columns(self, name: str) -> Columns:
        return self._columns[name]

    def types_of(self, sql: str) -> tuple[str, ...]:
        """Column types of a SELECT over known tables."""
        return tuple(str(row[1]) for row in self._connection.execute(f"DESCRIBE {sql}").fetchall())

    def drop(self, name: str) -> None:
        if self._columns.pop(name, None) is not None:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")

    def close(self) -> None:
        self._connection.close()

    def _bind(self, name: str, sql: str, values: list[str]) -> Columns:
        checked_name(name)
        described = self._connection.execute(f"DESCRIBE {sql}", values).fetchall()
        columns = tuple((str(row[0]), str(row[1])) for row in described)
        problems = [
            Problem("column_type", f"{name}.{column} is {kind}; write CAST(… AS …) to one of {', '.join(TYPES)}",
                    Where(record=name, column=column))
            for column, kind in columns if kind not in TYPES
        ]
        if problems:
            raise UnableToShape("column_type", "; ".join(problem.message for problem in problems), problems)
        body = ", ".join(f'{_quoted(column)} {kind}' for column, kind in columns)
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} ({body})")
        self._columns[name] = columns
        return columns


def checked_name(name: str) -> str:
    """A table name that needs no quotes on any engine. Raises UnableToShape."""
    if not _NAME.fullmatch(name):
        raise UnableToShape("table_name", f"{name!r} is no plain lower-case table name")
    return name


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def typed_select(sql: str, columns: Columns, *, finish: Callable[[exp.Expr, str], exp.Expr] | None = None
                 ) -> exp.Expr:
    """A DuckDB SELECT wrapped in one that casts every column to its DuckDB type, in the same order.

    ``finish(expression, type)`` may add to a cast what one engine needs.
    """
    inner = sqlglot.parse_one(sql, read="duckdb")
    if not isinstance(inner, exp.Query):
        raise UnableToShape("not_a_select", "a model is one SELECT")
    outer = exp.Select()
    for column, kind in columns:
        value: exp.Expr = exp.cast(exp.column(column, table="shaped", quoted=True), kind, dialect="duckdb")
        value = finish(value, kind) if finish else value
        outer = outer.select(exp.alias_(value, column, quoted=True), copy=False)
    return outer.from_(inner.subquery("shaped"), copy=False)


def conform(source: str, columns: Columns, path: Path) -> None:
    """Write rows of ``source`` (a DuckDB table function call) as DuckDB's own Parquet: same names, types and layout.

    The file appears under its name only when it is whole.
    """
    casts = ", ".join(f"CAST({_quoted(column)} AS {kind}) AS {_quoted(column)}" for column, kind in columns)
    part = path.with_name(path.name + ".part")
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY (SELECT {casts} FROM {source}) TO {literal(str(part))}"
                           " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
    part.replace(path)


def literal(text: str) -> str:
    """A DuckDB string literal."""
    return "'" + text.replace("'", "''") + "'"
