"""Which column of a user's own file means what: named by the user, else guessed from common names, always shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hedgerow.kernel.problem import Problem, Where
from hedgerow.warehouse.landing.raw import LINE, RawTable, UnableToRead


@dataclass(frozen=True)
class Wanted:
    """One thing to find in the header. ``guesses`` stand in order of trust; ``name`` is also the option."""

    name: str
    guesses: tuple[str, ...]
    is_required: bool = False


def map_columns(header: Sequence[str], wanted: Sequence[Wanted], options: Mapping[str, str], *,
                file: str) -> dict[str, str]:
    """Wanted name -> header name. Raises UnableToRead(missing_columns) that lists every name that was not found."""
    folded = {_folded(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    problems = []
    for want in wanted:
        asked = options.get(want.name, "")
        if asked:
            match = asked if asked in header else folded.get(_folded(asked))
        else:
            free = [folded[guess] for guess in want.guesses if guess in folded and folded[guess] not in found.values()]
            match = free[0] if free else None
        if match:
            found[want.name] = match
        elif asked or want.is_required:
            problems.append(_missing(want, asked, header, file))
    if problems:
        message = f"{file}: not all needed columns were found; nothing was changed"
        raise UnableToRead("missing_columns", message, problems)
    return found


def _folded(name: str) -> str:
    """``Start (UTC)``, ``start-utc`` and ``start_utc`` are one name."""
    return "_".join("".join(" " if sign in "-.()" else sign for sign in name.lower()).split())


def _missing(want: Wanted, asked: str, header: Sequence[str], file: str) -> Problem:
    there = ", ".join(header) or "none"
    if asked:
        message = f"there is no column {asked!r}; the file has: {there}"
        return Problem("missing_column", message, Where(file, 1, want.name))
    option = want.name.replace("_", "-")
    return Problem("missing_column", f"no column looks like the {want.name}; name it with --{option} COLUMN. "
                                     f"The file has: {there}", Where(file, 1, want.name))


def note_of(found: Mapping[str, str], header: Sequence[str], path: Path, delimiter: str) -> str:
    """A sentence that shows the mapping, and what is not read."""
    pairs = ", ".join(f"{name} = {column}" for name, column in found.items())
    unread = [name for name in header if name not in found.values()]
    rest = f"; not read: {', '.join(unread)}" if unread else ""
    mark = {",": "", ";": "; columns are parted by ;", "\t": "; columns are parted by tabs"}.get(
        delimiter, f"; columns are parted by {delimiter}")
    return f"{path.name}: {pairs}{rest}{mark}"


def named_tables(customers: Mapping[str, int], products: Mapping[str, int], *, file: str) -> list[RawTable]:
    """The accounts and products that the rows speak of, each with the first line that names it."""
    accounts = [{"customer_id": name, "name": name, "billing_config": "paid", LINE: str(line)}
                for name, line in customers.items()]
    known = [{"product_key": name, "name": name, LINE: str(line)} for name, line in products.items()]
    return [RawTable(table, file, RawTable.from_rows(table, rows, file=file).data, is_derived=True)
            for table, rows in (("accounts", accounts), ("products", known)) if rows]
