"""One command in a process of its own: wall clock, CPU and peak memory as the kernel counted them."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Seconds and MiB of one process, its threads included."""

    wall: float
    cpu: float
    peak: float


def measure(command: Sequence[str], *, cwd: Path, extra: Mapping[str, str] | None = None) -> Cost:
    """Run and wait. Raises SystemExit with what the command said when it fails.

    Peak memory of a child counts what its parent held at the start; keep the caller free of large libraries.
    """
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            os.chdir(cwd)
            os.execve(command[0], list(command), {**os.environ, **(extra or {})})
        _, status, used = os.wait4(pid, 0)
        wall = time.perf_counter() - begun
        if status:
            said.seek(0)
            sys.stderr.write(said.read().decode(errors="replace")[-4000:])
            raise SystemExit(f"bench: {' '.join(command)} failed with {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(c, part) for c in costs) for part in ("wall", "cpu", "peak")))
