"""PostgreSQL: a schema of its own for every build, gone at the end unless it is to be kept."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from sqlglot import exp

from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.engines.shapes import Columns, Shapes, conform, literal, typed_select
from hedgerow.warehouse.engines.values import as_duckdb
from hedgerow.warehouse.transpile import require_portable, say, to_dialect

_TYPES = {
    "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp",
    "DOUBLE": "double precision", "VARCHAR": 'text COLLATE "C"',
}
# Every value is quoted and NULL is not, so that NULL, '' and the two characters \N stay three things.
_COPY = r"(FORMAT csv, NULL '\N', FORCE_QUOTE *, ENCODING 'UTF8')"
_BLOCK = 1 << 20


class UnableToUsePostgres(UnableTo):
    """PostgreSQL cannot be reached, or refused a statement."""


class PostgresEngine:
    name = "postgres"
    dialect = "postgres"

    def __init__(self, *, url: str | None = None, keep: bool = False, memory_limit: str | None = None,
                 spill: Path | None = None, threads: int | None = None) -> None:
        url = url or os.environ.get("HEDGEROW_POSTGRES_URL")
        if not url:
            raise UnableToUsePostgres("no_url", "set HEDGEROW_POSTGRES_URL, such as postgresql://user@host/database")
        try:
            self._connection = psycopg.connect(url, autocommit=True)
        except psycopg.Error as error:
            raise UnableToUsePostgres("no_connection", f"PostgreSQL does not answer: {error}") from error
        self.schema = f"hedgerow_build_{secrets.token_hex(6)}"
        self._keep = keep
        self._spill = spill
        self._shapes = Shapes()
        self._kinds: dict[str, str] = {}
        self._run(f"CREATE SCHEMA {self.schema}")
        settings = {"search_path": self.schema, "timezone": "UTC", "datestyle": "ISO, YMD", "jit": "off",
                    "client_min_messages": "warning", "work_mem": memory_limit or "64MB"}
        if threads:
            settings["max_parallel_workers_per_gather"] = str(max(0, int(threads) - 1))
        for key, value in settings.items():
            self._connection.execute("SELECT set_config(%s, %s, false)", (key, value))

    def load(self, table: str, path: Path) -> None:
        columns = self._shapes.load(table, path)
        self._forget(table)
        self._run(f"CREATE UNLOGGED TABLE {table} ({', '.join(f'{_quoted(c)} {_TYPES[k]}' for c, k in columns)})")
        self._kinds[table] = "TABLE"
        with tempfile.TemporaryDirectory(dir=self._spill) as folder:
            dump = Path(folder) / "load.csv"
            _write_csv(path, columns, dump)
            try:
                with (dump.open("rb") as file, self._connection.cursor() as cursor,
                      cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, NULL '\\N')".encode()) as copy):
                    while block := file.read(_BLOCK):
                        copy.write(block)
            except psycopg.Error as error:
                raise UnableToUsePostgres("load", f"{path.name} into {table}: {error}") from error
        self._run(f"ANALYZE {table}")

    def create(self, name: str, sql: str, *, is_table: bool) -> None:
        require_portable(sql, name=name)
        body = say(typed_select(sql, self._shapes.create(name, sql), finish=_by_bytes), self.dialect, name=name)
        self._forget(name)
        kind = "TABLE" if is_table else "VIEW"
        self._run(f"CREATE {'UNLOGGED TABLE' if is_table else kind} {name} AS {body}")
        self._kinds[name] = kind
        if is_table:
            self._run(f"ANALYZE {name}")

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        cursor = self._run(to_dialect(sql, self.dialect, name="query"))
        return as_duckdb(cursor.fetchall(), self._shapes.types_of(sql))

    def export(self, name: str, path: Path) -> None:
        columns = self._shapes.columns(name)
        with tempfile.TemporaryDirectory(dir=self._spill) as folder:
            dump = Path(folder) / "dump.csv"
            with (dump.open("wb") as file, self._connection.cursor() as cursor,
                  cursor.copy(f"COPY (SELECT * FROM {name}) TO STDOUT {_COPY}".encode()) as copy):
                for block in copy:
                    file.write(block)
            conform(_read_csv(dump, columns), columns, path)

    def drop(self, name: str) -> None:
        self._forget(name)
        self._shapes.drop(name)

    def close(self) -> None:
        if self._connection.closed:
            return
        if not self._keep:
            self._run(f"DROP SCHEMA IF EXISTS {self.schema} CASCADE")
        self._connection.close()
        self._shapes.close()

    def _forget(self, name: str) -> None:
        # CASCADE takes views over it along; a later model that reads such a view then fails aloud, as on DuckDB.
        if kind := self._kinds.pop(name, None):
            self._run(f"DROP {kind} IF EXISTS {name} CASCADE")

    def _run(self, sql: str) -> psycopg.Cursor[Any]:
        try:
            return self._connection.execute(sql.encode())
        except psycopg.Error as error:
            raise UnableToUsePostgres("postgres", f"{error}\nin: {sql[:2000]}") from error


def _by_bytes(value: exp.Expr, kind: str) -> exp.Expr:
    """Text sorts and compares by bytes, as in DuckDB, whatever the locale of the database."""
    if kind != "VARCHAR":
        return value
    return exp.Collate(this=value, expression=exp.Identifier(this="C", quoted=True))


def _write_csv(source: Path, columns: Columns, target: Path) -> None:
    quoted = ", ".join(_quoted(column) for column, _ in columns)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {quoted} FROM read_parquet({literal(str(source))})) TO {literal(str(target))}"
                           r" (FORMAT csv, HEADER false, NULLSTR '\N', FORCE_QUOTE *)")


def _read_csv(source: Path, columns: Columns) -> str:
    types = ", ".join(f"{literal(column)}: {literal(kind)}" for column, kind in columns)
    return (f"read_csv({literal(str(source))}, columns = {{{types}}}, header = false, auto_detect = false, delim = ',',"
            " quote = '\"', escape = '\"', nullstr = '\\N', allow_quoted_nulls = false, new_line = '\\n',"
            " parallel = false, max_line_size = 100000000)")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
