"""ClickHouse inside this process (chdb).

A process can hold one embedded server only. Engines that are open at the same time share it, each in a database of
its own; the last to close stops it.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
from chdb import session

from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.engines.shapes import CLICKHOUSE_TYPES, Shapes, conform, literal, typed_select
from hedgerow.warehouse.engines.values import as_duckdb
from hedgerow.warehouse.transpile import require_portable, say, to_dialect

# Without these, an outer join gives 0 and '' for NULL, SUM over nothing gives 0, and an alias hides a column.
SETTINGS = {
    "join_use_nulls": "1",
    "aggregate_functions_null_for_empty": "1",
    "prefer_column_name_to_alias": "1",
    "session_timezone": "'UTC'",
    "output_format_arrow_string_as_string": "1",
    "output_format_parquet_string_as_string": "1",
    "engine_file_truncate_on_insert": "1",
}
_GLOB = set("*?{}[]")
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class UnableToUseClickHouse(UnableTo):
    """ClickHouse refused a statement or a path."""


class _Server:
    """The one embedded server of the process."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.users = 0
        self.database = ""
        self.folder: Path | None = None
        self.session: Any = None
        self.numbers = count(1)

    def enter(self, spill: Path | None) -> str:
        with self.lock:
            if self.users == 0:
                self.folder = Path(tempfile.mkdtemp(prefix="clickhouse-", dir=spill))
                self.session = session.Session(str(self.folder))
            self.users += 1
            database = f"build_{next(self.numbers)}"
            self.run(f"CREATE DATABASE {database}")
            return database

    def leave(self, database: str) -> None:
        with self.lock:
            self.run(f"DROP DATABASE IF EXISTS {database}")
            self.users -= 1
            if self.users == 0:
                self.session.close()
                self.session, self.database = None, ""
                shutil.rmtree(self.folder or "", ignore_errors=True)

    def run(self, sql: str, *, database: str = "", form: str = "CSV") -> bytes:
        with self.lock:
            if database and database != self.database:
                self.session.query(f"USE {database}")
                self.database = database
            try:
                answer: bytes = self.session.query(sql, form).bytes()
            except RuntimeError as error:
                raise UnableToUseClickHouse("clickhouse", f"{error}\nin: {sql[:2000]}") from error
            return answer


_SERVER = _Server()


class ClickHouseEngine:
    name = "clickhouse"
    dialect = "clickhouse"

    def __init__(self, *, memory_limit: str | None = None, spill: Path | None = None,
                 threads: int | None = None) -> None:
        self._shapes = Shapes()
        self._kinds: dict[str, str] = {}
        self._spill = spill
        self._settings = dict(SETTINGS)
        if threads:
            self._settings["max_threads"] = str(int(threads))
        if memory_limit:
            limit = _bytes(memory_limit)
            self._settings["max_memory_usage"] = str(limit)
            for spilling in ("max_bytes_before_external_group_by", "max_bytes_before_external_sort"):
                self._settings[spilling] = str(limit // 3)
            self._settings["join_algorithm"] = "'grace_hash'"
        self._database: str | None = _SERVER.enter(spill)

    def load(self, table: str, path: Path) -> None:
        columns = self._shapes.load(table, path)
        structure = ", ".join(f"{_quoted(column)} {CLICKHOUSE_TYPES[kind]}" for column, kind in columns)
        self._forget(table)
        self._run(f"CREATE VIEW {table} AS SELECT * FROM file({_text(_plain(path))}, 'Parquet', {_text(structure)})")
        self._kinds[table] = "VIEW"

    def create(self, name: str, sql: str, *, is_table: bool) -> None:
        require_portable(sql, name=name)
        body = say(typed_select(sql, self._shapes.create(name, sql)), self.dialect, name=name)
        self._forget(name)
        kind = "TABLE" if is_table else "VIEW"
        storage = " ENGINE = MergeTree ORDER BY tuple()" if is_table else ""
        self._run(f"CREATE {kind} {name}{storage} AS {body}")
        self._kinds[name] = kind

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        answer = self._run(to_dialect(sql, self.dialect, name="query"), form="ArrowStream")
        table = pa.ipc.open_stream(answer).read_all()
        columns = [column.to_pylist() for column in table.columns]
        return as_duckdb(list(zip(*columns, strict=True)), self._shapes.types_of(sql))

    def export(self, name: str, path: Path) -> None:
        with tempfile.TemporaryDirectory(dir=self._spill) as folder:
            dump = Path(folder) / "dump.parquet"
            self._run(f"INSERT INTO FUNCTION file({_text(_plain(dump))}, 'Parquet') SELECT * FROM {name}")
            conform(f"read_parquet({literal(str(dump))})", self._shapes.columns(name), path)

    def drop(self, name: str) -> None:
        self._forget(name)
        self._shapes.drop(name)

    def close(self) -> None:
        if self._database:
            _SERVER.leave(self._database)
            self._database = None
            self._shapes.close()

    def _forget(self, name: str) -> None:
        if kind := self._kinds.pop(name, None):
            self._run(f"DROP {kind} IF EXISTS {name} SYNC")

    def _run(self, sql: str, *, form: str = "CSV") -> bytes:
        if not self._database:
            raise UnableToUseClickHouse("closed", "this engine is closed")
        settings = ", ".join(f"{key} = {value}" for key, value in self._settings.items())
        with _SERVER.lock:
            _SERVER.run(f"SET {settings}", database=self._database)
            return _SERVER.run(sql, database=self._database, form=form)


def _bytes(limit: str) -> int:
    unit = limit.strip().upper()[-2:]
    if unit not in _UNITS:
        raise UnableToUseClickHouse("memory_limit", f"{limit!r} is no size such as 4GB")
    return int(float(limit.strip()[:-2]) * _UNITS[unit])


def _plain(path: Path) -> str:
    """file() reads wildcards in its path. Raises UnableToUseClickHouse."""
    full = str(path.resolve())
    if _GLOB & set(full):
        raise UnableToUseClickHouse("path", f"ClickHouse reads {full!r} as a pattern: use a folder without *?{{}}[]")
    return full


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
