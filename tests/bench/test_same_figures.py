"""The benchmark compares like with like: build and pandas reach the same figures, to the cent, from the same files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
AS_OF = "2025-12-05"


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "home"
    said = _python("bench/generate.py", str(folder), "1500")
    assert said.returncode == 0, said.stderr
    rows = json.loads(said.stdout)
    assert 45 <= rows["invoice_lines"] / 1500 <= 51  # a million accounts make about 48 million lines
    return folder


def test_pandas_and_the_build_agree_on_movements_and_retention(home: Path, tmp_path: Path) -> None:
    """REV-44, REV-60 to REV-66, REV-80 to REV-86, REV-150, by a second hand."""
    built = _python("-m", "hedgerow", "run", "--home", str(home), "--as-of", AS_OF, "--json")
    assert built.returncode == 0, built.stderr
    assert _python("bench/pandas_lifecycle.py", str(home), str(tmp_path)).returncode == 0
    compared = _python("bench/compare.py", str(home), str(tmp_path))
    assert compared.returncode == 0, compared.stdout
    assert compared.stdout.count("equal to the cent") == 2

    movement = tmp_path / "movement.csv"
    lines = movement.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if ",expansion," in line and not line.endswith(",0"))
    head, _, cents = lines[at].rpartition(",")
    lines[at] = f"{head},{int(cents) + 1}"
    movement.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert _python("bench/compare.py", str(home), str(tmp_path)).returncode == 1, "one cent must be noticed"


def test_there_are_spikes_to_be_smoothed(home: Path) -> None:
    """Without a spike the adjusted series would prove nothing."""
    import duckdb

    tables = home / "current" / "tables"
    found = duckdb.execute(f"SELECT COUNT(*) FROM read_parquet('{tables}/adjustment.parquet') "
                           "WHERE rule = 'REV-44' AND state = 'applied'").fetchall()
    assert found[0][0] > 0


def test_the_floor_groups_all_lines(home: Path) -> None:
    said = _python("bench/floor.py", str(home))
    assert int(said.stdout) == json.loads((home / "landing/bench/manifest.json").read_text())["tables"][
        "invoice_lines"]["rows"]  # a product stands once on an invoice
