"""Merges and overrides entered by people: checked like any import, written whole, logged with who, when and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hedgerow.app.ledger_lock import ledger_lock
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.landing import store
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.ledger_file import check_ledger, read_ledger, write_ledger

LOG = "log.jsonl"


class UnableToChangeLedger(UnableTo):
    """Codes: refused (with every problem), not_found. Nothing was changed."""


@dataclass(frozen=True)
class Signed:
    """Who changed the ledger, when, and why."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class Change:
    """What happened. ``is_changed`` false says that the row was there already."""

    table: str
    row: dict[str, str]
    is_changed: bool
    text: str


def rows(home: Home, table: str) -> list[dict[str, str]]:
    """All rows of ``merges`` or ``overrides``, in contract columns, in the order in which they were entered."""
    names = [column.name for column in load_contract().tables[table].columns]
    return [{name: row.get(name, "") for name in names} for row in read_ledger(home, table)]


def add_row(home: Home, table: str, row: Mapping[str, str], signed: Signed) -> Change:
    """Add one row after all checks. Raises UnableToChangeLedger(refused) with every problem found."""
    with ledger_lock(home):
        before = rows(home, table)
        added = {name: (value or "").strip() for name, value in row.items()}
        others = {table: [place for place in store.stored_tables(home).get(table, []) if place[0] != "ledger"]}
        errors, replaced = check_ledger(table, [*before, added], others)
        if errors:
            raise UnableToChangeLedger("refused", f"the {table[:-1]} was refused; nothing was changed", errors)
        if replaced:
            return Change(table, added, False, "the same row is there already; nothing was changed")
        write_ledger(home, table, [*before, added])
        _log(home, "add", table, added, signed)
    return Change(table, added, True, f"{table[:-1]} added; it takes effect with the next hedgerow run")


def remove_row(home: Home, table: str, match: Mapping[str, str], signed: Signed) -> Change:
    """Take away the one row that matches. Raises UnableToChangeLedger(not_found) when none or several do."""
    with ledger_lock(home):
        before = rows(home, table)
        found = [row for row in before if all(row[name] == value for name, value in match.items() if value)]
        asked = ", ".join(f"{name} {value}" for name, value in match.items() if value)
        if len(found) != 1:
            count = "no row matches" if not found else f"{len(found)} rows match"
            raise UnableToChangeLedger("not_found", f"{count} {asked}; nothing was changed. See: list")
        write_ledger(home, table, [row for row in before if row is not found[0]])
        _log(home, "remove", table, found[0], signed)
    return Change(table, found[0], True, f"{table[:-1]} removed; it takes effect with the next hedgerow run")


def _log(home: Home, action: str, table: str, row: Mapping[str, str], signed: Signed) -> None:
    entry: dict[str, Any] = {"at": signed.at.isoformat(), "by": signed.by, "action": action, "table": table,
                             "row": dict(row), "note": signed.note}
    with (home.ledger / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, ensure_ascii=False) + "\n")
