"""The comparison itself can fail: otherwise equal tables would prove nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from .compare import differences

BASE = "SELECT * FROM (VALUES (1, 100, 'a'), (1, 100, 'a'), (2, NULL, '')) AS v(id, cents, note)"


def written(folder: Path, side: str, sql: str) -> dict[str, Path]:
    path = folder / f"{side}.parquet"
    duckdb.sql(sql).write_parquet(str(path))
    return {"movement": path}


def test_equal_whatever_the_order(tmp_path: Path) -> None:
    other = f"SELECT * FROM ({BASE}) ORDER BY id DESC"
    assert differences(written(tmp_path, "a", BASE), written(tmp_path, "b", other)) == []


@pytest.mark.parametrize("sql", [
    BASE.replace("(1, 100, 'a'), (2", "(1, 101, 'a'), (2"),
    BASE.replace("(1, 100, 'a'), (2", "(2"),
    BASE.replace("NULL", "0"),
    BASE.replace("''", "NULL"),
    BASE.replace("SELECT *", "SELECT id, CAST(cents AS BIGINT) AS cents, note"),
    BASE.replace("SELECT *", "SELECT cents, id, note"),
], ids=["one cent", "one of two equal rows", "null is not zero", "empty is not null", "type", "column order"])
def test_every_difference_is_seen(tmp_path: Path, sql: str) -> None:
    found = differences(written(tmp_path, "a", BASE), written(tmp_path, "b", sql))
    assert len(found) == 1
    assert found[0].startswith("movement: ")


def test_a_missing_table_is_a_difference(tmp_path: Path) -> None:
    assert differences(written(tmp_path, "a", BASE), {}) == ["movement: only on one side"]
