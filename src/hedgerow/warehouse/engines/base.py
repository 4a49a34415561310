"""What the runner asks of an engine. All SQL handed over is DuckDB dialect inside the portable subset."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class Engine(Protocol):
    """One place to run models. Names are plain lower-case identifiers, unique within a build."""

    name: str
    dialect: str

    def load(self, table: str, path: Path) -> None:
        """Make a Parquet file readable under ``table``; column types come from the file."""
        ...

    def create(self, name: str, sql: str, *, is_table: bool) -> None:
        """Materialise a SELECT as a table, or keep it as a view."""
        ...

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a SELECT, in the order that the SELECT asks for."""
        ...

    def export(self, name: str, path: Path) -> None:
        """Write a table as one Parquet file with the column types that DuckDB would write."""
        ...

    def drop(self, name: str) -> None:
        """Forget a table or view that no later model reads."""
        ...

    def close(self) -> None: ...
