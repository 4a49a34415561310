"""What an importer hands over: one table of raw values, with the file and line that each row came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from hedgerow.kernel.problem import Problem, UnableTo

LINE = "_line"


@dataclass(frozen=True)
class RawTable:
    """Rows of one contract table before any check; values are text, or typed when they come from Parquet.

    ``data`` has the columns of the source plus ``_line`` (1-based physical line, or row number of a Parquet file);
    a Parquet file is given by its path instead and is never loaded whole.
    ``unreadable`` holds one error per row that could not even be split into columns; such rows count as refused.
    ``shown`` maps contract columns to the names in the user's own file, for messages.
    ``required`` adds columns that this source must fill although the contract lets them be empty.
    ``is_derived``: the rows only name what other rows speak of (a customer, a product); a source that knows more wins.
    """

    table: str
    file: str
    data: pa.Table | None = None
    parquet: Path | None = None
    unreadable: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    is_derived: bool = False

    @classmethod
    def from_rows(cls, table: str, rows: Iterable[Mapping[str, str | None]], *, file: str,
                  columns: Iterable[str] = ()) -> RawTable:
        """Rows as mappings of contract column to text; a row may carry its own ``_line``, else it is its position."""
        listed = list(rows)
        names = list(dict.fromkeys([*columns, *(name for row in listed for name in row if name != LINE)]))
        arrays = {name: pa.array([row.get(name) for row in listed], pa.string()) for name in names}
        lines = [int(row.get(LINE) or i) for i, row in enumerate(listed, start=1)]
        return cls(table, file, pa.table({**arrays, LINE: pa.array(lines, pa.int64())}))


class UnableToRead(UnableTo):
    """A source that cannot be read at all. Codes: missing_columns, unreadable_file, and those of an importer."""


@dataclass(frozen=True)
class Delivery:
    """All raw tables of one import. ``notes`` are sentences for the person: guessed columns, delimiters."""

    tables: tuple[RawTable, ...]
    inputs: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
