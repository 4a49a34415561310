"""The main job: landing to snapshot. A snapshot is an immutable folder; the current one is swapped in one rename."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hedgerow.home import Home
from hedgerow.kernel.params import Params
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.build import Progress, build_tables
from hedgerow.warehouse.engines.base import Engine
from hedgerow.warehouse.integrity import Check, check_build, failed
from hedgerow.warehouse.landing.store import read_tables, sha256_of
from hedgerow.warehouse.model import load_models
from hedgerow.warehouse.params import model_values


class UnableToRun(UnableTo):
    """Codes: ``no_landing`` (nothing was imported)."""


@dataclass(frozen=True)
class Built:
    """What a run made: the snapshot's folder, its manifest, its checks, and whether anything had to be built."""

    folder: Path
    manifest: dict[str, Any]
    checks: tuple[Check, ...]
    is_new: bool

    @property
    def is_ok(self) -> bool:
        return not failed(list(self.checks))


def build_snapshot(home: Home, engine: Engine, *, as_of: date, params: Params, created_at: datetime,
                   force: bool = False, accept_loss: bool = False, on_step: Progress | None = None) -> Built:
    """Build from everything that has landed. A failed build is kept for looking at; the last good one stays current.

    The same landing, policy, models, engine and day give the same snapshot: it is then used as it is unless ``force``.
    """
    tables = read_tables(home)
    if not tables:
        raise UnableToRun("no_landing", f"nothing has been imported into {home.root}; "
                          "begin with: hedgerow import FORMAT PATH")
    inputs = _inputs(home, tables, as_of=as_of, params=params, engine=engine)
    folder = home.snapshots / inputs["id"]
    if not force and _is_good(folder):
        _make_current(home, folder)
        return Built(folder, _read_json(folder / "manifest.json"), _read_checks(folder), False)
    home.snapshots.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=home.snapshots))
    work.chmod(0o755)
    try:
        published = build_tables(engine, tables, as_of=as_of, params=params, on_step=on_step)
        checks = check_build(engine, params, accept_loss=accept_loss)
        (work / "tables").mkdir()
        for name in published:
            engine.export(name, work / "tables" / f"{name}.parquet")
        manifest = {**inputs, "created_at": created_at.isoformat(), "status": "failed" if failed(checks) else "ok"}
        _write_json(work / "integrity.json", {"checks": [check.as_row() for check in checks]})
        _write_json(work / "manifest.json", manifest)
        if failed(checks):
            folder = folder.with_name(folder.name + "-failed")
        if folder.exists():
            shutil.rmtree(folder)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if not failed(checks):
        _make_current(home, folder)
    return Built(folder, manifest, tuple(checks), True)


def _inputs(home: Home, tables: Mapping[str, Sequence[Path]], *, as_of: date, params: Params,
            engine: Engine) -> dict[str, Any]:
    root = home.root.resolve()
    landing = {name: [{"path": str(path.resolve().relative_to(root)), "sha256": sha256_of(path)} for path in paths]
               for name, paths in tables.items()}
    models = hashlib.sha256("".join(model.sql for model in load_models().values()).encode()).hexdigest()
    parts: dict[str, Any] = {
        "as_of": as_of.isoformat(), "known_at": params.known_at.isoformat(), "run_month": as_of.isoformat()[:7],
        "policy": params.policy_hash, "models": f"sha256:{models}", "engine": engine.name, "landing": landing,
        "values": model_values(params),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
    return {"id": f"{as_of.isoformat()}-{digest}", **parts}


def _make_current(home: Home, folder: Path) -> None:
    """One rename: a reader sees the old snapshot or the new one, never neither."""
    link = home.root / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.relative_to(home.root))
    link.replace(home.current)


def _is_good(folder: Path) -> bool:
    manifest = folder / "manifest.json"
    return manifest.is_file() and _read_json(manifest).get("status") == "ok"


def _read_checks(folder: Path) -> tuple[Check, ...]:
    return tuple(Check(**row) for row in _read_json(folder / "integrity.json")["checks"])


def _read_json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
