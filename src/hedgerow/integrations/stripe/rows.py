"""Raw rows of the contract, gathered column by column, and findings that name objects without flooding the report."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.raw import LINE, RawTable

_CHUNK = 50_000
_LISTED = 20


class Rows:
    """Rows of one table, numbered; written into Arrow piece by piece, so that Python objects do not pile up."""

    def __init__(self, table: str) -> None:
        self.table, self._number = table, 0
        self._names = [column.name for column in load_contract().tables[table].columns]
        self._schema = pa.schema([*((name, pa.string()) for name in self._names), (LINE, pa.int64())])
        self._chunks: list[pa.RecordBatch] = []
        self._pending: list[dict[str, str | int | None]] = []

    def add(self, **values: str | None) -> None:
        unknown = values.keys() - set(self._names)
        if unknown:
            raise AssertionError(f"{self.table} has no column {', '.join(sorted(unknown))}")
        self._number += 1
        self._pending.append({**values, LINE: self._number})
        if len(self._pending) >= _CHUNK:
            self._flush()

    def raw(self) -> RawTable:
        self._flush()
        return RawTable(self.table, f"stripe {self.table}", pa.Table.from_batches(self._chunks, self._schema))

    def _flush(self) -> None:
        if self._pending:
            self._chunks.append(pa.RecordBatch.from_pylist(self._pending, self._schema))
            self._pending = []


class Findings:
    """Problems by code: the first of each code with its place, the others as a number."""

    def __init__(self) -> None:
        self._found: dict[str, list[Problem]] = {}
        self._count: dict[str, int] = {}

    def add(self, code: str, message: str, kind: str, line: int | None, record: str, *, rule: str = "",
            value: str = "", is_error: bool = False) -> None:
        self._count[code] = self._count.get(code, 0) + 1
        if self._count[code] <= _LISTED:
            where = Where(f"{kind}.jsonl", line, record=record)
            self._found.setdefault(code, []).append(Problem(code, message, where, value, rule, is_error))

    def problems(self) -> Iterable[Problem]:
        for code, found in self._found.items():
            yield from found
            if self._count[code] > _LISTED:
                yield Problem(code, f"and {self._count[code] - _LISTED} more like this", Where(found[0].where.file),
                              rule=found[0].rule, is_error=found[0].is_error)
