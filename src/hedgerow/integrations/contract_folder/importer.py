"""Read ``<table>.csv`` and ``<table>.parquet`` files; everything else in the folder is named and left alone."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.csv_file import read_csv
from hedgerow.warehouse.landing.raw import Delivery, RawTable

_ENDINGS = (".csv", ".parquet")


def read(path: Path, options: Mapping[str, str]) -> Delivery:
    """All tables of the folder (or of one file). Problems: two files of one table, files that are no table."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    contract = load_contract()
    chosen: dict[str, Path] = {}
    problems: list[Problem] = []
    for file in files:
        if file.suffix.lower() not in _ENDINGS or not file.is_file() or file.name.startswith("."):
            continue
        name = file.stem.lower()
        if name not in contract.tables:
            close = get_close_matches(name, contract.tables, n=1)
            hint = f"; did you mean {close[0]}{file.suffix}?" if close else ""
            problems.append(Problem("unknown_table", f"not a table of the contract, so not read{hint}",
                                    Where(file.name), rule="REV-147", is_error=False))
        elif name in chosen:
            problems.append(Problem("two_files", f"{chosen[name].name} holds this table too; keep one of them",
                                    Where(file.name)))
        else:
            chosen[name] = file
    tables, unusable = [], []
    for name, file in chosen.items():
        try:
            tables.append(_table(name, file))
        except (OSError, ValueError) as error:
            unusable.append(Problem("unreadable_file", f"cannot be read: {error}", Where(file.name)))
    return Delivery(tuple(tables), tuple(chosen.values()), (*problems, *unusable))


def _table(name: str, file: Path) -> RawTable:
    if file.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        pq.read_schema(file)  # a file that is no Parquet is named here, before the check opens it
        return RawTable(name, file.name, parquet=file)
    known = [column.name for column in load_contract().tables[name].columns]
    found = read_csv(file, known=known)
    return RawTable(name, file.name, found.data, unreadable=found.unreadable, notices=found.notices)
