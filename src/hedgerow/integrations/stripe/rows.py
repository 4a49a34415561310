"""Raw rows of the contract, gathered column by column, and findings that name objects without flooding the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

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
    """What a person should know: notices (the first of each kind, the rest as a number), and all refusals.

    Every message begins with the id at Stripe, so that the object can be looked up there.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[Problem]] = {}
        self._count: dict[str, int] = {}
        self._refused: dict[str, list[Problem]] = {}

    def add(self, code: str, message: str, kind: str, line: int, record: str, *, rule: str = "",
            value: str = "") -> None:
        """A notice about an object that stands in ``<kind>.jsonl`` on a line."""
        self._count[code] = self._count.get(code, 0) + 1
        if self._count[code] <= _LISTED:
            where = Where(f"{kind}.jsonl", line)
            self._found.setdefault(code, []).append(
                Problem(code, f"{record}: {message}", where, value or record, rule, is_error=False))

    def refuse(self, table: str, code: str, message: str, kind: str, line: int, record: str, *, rule: str = "",
               value: str = "") -> None:
        """An object that gives no row of ``table``; it counts among the refused rows."""
        where = Where(f"{kind}.jsonl", line)
        self._refused.setdefault(table, []).append(Problem(code, f"{record}: {message}", where, value or record, rule))

    def notices(self) -> Iterable[Problem]:
        for code, found in self._found.items():
            yield from found
            if self._count[code] > _LISTED:
                yield Problem(code, f"and {self._count[code] - _LISTED} more like this", Where(found[0].where.file),
                              rule=found[0].rule, is_error=False)

    def with_refusals(self, table: RawTable) -> RawTable:
        return replace(table, unreadable=tuple(self._refused.get(table.table, ())))
