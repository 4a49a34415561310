"""Published tables of two engines, row by row as sorted multisets, with the first difference in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from hedgerow.warehouse.engines.base import Engine

Build = Callable[[Engine], Sequence[str]]
MOST = 3


def export_all(engine: Engine, build: Build, folder: Path) -> dict[str, Path]:
    """Build, then write every published table as ``folder/<table>.parquet``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name in build(engine):
        files[name] = folder / f"{name}.parquet"
        engine.export(name, files[name])
    return files


def differences(expected: dict[str, Path], found: dict[str, Path]) -> list[str]:
    """One line for each table that is missing, typed otherwise or filled otherwise; empty when all is equal."""
    lines = [f"{name}: only on one side" for name in sorted(expected.keys() ^ found.keys())]
    for name in sorted(expected.keys() & found.keys()):
        lines += _table(name, expected[name], found[name])
    return lines


def _table(name: str, expected: Path, found: Path) -> list[str]:
    with duckdb.connect() as connection:
        shapes = [connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
                  for path in (expected, found)]
        if shapes[0] != shapes[1]:
            pairs = [(a[:2], b[:2]) for a, b in zip(*shapes, strict=False) if a != b]
            return [f"{name}: columns differ: {pairs[:MOST] or [len(shape) for shape in shapes]}"]
        sides = [_only(connection, a, b) for a, b in ((expected, found), (found, expected))]
    if not any(sides):
        return []
    names = [row[0] for row in shapes[0]]
    text = [f"  {side} {dict(zip(names, row, strict=True))}"
            for side, rows in zip(("-", "+"), sides, strict=True) for row in rows[:MOST]]
    return [f"{name}: {len(sides[0])} rows missing, {len(sides[1])} too many (of the first ones)\n" + "\n".join(text)]


def _only(connection: duckdb.DuckDBPyConnection, here: Path, there: Path) -> list[tuple[object, ...]]:
    return connection.execute(
        "SELECT * FROM (SELECT * FROM read_parquet(?) EXCEPT ALL SELECT * FROM read_parquet(?)) ORDER BY ALL LIMIT 100",
        [str(here), str(there)]).fetchall()
