"""The home folder: everything that one company's Hedgerow keeps on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Paths inside one home folder. Nothing is created by asking for a path."""

    root: Path

    @classmethod
    def at(cls, folder: str | Path | None = None) -> Home:
        """The folder given, else ``HEDGEROW_HOME``, else ``hedgerow-home`` in the current folder."""
        return cls(Path(folder or os.environ.get("HEDGEROW_HOME") or "hedgerow-home").expanduser())

    @property
    def landing(self) -> Path:
        """Checked sources: ``landing/<source>/<table>.parquet`` with a ``manifest.json`` and ``problems.csv``."""
        return self.root / "landing"

    @property
    def ledger(self) -> Path:
        """What people entered here: merges, overrides, metric catalogue, month closes, stored forecasts."""
        return self.root / "ledger"

    @property
    def policies(self) -> Path:
        """The company's own policy folder, laid over the reference policies."""
        return self.root / "policies"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def current(self) -> Path:
        """A link to the current snapshot; swapped in one rename."""
        return self.root / "current"
