"""The embedded engine: in memory, spilling to a temporary folder when a limit is set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb


class DuckDBEngine:
    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, *, memory_limit: str | None = None, spill: Path | None = None,
                 threads: int | None = None) -> None:
        self.connection = duckdb.connect()
        settings = {"memory_limit": memory_limit, "temp_directory": str(spill) if spill else None, "threads": threads}
        for key, value in settings.items():
            if value is not None:
                self.connection.execute(f"SET {key} = '{value}'")
        # Row order is never relied upon, and giving it up lets large results stream to disk.
        self.connection.execute("SET preserve_insertion_order = false")
        self._kinds: dict[str, str] = {}

    def load(self, table: str, path: Path) -> None:
        quoted = str(path).replace("'", "''")
        self.connection.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM read_parquet('{quoted}')")
        self._kinds[table] = "VIEW"

    def create(self, name: str, sql: str, *, is_table: bool) -> None:
        kind = "TABLE" if is_table else "VIEW"
        if self._kinds.get(name, kind) != kind:
            self.drop(name)
        self.connection.execute(f"CREATE OR REPLACE {kind} {name} AS {sql}")
        self._kinds[name] = kind

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def export(self, name: str, path: Path) -> None:
        quoted = str(path).replace("'", "''")
        self.connection.execute(
            f"COPY {name} TO '{quoted}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)")

    def drop(self, name: str) -> None:
        self.connection.execute(f"DROP {self._kinds.pop(name)} IF EXISTS {name}")

    def close(self) -> None:
        self.connection.close()
