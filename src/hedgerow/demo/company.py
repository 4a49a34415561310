"""Write one demo company: every account's story as far as a day knows it, the planted stories, and the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hedgerow.demo.planted import plant
from hedgerow.demo.planted.plant import Truth
from hedgerow.demo.profile import FOUNDED, draw_profile, numbers
from hedgerow.demo.rows import WRITERS, Folder, contract_columns
from hedgerow.demo.stories import tell
from hedgerow.demo.surroundings import write_company as write_shared_tables
from hedgerow.demo.surroundings import write_surroundings
from hedgerow.demo.world import World
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.problem import UnableTo

_CHUNK_ROWS = 200_000
TRUTH = "truth.json"


class UnableToWriteDemo(UnableTo):
    """Codes: ``bad_argument``, ``folder_not_ours``."""


@dataclass(frozen=True)
class Summary:
    """What was written: rows by table, the first month shown, and how many things were planted."""

    path: Path
    as_of: date
    from_month: str
    rows: dict[str, int]
    planted: int


def write_company(path: Path | str, *, accounts: int, months: int, seed: int, as_of: date,
                  file_format: str = "csv", from_month: str = "") -> Summary:
    """Write the sources of a demo company into ``path``, one file a table, and ``truth.json``.

    ``accounts`` is how many ordinary accounts there are on 1 January 2026 (profile.REFERENCE_DAY); ``months`` is how
    many months of bills are shown, the open one included; with ``from_month`` (YYYY-MM) the first month stays where
    it is as the days go by. A demo company already in the folder is replaced. Raises UnableToWriteDemo.
    """
    world = World(seed, as_of, _first_month(accounts, months, as_of, file_format, from_month).idx)
    target = Path(path)
    _clear(target)
    truth = Truth()
    folder = Folder(target, file_format)
    try:
        for _ in _chunks(world, accounts, truth):
            folder.write(world.rows)
    finally:
        folder.close()
    first = str(MonthIdx(world.from_idx))
    identity = {"seed": seed, "as_of": str(as_of), "accounts": accounts, "from_month": first}
    text = json.dumps(identity | {"planted": truth.planted}, ensure_ascii=False, indent=1)
    (target / TRUTH).write_text(text + "\n", encoding="utf-8")
    return Summary(target, as_of, first, dict(sorted(folder.written.items())), len(truth.planted))


def _chunks(world: World, accounts: int, truth: Truth) -> Iterator[None]:
    """Fill the world's rows, and pause whenever there are enough of them to write."""
    write_shared_tables(world)
    truth.planted.extend(plant(world).planted)
    for number in numbers(world.seed, accounts):
        profile = draw_profile(world.seed, number)
        if profile.signed_up_at.date() <= world.as_of:
            tell(world, profile)
            write_surroundings(world, profile)
            if world.rows.size >= _CHUNK_ROWS:
                yield
    yield


def _first_month(accounts: int, months: int, as_of: date, file_format: str, from_month: str) -> MonthIdx:
    """The first month shown. Raises UnableToWriteDemo for arguments that make no company."""
    trouble = ""
    if accounts < 1:
        trouble = f"accounts must be at least 1, not {accounts}"
    elif not 1 <= months <= 120:
        trouble = f"months must be between 1 and 120, not {months}"
    elif as_of < date(FOUNDED.year + 2, 1, 1):
        trouble = f"the demo company is too young on {as_of}; choose a day from {FOUNDED.year + 2}-01-01 on"
    elif file_format not in WRITERS:
        trouble = f"format must be one of {', '.join(WRITERS)}, not {file_format}"
    if not trouble and from_month:
        try:
            first = MonthIdx.parse(from_month)
        except ValueError as error:
            trouble = f"the first month is wrong: {error}"
        else:
            if first <= MonthIdx.of(as_of):
                return first
            trouble = f"the first month {from_month} is after {as_of}"
    if trouble:
        raise UnableToWriteDemo("bad_argument", trouble)
    return MonthIdx.of(as_of) - (months - 1)


def _clear(folder: Path) -> None:
    """Make room for new tables: remove those of an earlier demo company, and never anybody else's."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = [file for name in contract_columns() for suffix in (".csv", ".parquet")
              if (file := folder / f"{name}{suffix}").exists()]
    if tables and not (folder / TRUTH).exists():
        raise UnableToWriteDemo(
            "folder_not_ours", f"{folder} holds {tables[0].name} and no {TRUTH}: it is not a demo company; choose "
            "another folder")
    for file in tables:
        file.unlink()
