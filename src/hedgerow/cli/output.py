"""One way to print rows: a table for people, ``--json`` for programs, ``--csv`` for spreadsheets."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, NoReturn

from hedgerow.kernel.problem import Problem, UnableTo

Row = Mapping[str, Any]

_NUMBER = re.compile(r"^[+-]?\d[\d.,]*%?$")
_FOLDED = 16  # characters to which a column of words may be folded
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n")


class Exit(IntEnum):
    """What a command's exit code means."""

    OK = 0
    FAILED = 1  # it ran, and the answer is "not in order": failed build, failed check
    BAD_INPUT = 2  # the input or the call is wrong; nothing was changed
    NOT_FOUND = 3  # a name, month or customer that does not exist


def spreadsheet_safe(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading quote; plain numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_FORMULA_START) and not _NUMBER.match(value):
        return "'" + value
    return value


def show(rows: Sequence[Row], *, columns: Sequence[str] | None = None, title: str = "", as_json: bool = False,
         as_csv: bool = False, empty: str = "Nothing to show.") -> None:
    """Print rows in the asked form. ``columns`` fixes the order, and the header when there are no rows."""
    names = list(columns) if columns else list(rows[0]) if rows else []
    if as_json:
        sys.stdout.write(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2, default=str) + "\n")
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            writer.writerow(["" if row.get(n) is None else spreadsheet_safe(row.get(n)) for n in names])
    else:
        _table(rows, names, title, empty)


def _table(rows: Sequence[Row], names: Sequence[str], title: str, empty: str) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = console_out()
    if title:
        console.print(Text(title, style="bold"))
    if not rows:
        console.print(Text(empty))
        return
    for group in _groups(rows, names, console.width):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for name in group:
            is_number = _is_numeric(rows, name)
            table.add_column(Text(name.replace("_", " ")), justify="right" if is_number else "left",
                             overflow="fold", no_wrap=is_number)
        for row in rows:
            table.add_row(*[Text("" if row.get(n) is None else str(row.get(n))) for n in group])
        console.print(table)


def _is_numeric(rows: Sequence[Row], name: str) -> bool:
    sample = [row.get(name) for row in rows if row.get(name) is not None]
    return bool(sample) and all(isinstance(v, int) or _NUMBER.match(str(v)) for v in sample)


def _groups(rows: Sequence[Row], names: Sequence[str], width: int) -> list[list[str]]:
    """Columns of one table, or of several below one another when a narrow terminal would cut numbers in two.

    Words may fold down to _FOLDED characters; the leading words (at most two) begin each of the tables.
    """
    least = {}
    for name in names:
        longest = max([len(name), *(len(str(row.get(name))) for row in rows if row.get(name) is not None)])
        least[name] = 3 + (longest if _is_numeric(rows, name) else min(longest, _FOLDED))
    if sum(least.values()) <= width:
        return [list(names)]
    lead = [name for name in names[:2] if not _is_numeric(rows, name)]
    room = width - sum(least[name] for name in lead)
    groups: list[list[str]] = []
    for name in (n for n in names if n not in lead):
        if not groups or sum(least[n] for n in groups[-1][len(lead):]) + least[name] > room:
            groups.append(list(lead))
        groups[-1].append(name)
    return groups


def console_out() -> Any:
    """A console for people: as wide as the terminal, 160 columns when piped, no markup read from data."""
    from rich.console import Console

    return Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 160)


def fail(message: str, *, problems: Sequence[Problem] = (), code: str = "", exit_code: Exit = Exit.BAD_INPUT,
         as_json: bool = False) -> NoReturn:
    """Say on standard error what is wrong and how to mend it, and leave with a meaningful exit code."""
    if as_json:
        listed = [{"code": p.code, "message": p.message, "where": str(p.where), "path": p.where.path,
                   "value": p.value, "rule": p.rule} for p in problems]
        sys.stderr.write(json.dumps({"error": code or "failed", "message": message, "problems": listed},
                                    ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stderr.write(f"hedgerow: {message}" + (f" [{code}]" if code else "") + "\n")
        for problem in problems:
            sys.stderr.write(f"  {problem}\n")
    raise SystemExit(int(exit_code))


def fail_with(error: UnableTo, *, as_json: bool = False, exit_code: Exit = Exit.BAD_INPUT) -> NoReturn:
    fail(error.message, problems=error.problems, code=error.code, exit_code=exit_code, as_json=as_json)
