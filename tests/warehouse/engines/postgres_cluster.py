"""A throw-away PostgreSQL from Debian's package, in a temporary folder, reached through a Unix socket only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql")
# A locale that sorts otherwise than by bytes, so that a text order that leans on the database shows.
LOCALE = ("--locale-provider=icu", "--icu-locale=en-US", "--encoding=UTF8", "--locale=C")


def binaries() -> Path | None:
    """The newest installed version's bin folder."""
    found = [folder / "bin" for folder in BINARIES.glob("*") if (folder / "bin" / "initdb").exists()]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def _user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


@contextmanager
def cluster() -> Iterator[str]:
    """A connection string; the server and its files are gone afterwards."""
    tools = binaries()
    assert tools is not None
    folder = Path(tempfile.mkdtemp(prefix="hedgerow-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data, log = folder / "data", folder / "log"
    try:
        _run(tools / "initdb", "-D", data, "-A", "trust", "-U", "hedgerow", "--no-sync", *LOCALE)
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c shared_buffers=64MB"
        _run(tools / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield f"host={folder} user=hedgerow dbname=postgres"
        finally:
            _run(tools / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    # Without a terminal or pipe: the server would keep a pipe open for as long as it runs.
    done = subprocess.run([*_user(), *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          cwd="/", check=False, timeout=60)
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}"
