"""Merges and overrides that people entered here: CSV in contract columns is the truth, Parquet is made from it."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hedgerow.home import Home
from hedgerow.kernel.problem import Problem
from hedgerow.warehouse.landing.check import Check, Elsewhere
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.csv_file import read_csv
from hedgerow.warehouse.landing.files import sha256_of, write_atomically
from hedgerow.warehouse.landing.raw import LINE, RawTable

LEDGER_TABLES = ("merges", "overrides")
Row = Mapping[str, str]


def ledger_csv(home: Home, table: str) -> Path:
    return home.ledger / f"{table}.csv"


def read_ledger(home: Home, table: str) -> list[dict[str, str]]:
    """Rows as written, in the contract's columns; an absent file has none."""
    path = ledger_csv(home, table)
    if not path.is_file():
        return []
    data = read_csv(path, known=[column.name for column in load_contract().tables[table].columns]).data
    return [{name: value or "" for name, value in row.items() if not name.startswith("_")} for row in data.to_pylist()]


def check_ledger(table: str, rows: Sequence[Row], elsewhere: Elsewhere) -> tuple[list[Problem], int]:
    """(errors, rows that are there already) of the rows as a whole."""
    with Check(load_contract(), elsewhere=elsewhere) as check:
        check.run([_raw(table, rows)])
        errors = [problem for problem in check.problems.first() if problem.is_error]
        return errors, check.counts[table].replaced


def _raw(table: str, rows: Sequence[Row]) -> RawTable:
    names = [column.name for column in load_contract().tables[table].columns]
    numbered = [{**row, LINE: str(line)} for line, row in enumerate(rows, start=2)]
    return RawTable.from_rows(table, numbered, file=f"{table}.csv", columns=names)


def write_ledger(home: Home, table: str, rows: Sequence[Row]) -> None:
    """Replace the CSV in one rename; the Parquet follows, and is made again on reading if a crash comes between."""
    names = [column.name for column in load_contract().tables[table].columns]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(ledger_csv(home, table), text.getvalue())
    refresh_ledger(home)


def refresh_ledger(home: Home) -> None:
    """Bring the Parquet files up to date with the CSV files, which a person may have edited by hand."""
    for table in LEDGER_TABLES:
        path, stored, mark = ledger_csv(home, table), home.ledger / f"{table}.parquet", home.ledger / f".{table}.sha256"
        if not path.is_file():
            stored.unlink(missing_ok=True)
            continue
        wanted = f"{sha256_of(path)} {load_contract().hash}"
        if stored.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
            continue
        with Check(load_contract()) as check:
            found = read_csv(path, known=[column.name for column in load_contract().tables[table].columns])
            check.run([RawTable(table, path.name, found.data, unreadable=found.unreadable, notices=found.notices)])
            fresh = home.ledger / f".{table}.{os.getpid()}.parquet"
            check.write(table, fresh)
            check.problems.write_csv(home.ledger / f"{table}.problems.csv")
            os.replace(fresh, stored)
        write_atomically(mark, wanted)
