"""One writer of the ledger at a time, so that two people who write at once both keep what they wrote."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from hedgerow.home import Home


@contextmanager
def ledger_lock(home: Home) -> Iterator[None]:
    """Wait for the ledger and hold it: read what is there, decide and write inside. Not taken twice in one step."""
    home.ledger.mkdir(parents=True, exist_ok=True)
    with (home.ledger / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
