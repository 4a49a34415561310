"""What was read from Stripe, one JSON line per version of an object, and how far each list was read.

A kill at any moment loses at most the page being written: objects are appended and synced before the state moves on,
a torn last line is cut off when the folder is opened, and an object that is read again unchanged is not written again.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hedgerow.integrations.stripe.shapes import Object, brief_of, fingerprint_of_shapes
from hedgerow.warehouse.landing.files import write_atomically
from hedgerow.warehouse.landing.raw import UnableToRead

KINDS = ("products", "prices", "customers", "subscriptions", "invoices", "credit_notes", "refunds",
         "refund_invoices", "balance_transactions")
_STATE = "state.json"


@dataclass(frozen=True)
class Entry:
    """The latest version of one object: its line in the file, and what is needed without opening it."""

    line: int
    digest: str
    brief: list[Any]


class Cache:
    """One folder for one Stripe account. Use as a context: the folder is locked against a second import meanwhile.

    Raises UnableToRead(busy | cache_damaged).
    """

    def __init__(self, folder: Path, *, api_version: str, base: str) -> None:
        self.folder = folder
        self._about = {"format": 1, "shapes": fingerprint_of_shapes(), "api_version": api_version, "base": base}
        self.index: dict[str, dict[str, Entry]] = {}
        self.state: dict[str, Any] = {}
        self.notes: list[str] = []
        self._lines: dict[str, int] = {}
        self._files: dict[str, IO[bytes]] = {}
        self._unsynced: set[str] = set()
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Cache:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (self.folder / ".lock").open("ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise UnableToRead("busy", f"another import is using {self.folder}; wait until it is done") from None
        try:
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()
        if self._lock:
            self._lock.close()
            self._lock = None

    def path(self, kind: str) -> Path:
        return self.folder / f"{kind}.jsonl"

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self.path(kind) for kind in KINDS if self.path(kind).is_file())

    def put(self, kind: str, key: str, digest: str, found: Object | None) -> bool:
        """Append a version; None says that the object is gone. False when it is the version already there."""
        old = self.index[kind].get(key)
        if old and old.digest == digest:
            return False
        brief = brief_of(kind, found) if found else []
        record = {"id": key, "digest": digest, "brief": brief, "object": found}
        self._file(kind).write(json.dumps(record).encode() + b"\n")
        self._unsynced.add(kind)
        self._lines[kind] += 1
        self.index[kind][key] = Entry(self._lines[kind], digest, brief)
        return True

    def save(self) -> None:
        """Make what was put so far, and then the state, safe on disk."""
        for kind in self._unsynced:
            self._files[kind].flush()
            os.fsync(self._files[kind].fileno())
        self._unsynced.clear()
        write_atomically(self.folder / _STATE, json.dumps({**self._about, **self.state}, indent=1) + "\n")

    def objects(self, kind: str) -> Iterator[tuple[int, Object]]:
        """Every object that is there now, with the line it stands on."""
        if kind in self._files:
            self._files[kind].flush()
        if not self.path(kind).is_file():
            return
        latest = self.index[kind]
        with self.path(kind).open("rb") as file:
            for number, line in enumerate(file, start=1):
                record = json.loads(line)
                if latest[record["id"]].line == number and record["object"] is not None:
                    yield number, record["object"]

    def _file(self, kind: str) -> IO[bytes]:
        if kind not in self._files:
            opened = self.path(kind).open("ab")
            os.chmod(opened.fileno(), 0o600)
            self._files[kind] = opened
        return self._files[kind]

    def _open(self) -> None:
        try:
            self.state = json.loads((self.folder / _STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self.state = {}
        about = {name: self.state.pop(name, None) for name in self._about}
        if about["base"] not in (None, self._about["base"]):
            raise UnableToRead("other_account", f"{self.folder} was read from {about['base']}; name another folder, or "
                                                "take this one away")
        if about != self._about:
            if any(about.values()):
                self.notes.append("What was kept is of another version; everything was read again.")
            self.state = {}
            for file in self.files:
                file.unlink()
        for kind in KINDS:
            self.index[kind], self._lines[kind] = self._indexed(kind)

    def _indexed(self, kind: str) -> tuple[dict[str, Entry], int]:
        path, number, torn = self.path(kind), 0, 0
        found: dict[str, Entry] = {}
        if not path.is_file():
            return found, 0
        with path.open("r+b") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    torn = len(line)
                    break
                number += 1
                try:
                    record = json.loads(line)
                    found[record["id"]] = Entry(number, record["digest"], record["brief"])
                except (ValueError, KeyError, TypeError):
                    raise UnableToRead("cache_damaged", f"{path}:{number} cannot be read; take the folder away and "
                                                        "import again") from None
            if torn:
                file.truncate(file.seek(0, os.SEEK_END) - torn)
        return found, number
