"""Rows of the open contract: collected by table, written as CSV or Parquet, one file a table."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

Row = tuple[Any, ...]


@cache
def contract_columns() -> dict[str, tuple[str, ...]]:
    """Column names of every table, in the contract's own order."""
    import yaml

    text = (resources.files("hedgerow.warehouse.landing") / "contract.yaml").read_text(encoding="utf-8")
    tables = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["tables"]
    return {name: tuple(table["columns"]) for name, table in tables.items()}


def dollars(cents: int) -> str:
    """Cents as a decimal string of dollars."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def month_text(month_idx: int) -> str:
    return f"{month_idx // 12:04d}-{month_idx % 12 + 1:02d}"


class Rows:
    """Rows waiting to be written. Every value is already text (or None): what stands here stands in the file."""

    def __init__(self) -> None:
        self.columns = contract_columns()
        self.waiting: dict[str, list[Row]] = {name: [] for name in self.columns}
        self._known = {name: frozenset(columns) for name, columns in self.columns.items()}

    def add(self, table: str, /, **values: Any) -> None:
        """One row; a column that is not in the contract is a mistake of ours and raises KeyError."""
        if not values.keys() <= self._known[table]:
            raise KeyError(f"{table} has no column {sorted(values.keys() - self._known[table])}")
        self.waiting[table].append(tuple(map(values.get, self.columns[table])))

    def take(self) -> dict[str, list[Row]]:
        taken, self.waiting = self.waiting, {name: [] for name in self.columns}
        return taken

    @property
    def size(self) -> int:
        return sum(map(len, self.waiting.values()))


class TableWriter(Protocol):
    suffix: str

    def write(self, rows: Sequence[Row]) -> None: ...

    def close(self) -> None: ...


class _Csv:
    suffix = ".csv"

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(columns)

    def write(self, rows: Sequence[Row]) -> None:
        self._writer.writerows(rows)

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """Text columns with the same values as the CSV, so that one checker reads both; dictionaries keep them small."""

    suffix = ".parquet"

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._schema = pa.schema([(name, pa.string()) for name in columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def write(self, rows: Sequence[Row]) -> None:
        import pyarrow as pa

        columns = zip(*rows, strict=True)
        arrays = [pa.array([None if v is None else str(v) for v in column], pa.string()) for column in columns]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


WRITERS: dict[str, Any] = {"csv": _Csv, "parquet": _Parquet}


class Folder:
    """All tables of one company in one folder. Tables stay open, so that any number of accounts streams through."""

    def __init__(self, path: Path, file_format: str) -> None:
        self._path = path
        self._make = WRITERS[file_format]
        self._open: dict[str, TableWriter] = {}
        self.written: Counter[str] = Counter()

    def write(self, rows: Rows) -> None:
        for table, waiting in rows.take().items():
            if waiting:
                if table not in self._open:
                    file = self._path / f"{table}{self._make.suffix}"
                    self._open[table] = self._make(file, rows.columns[table])
                self._open[table].write(waiting)
                self.written[table] += len(waiting)

    def close(self) -> None:
        for writer in self._open.values():
            writer.close()
