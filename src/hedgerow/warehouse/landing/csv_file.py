"""CSV as people really have it: exact physical lines, any usual delimiter, byte-order marks, broken quotes."""

from __future__ import annotations

import csv
import io
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.raw import LINE

_DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 50_000
_MAX_CELL = 16 * 1024 * 1024
_Records = Generator[tuple[int, int, list[str] | None], int | None, None]


@dataclass(frozen=True)
class CsvFile:
    """A read file: ``data`` holds text columns and ``_line``. A row of another width stands in ``unreadable``."""

    header: tuple[str, ...]
    data: pa.Table
    unreadable: tuple[Problem, ...]
    notices: tuple[Problem, ...]
    delimiter: str


def read_csv(path: Path, *, known: Iterable[str] = (), file: str = "") -> CsvFile:
    """Read a whole CSV file. ``known`` are column names that help to recognise the delimiter.

    Raises OSError when the file cannot be opened; everything inside it becomes a problem, never an exception.
    """
    file = file or path.name
    text, notices = _decode(path.read_bytes(), file)
    lines = list(io.StringIO(text, newline=""))
    start = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines):
        problem = Problem("empty_file", "the file is empty; a header line is needed", Where(file, 1))
        return CsvFile((), pa.table({LINE: pa.array([], pa.int64())}), (), (*notices, problem), ",")
    delimiter = _delimiter(lines[start], {name.lower() for name in known})
    csv.field_size_limit(_MAX_CELL)
    return _parse(lines, start, delimiter, file, notices)


def _decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        notice = Problem("encoding_guessed", "not UTF-8 from here on; read as Windows-1252. Save the file as UTF-8",
                         Where(file, line), rule="REV-147", is_error=False)
        return data.decode("cp1252", errors="replace"), [notice]


def _delimiter(header: str, known: set[str]) -> str:
    """The candidate that finds most known names, then most columns; the comma wins a tie."""
    def score(candidate: str) -> tuple[int, int]:
        names = next(csv.reader([header], delimiter=candidate), [])
        return sum(name.strip().lower() in known for name in names), len(names)

    return max(_DELIMITERS, key=score)


def _records(lines: Sequence[str], start: int, delimiter: str) -> _Records:
    """(first line, line after, cells), None for a record with broken quotes. 1-based.

    The consumer may send the line to go on from, so that a quote left open never swallows the rows below it.
    """
    at = start
    while at < len(lines):
        base, restart = at, None
        reader = csv.reader(map(lines.__getitem__, range(at, len(lines))), delimiter=delimiter, strict=True)
        while restart is None:
            first = base + reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                restart = first + 1
                yield first + 1, restart + 1, None
                continue
            restart = yield first + 1, base + reader.line_num + 1, cells
        at = restart


class _Rows:
    """Columns collected in chunks, so that a million rows do not live as Python lists."""

    def __init__(self, names: Sequence[str]) -> None:
        self._schema = pa.schema([(name, pa.string()) for name in names] + [(LINE, pa.int64())])
        self._rows: list[list[str]] = []
        self._lines: list[int] = []
        self._batches: list[pa.RecordBatch] = []

    def add(self, line: int, cells: list[str]) -> None:
        self._rows.append(cells)
        self._lines.append(line)
        if len(self._rows) >= _CHUNK:
            self._flush()

    def _flush(self) -> None:
        columns = [pa.array(column, pa.string()) for column in zip(*self._rows, strict=True)]
        self._batches.append(pa.record_batch([*columns, pa.array(self._lines, pa.int64())], schema=self._schema))
        self._rows, self._lines = [], []

    def table(self) -> pa.Table:
        if self._rows:
            self._flush()
        return pa.Table.from_batches(self._batches, self._schema)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Header names; a second ``amount`` becomes ``amount#2`` so that both can be shown and refused."""
    seen = {LINE: 1}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(result)


def _parse(lines: Sequence[str], start: int, delimiter: str, file: str, notices: list[Problem]) -> CsvFile:
    records = _records(lines, start, delimiter)
    _, _, cells = next(records)
    header = _unique([(cell.strip().lstrip("\ufeff") or f"column {i}") for i, cell in enumerate(cells or [], start=1)])
    rows, unreadable, blank, width = _Rows(header), [], 0, len(header)
    try:
        item = next(records)
        while True:
            first, after, cells = item
            back = None
            if cells is not None and not any(cell.strip() for cell in cells):
                blank += bool(cells)
            elif cells is not None and len(cells) == width:
                rows.add(first, cells)
            elif cells is not None and len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                rows.add(first, cells[:width])
            else:
                unreadable.append(_unreadable(file, first, after, cells, width, lines))
                back = first if cells is not None and after - first > 1 else None
            item = records.send(back)
    except StopIteration:
        pass
    if blank:
        notices.append(Problem("blank_rows", f"{blank} rows without any value were passed over", Where(file),
                               rule="REV-147", is_error=False))
    return CsvFile(header, rows.table(), tuple(unreadable), tuple(notices), delimiter)


def _unreadable(file: str, first: int, after: int, cells: list[str] | None, width: int,
                lines: Sequence[str]) -> Problem:
    shown = lines[first - 1].rstrip("\r\n")[:200]
    if cells is None or after - first > 1:
        return Problem("broken_quotes", "a quote is opened and not closed as CSV asks; the rows below are read on",
                       Where(file, first), shown)
    message = f"{len(cells)} columns where the header has {width}"
    return Problem("wrong_column_count", message, Where(file, first), shown)
