"""The landing store: one folder per source, swapped in one rename; a crash half-way changes nothing.

``landing/<source>`` is a link to ``landing/.versions/<source>/<n>``. Readers only ever see a whole version.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hedgerow.home import Home
from hedgerow.warehouse.landing.check import Check
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.files import sha256_of, write_atomically
from hedgerow.warehouse.landing.ledger_file import LEDGER_TABLES, refresh_ledger

MANIFEST, PROBLEMS, INDEX = "manifest.json", "problems.csv", "index.json"
_VERSIONS = ".versions"
_UNFINISHED = "new-"


def source_folders(home: Home) -> dict[str, Path]:
    """Every source that is there now, by name."""
    if not home.landing.is_dir():
        return {}
    return {folder.name: folder for folder in sorted(home.landing.iterdir())
            if folder.is_dir() and not folder.name.startswith(".")}


def read_tables(home: Home | Path | str, *, without: str = "", ledger: bool = True) -> dict[str, list[Path]]:
    """Stored Parquet files per contract table, over all sources and the ledger (merges, overrides).

    ``without`` leaves one source out. A table that nobody has is absent.
    """
    home = home if isinstance(home, Home) else Home(Path(home))
    return {table: [path for _, path in places]
            for table, places in stored_tables(home, without=without, ledger=ledger).items()}


def stored_tables(home: Home, *, without: str = "", ledger: bool = True) -> dict[str, list[tuple[str, Path]]]:
    """As ``read_tables``, each file with the name of its source; the ledger is called ``ledger``."""
    if ledger:
        refresh_ledger(home)
    found: dict[str, list[tuple[str, Path]]] = {}
    for table in load_contract().tables:
        places = [(name, folder / f"{table}.parquet") for name, folder in source_folders(home).items()
                  if name != without]
        if ledger and table in LEDGER_TABLES:
            places.append(("ledger", home.ledger / f"{table}.parquet"))
        there = [(name, path) for name, path in places if path.is_file()]
        if there:
            found[table] = there
    return found


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """A source's manifest, or None when it has none or it cannot be read."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def read_index(home: Home) -> dict[str, Any]:
    """What was ever imported and not taken away on purpose: source name -> its last manifest in short."""
    try:
        found = json.loads((home.landing / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def staging(home: Home, source: str) -> Iterator[Path]:
    """An empty folder beside the store, on the same disk; what is still there at the end is thrown away.

    One import of a source at a time; what a crashed one left behind is cleared away first.
    """
    parent = home.landing / _VERSIONS / source
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _clear(parent)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=_UNFINISHED))
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            _clear(parent)


def spill_of(folder: Path) -> Path:
    """Where DuckDB may spill while a staged folder is made; beside it, so that it never becomes part of a version."""
    return folder.with_name(folder.name + ".spill")


def _clear(parent: Path) -> None:
    for left in parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def write_checked(check: Check, folder: Path, *, about: Mapping[str, Any], loaded_at: datetime, as_of: date,
                  inputs: Mapping[str, str]) -> dict[str, Any]:
    """Write the checked tables, the problems and the manifest into ``folder``; returns the manifest.

    ``about`` carries source, format, options and fingerprint; ``inputs`` maps input file names to their sha256.
    """
    tables = {}
    for name, counts in check.counts.items():
        path = folder / f"{name}.parquet"
        content = check.write(name, path)
        tables[name] = {"rows": counts.stored, "rows_in": counts.rows, "refused": counts.refused,
                        "replaced": counts.replaced, "content": content, "sha256": sha256_of(path)}
    check.problems.write_csv(folder / PROBLEMS)
    errors, notices = check.problems.counts()
    manifest = {**about, "loaded_at": loaded_at.isoformat(), "as_of": as_of.isoformat(),
                "contract": load_contract().hash, "inputs": dict(inputs), "tables": tables,
                "errors": errors, "notices": notices}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def swap_in(home: Home, source: str, folder: Path) -> None:
    """Make a finished folder the current version of a source, in one rename; the version before is taken away."""
    parent = home.landing / _VERSIONS / source
    version = parent / folder.name.replace(_UNFINISHED, "v-", 1)
    os.rename(folder, version)
    link = home.landing / source
    fresh = parent / f"{version.name}.link"
    os.symlink(os.path.relpath(version, home.landing), fresh)
    if link.is_dir() and not link.is_symlink():
        os.rename(link, parent / f"old-{version.name}")
    os.replace(fresh, link)
    for other in parent.iterdir():
        if other.is_dir() and other.name != version.name and not other.name.startswith(_UNFINISHED):
            shutil.rmtree(other, ignore_errors=True)
    _remember(home)


def _remember(home: Home) -> None:
    """Keep in short what every source was, so that one that vanishes can be named with its age."""
    index = read_index(home)
    for name, folder in source_folders(home).items():
        manifest = read_manifest(folder)
        if manifest:
            index[name] = {"format": manifest.get("format", ""), "loaded_at": manifest.get("loaded_at", ""),
                           "as_of": manifest.get("as_of", ""),
                           "rows": sum(table.get("rows", 0) for table in manifest.get("tables", {}).values())}
    write_atomically(home.landing / INDEX, json.dumps(index, indent=2, ensure_ascii=False) + "\n")


def forget_source(home: Home, source: str) -> None:
    """Take a source away on purpose, so that it is no longer missed."""
    link = home.landing / source
    if link.is_symlink():
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)
    shutil.rmtree(home.landing / _VERSIONS / source, ignore_errors=True)
    index = read_index(home)
    index.pop(source, None)
    write_atomically(home.landing / INDEX, json.dumps(index, indent=2, ensure_ascii=False) + "\n")


def fingerprint(parts: Sequence[Any]) -> str:
    """One hash over everything that decides what an import stores."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
