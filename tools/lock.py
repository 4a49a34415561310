"""Write the lock files: every package with its exact version, transitive ones too, as pip resolves them today.

Only names and versions are written: no index address and no hashes (docs/decisions/0005-lock-files.md says why).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = "setuptools>=77"  # the package is installed without build isolation, so its builder is locked as well
TEST_EXTRAS = ("clickhouse", "spark", "postgres", "stripe", "dev")
HEAD = "# {what}. Written by make lock; change pyproject.toml, not this file.\n"


def resolve(wanted: list[str]) -> dict[str, str]:
    """Package name -> version, as pip would install them into an empty environment."""
    call = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-"]
    answer = subprocess.run([*call, *wanted], check=True, capture_output=True, text=True)
    listed = json.loads(answer.stdout)["install"]
    return {item["metadata"]["name"].lower().replace("_", "-"): item["metadata"]["version"] for item in listed}


def write(file: Path, what: str, versions: dict[str, str]) -> None:
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    file.write_text(HEAD.format(what=what) + "".join(lines), encoding="utf-8")
    print(f"{file.name}: {len(versions)} packages")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = [*project["dependencies"], BUILD]
    extras = [line for extra in TEST_EXTRAS for line in project["optional-dependencies"][extra]]
    everything = resolve([*core, *extras])
    # One resolution serves both files, so that tests run on the versions that users get.
    pins = [f"{name}=={version}" for name, version in everything.items()]
    (ROOT / "build").mkdir(exist_ok=True)
    constraints = ROOT / "build" / "constraints.txt"
    constraints.write_text("\n".join(pins) + "\n", encoding="utf-8")
    write(ROOT / "requirements.lock", "What Hedgerow runs on", resolve([*core, "--constraint", str(constraints)]))
    write(ROOT / "requirements-dev.lock", "What its tests, checks and benchmarks run on", everything)


if __name__ == "__main__":
    main()
