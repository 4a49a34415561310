"""``make bench``: what the build costs against a floor, against pandas, and as the number of accounts grows.

Sizes: BENCH_ACCOUNTS (default "10000,100000,1000000"); repetitions: BENCH_REPEAT (default 3); data goes to
BENCH_FOLDER (default build/bench, about 1 GB for a million accounts) and is kept for the next run. Nothing is
asserted about time; figures that differ from pandas' stop the run.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from measure import Cost, measure, median

ROOT = Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
FOLDER = Path(os.environ.get("BENCH_FOLDER", ROOT / "build" / "bench")).resolve()
REPEAT = int(os.environ.get("BENCH_REPEAT", "3"))
SIZES = [int(size) for size in os.environ.get("BENCH_ACCOUNTS", "10000,100000,1000000").split(",")]
AS_OF = "2025-12-05"
LIMIT = "1GB"
INTERACTIVE_AT = 100_000
PYTHON = [sys.executable]


@dataclass(frozen=True)
class Result:
    """One size: the costs of each contestant, medians over the repetitions."""

    accounts: int
    lines: int
    floor: Cost
    build: Cost
    ratio: float
    limited: Cost
    pandas: Cost
    pandas_ratio: float


def run_one(script: str, *arguments: str, extra: dict[str, str] | None = None) -> Cost:
    return measure([*PYTHON, str(BENCH / script), *arguments], cwd=ROOT, extra=extra)


def build(home: Path, extra: dict[str, str] | None = None) -> Cost:
    """``hedgerow run`` as a user types it, without a snapshot that it could take over."""
    shutil.rmtree(home / "snapshots", ignore_errors=True)
    (home / "current").unlink(missing_ok=True)
    command = [*PYTHON, "-m", "hedgerow", "run", "--home", str(home), "--as-of", AS_OF, "--json"]
    return measure(command, cwd=ROOT, extra=extra)


def landed(accounts: int) -> tuple[Path, int]:
    """The home with its landing store, made once; and the number of invoice lines."""
    home = FOLDER / f"accounts-{accounts}"
    note = home / "rows.json"
    if not note.exists():
        print(f"generating {accounts:,} accounts ...", flush=True)
        shutil.rmtree(home, ignore_errors=True)
        said = subprocess.run([*PYTHON, str(BENCH / "generate.py"), str(home), str(accounts)], cwd=ROOT, check=True,
                              capture_output=True, text=True).stdout
        note.write_text(said, encoding="utf-8")
    return home, json.loads(note.read_text(encoding="utf-8"))["invoice_lines"]


def compare(home: Path) -> str:
    """The figures of build and pandas; leaves when they are not the same to the cent."""
    said = subprocess.run([*PYTHON, str(BENCH / "compare.py"), str(home), str(home / "pandas")], cwd=ROOT,
                          check=False, capture_output=True, text=True)
    if said.returncode:
        raise SystemExit(f"bench: the figures differ from pandas'\n{said.stdout}{said.stderr}")
    return said.stdout.strip().replace("\n", "; ")


def bench(accounts: int) -> tuple[Result, str]:
    """Floor, build and pandas take turns, so that a slow minute of the machine meets all of them."""
    home, lines = landed(accounts)
    run_one("floor.py", str(home))  # the files are in the page cache for everybody from here on
    floors, builds, pandas = [], [], []
    for turn in range(REPEAT):
        print(f"{accounts:,} accounts, {lines:,} lines: round {turn + 1} of {REPEAT}", flush=True)
        floors.append(run_one("floor.py", str(home)))
        builds.append(build(home))
        pandas.append(run_one("pandas_lifecycle.py", str(home), str(home / "pandas")))
    equal = compare(home)
    limited = build(home, {"HEDGEROW_MEMORY_LIMIT": LIMIT})
    compare(home)
    to_floor = statistics.median(b.wall / f.wall for b, f in zip(builds, floors, strict=True))
    to_pandas = statistics.median(p.wall / b.wall for b, p in zip(builds, pandas, strict=True))
    return Result(accounts, lines, median(floors), median(builds), to_floor, limited, median(pandas), to_pandas), equal


def interactive() -> list[tuple[str, Cost]]:
    home = FOLDER / f"accounts-{INTERACTIVE_AT}"
    asked = [["revenue", "month", "c00000042"], ["revenue", "explain", "c00000042", "2025-11"], ["--help"]]
    timed = []
    for words in asked:
        where = [] if words == ["--help"] else ["--home", str(home), "--as-of", AS_OF]
        command = [*PYTHON, "-m", "hedgerow", *words, *where]
        timed.append(("hedgerow " + " ".join(words), median([measure(command, cwd=ROOT) for _ in range(REPEAT)])))
    return timed


def machine() -> list[str]:
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
             ] if info.exists() else []
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pandas", "numpy", "pyarrow"))
    return [f"- machine: {os.cpu_count()} x {names[0] if names else platform.machine()}, {memory:.0f} GiB, "
            f"{platform.system()} {platform.release()}",
            f"- versions: Python {platform.python_version()}, {versions}",
            f"- day: {datetime.now(UTC).date()}; medians of {REPEAT} rounds in which all contestants took turns"]


def table(results: list[Result]) -> list[str]:
    head = ("accounts", "invoice lines", "floor s", "build s", "build / floor", "build CPU s", "build peak MiB",
            f"build s at {LIMIT}", f"peak MiB at {LIMIT}", "pandas s", "pandas peak MiB", "pandas / build",
            "build µs per account")
    rows = [(f"{r.accounts:,}", f"{r.lines:,}", f"{r.floor.wall:.2f}", f"{r.build.wall:.2f}", f"{r.ratio:.1f}",
             f"{r.build.cpu:.2f}", f"{r.build.peak:.0f}", f"{r.limited.wall:.2f}", f"{r.limited.peak:.0f}",
             f"{r.pandas.wall:.2f}", f"{r.pandas.peak:.0f}", f"{r.pandas_ratio:.1f}",
             f"{r.build.wall / r.accounts * 1e6:.0f}") for r in results]
    return [f"| {' | '.join(cells)} |" for cells in (head, ("---:",) * len(head), *rows)]


def growth(results: list[Result]) -> list[str]:
    """Between two sizes: the added seconds per added account, start-up cost left out."""
    lines = []
    for small, large in zip(results, results[1:], strict=False):
        added = (large.build.wall - small.build.wall) / (large.accounts - small.accounts) * 1e6
        lines.append(f"- {small.accounts:,} to {large.accounts:,} accounts: {added:.1f} µs for each added account")
    return lines


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    results, equal = [], ""
    for accounts in SIZES:
        result, equal = bench(accounts)
        results.append(result)
    page = ["# Benchmarks", "", "Written by `make bench`; figures of one machine on one day.", "", *machine(), "",
            "Floor: DuckDB merely groups the same invoice lines by account, product and month. Build: `hedgerow run`, "
            "the whole job from landing store to snapshot, checks included. Pandas: `bench/pandas_lifecycle.py`, the "
            "lifecycle of plain customers only, from the same files. Each in a process of its own.", "",
            *table(results), "", f"Figures of build and pandas: {equal}.", ""]
    if len(results) > 1:
        page += ["## Growth", "", *growth(results), ""]
    if INTERACTIVE_AT in SIZES:
        page += [f"## Questions, on {INTERACTIVE_AT:,} accounts", "", "Whole processes, Python's start included.", "",
                 "| command | s | peak MiB |", "|---|---:|---:|"]
        page += [f"| `{words}` | {cost.wall:.2f} | {cost.peak:.0f} |" for words, cost in interactive()] + [""]
    text = "\n".join(page)
    print("\n" + text)
    target = BENCH / "results" / "latest.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
