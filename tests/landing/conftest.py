"""A small way to say: these files come in, what is stored and what is said about it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hedgerow.integrations.contract_folder.importer import read
from hedgerow.kernel.problem import Problem
from hedgerow.warehouse.landing.check import Check, Counts, Elsewhere
from hedgerow.warehouse.landing.contract import load_contract


@dataclass(frozen=True)
class Landed:
    """Counts, problems and stored rows of one checked delivery."""

    counts: dict[str, Counts]
    problems: list[Problem]
    rows: dict[str, list[dict[str, Any]]]

    def codes(self, *, errors: bool = True) -> list[str]:
        return [problem.code for problem in self.problems if problem.is_error == errors]

    def the(self, code: str) -> Problem:
        found = [problem for problem in self.problems if problem.code == code]
        assert len(found) == 1, f"{code}: {self.problems}"
        return found[0]


def rows_of(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        cursor = con.execute("SELECT * FROM read_parquet(?) ORDER BY ALL", [str(path)])
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def check_folder(folder: Path, elsewhere: Elsewhere | None = None) -> Landed:
    with Check(load_contract(), elsewhere=elsewhere) as check:
        check.run(read(folder, {}).tables)
        rows = {}
        for name in check.counts:
            check.write(name, folder / f"{name}.stored")
            rows[name] = rows_of(folder / f"{name}.stored")
        return Landed(dict(check.counts), check.problems.first(), rows)


Land = Callable[..., Landed]


@pytest.fixture
def land(tmp_path: Path) -> Land:
    """``land(accounts="customer_id\\nA\\n", …)`` checks CSV text by table name."""

    def run(elsewhere: Elsewhere | None = None, **files: str) -> Landed:
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for table, text in files.items():
            (folder / f"{table}.csv").write_text(text, encoding="utf-8", newline="")
        return check_folder(folder, elsewhere)

    return run


@pytest.fixture
def write() -> Callable[[Path, Mapping[str, str]], Path]:
    """Write a folder of CSV files, by table name."""

    def run(folder: Path, files: Mapping[str, str]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for table, text in files.items():
            (folder / f"{table}.csv").write_text(text, encoding="utf-8", newline="")
        return folder

    return run
