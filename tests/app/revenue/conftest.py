"""Tiny snapshots, written by hand: months 2025-06 to 2025-12, open month 2025-11, one forward month."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from hedgerow.warehouse.snapshot_reader import TABLES, stored_columns

#: Views over other tables; the reader makes them from their models.
BUILT_ON_READING = ("adjusted_month", "customer_member")


def idx(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def policy_months(first: str, run: str, forward: int = 2, basis: str = "straight_line") -> list[dict[str, Any]]:
    return [{"month_idx": i, "month": f"{i // 12:04d}-{i % 12 + 1:02d}", "days": 30, "annual_basis": basis,
             "status": "closed" if i < idx(run) else "open" if i == idx(run) else "forward",
             "retention_min_base_cents": 500000, "arr_multiple": 12}
            for i in range(idx(first), idx(run) + forward + 1)]


def write_table(file: Path, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """Parquet with exactly these columns; keys that a row lacks are null."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    extra = {key: "BIGINT" for row in rows for key in row if key not in columns}
    kinds = {**columns, **extra}
    connection.execute(f"CREATE TABLE t ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
    for row in rows:
        connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(kinds))})", [row.get(k) for k in kinds])
    quoted = str(file).replace("'", "''")
    connection.execute(f"COPY t TO '{quoted}' (FORMAT parquet)")


def write_home(root: Path, *, run: str = "2025-11", first: str = "2025-06", as_of: str = "2025-11-20",
               tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
               landing: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, snapshot: str = "one",
               **manifest: Any) -> Path:
    """A home folder with one snapshot, made current."""
    folder = root / "snapshots" / snapshot
    given = {**{name: [] for name in TABLES if name not in BUILT_ON_READING},
             "policy_month": policy_months(first, run),
             "retention_window": [{"window_months": months} for months in (3, 6, 12)], **(tables or {})}
    for name, rows in given.items():
        write_table(folder / "tables" / f"{name}.parquet", rows, TABLES[name])
    listed = {}
    for name, rows in (landing or {}).items():
        file = root / "landing" / "demo" / f"{name}.parquet"
        write_table(file, rows, stored_columns(name))
        listed[name] = [str(file.relative_to(root))]
    described = {"id": snapshot, "as_of": as_of, "run_month": run, "policy_hash": "sha256:" + "a" * 64,
                 "created_at": f"{as_of}T06:00:00Z", "status": "ok", "landing": listed, **manifest}
    (folder / "manifest.json").write_text(json.dumps(described), encoding="utf-8")
    (root / "current").unlink(missing_ok=True)
    (root / "current").symlink_to(folder)
    return root


def movement(month: str, component: str, customers: int, cents: int, scope: str = "total",
             series: str = "adjusted") -> dict[str, Any]:
    return {"series": series, "scope": scope, "month_idx": idx(month), "component": component,
            "customers": customers, "amount_cents": cents}


def stage(customer: str, month: str, name: str, prev: int, now: int, scope: str = "total",
          track: str = "same") -> dict[str, Any]:
    return {"scope": scope, "customer_id": customer, "track": track, "month_idx": idx(month), "stage": name,
            "prev_cents": prev, "mrr_cents": now, "delta_cents": now - prev}


def summed(customer: str, month: str, cents: int, **columns: Any) -> dict[str, Any]:
    """One row of customer_month: the waterfall is list - discount - credit - refund = total."""
    return {"customer_id": customer, "month_idx": idx(month), "billing_config": "paid", "selected_type": "completed",
            "classification": "standard", "list_cents": cents, "discount_cents": 0, "credit_applied_cents": 0,
            "refund_cents": 0, "total_cents": cents, "mrr_cents": max(cents, 0), "tax_cents": 0,
            "ex_tax_cents": cents, "usage_basis_cents": cents, "straight_line_cents": cents, **columns}


EXAMPLE_L = [("n", 0, 120000, "new"), ("f", 50000, 50000, "flat"), ("g", 80000, 110000, "growing"),
             ("s", 200000, 150000, "shrinking"), ("c", 70000, 0, "churned"), ("r", 0, 45000, "reactivated")]


@pytest.fixture
def home_l(tmp_path: Path) -> Path:
    """Example L of the specification, from 2025-09 to 2025-10; the reactivated customer paid 300 in 2025-07."""
    totals = [summed(who, "2025-09", prev) for who, prev, _, _ in EXAMPLE_L if prev]
    totals += [summed(who, "2025-10", now) for who, _, now, _ in EXAMPLE_L if now]
    totals += [summed("r", "2025-07", 30000)]
    products = [{"customer_id": "g", "month_idx": idx("2025-10"), "product_key": key, "mrr_cents": cents,
                 "list_cents": cents} for key, cents in (("session_replay", 30000), ("product_analytics", 80000))]
    names = [("n", "Newton"), ("f", "Flat & Co"), ("g", "Grow"), ("s", "=cmd|'/c calc'!A1"), ("c", "Gone"),
             ("r", "Back")]
    return write_home(tmp_path, tables={
        "customer": [{"customer_id": i, "name": n, "domain": f"{i}.example", "billing_config": "paid",
                      "segment": "managed", "first_month_idx": idx("2025-07")} for i, n in names],
        "customer_member": [{"source_customer_id": s, "customer_id": c, "kind": k} for s, c, k in
                            [("g-eu", "g", "region_migration")]],
        "customer_month": totals, "product_month": products,
        "stage_month": [*(stage(w, "2025-10", name, prev, now) for w, prev, now, name in EXAMPLE_L),
                      stage("g", "2025-10", "new", 0, 30000, "session_replay"),
                      stage("r", "2025-07", "new", 0, 30000), stage("r", "2025-08", "churned", 30000, 0)],
        "movement": [movement("2025-10", "baseline", 4, 400000), movement("2025-10", "new", 1, 120000),
                     movement("2025-10", "reactivated", 1, 45000), movement("2025-10", "retained", 3, 330000),
                     movement("2025-10", "expansion", 1, 30000), movement("2025-10", "contraction", 1, -50000),
                     movement("2025-10", "churned", 1, -70000),
                     movement("2025-10", "new", 1, 30000, "session_replay"),
                     movement("2025-10", "expansion", 2, 77, series="unadjusted")],
    })


@pytest.fixture
def home_r(tmp_path: Path) -> Path:
    """Example R of the specification: base 2025-07, window 3, month 2025-10."""
    base = {"A": 100000, "B": 200000, "C": 60000, "D": 42000, "E": 41000}
    now = {"A": 130000, "B": 150000, "C": 0, "D": 42000, "E": 500000, "F": 90000}
    return write_home(tmp_path, tables={
        "customer": [{"customer_id": i, "name": f"Customer {i}", "billing_config": "paid"} for i in now],
        "customer_month": [*(summed(i, "2025-07", v) for i, v in base.items()),
                           *(summed(i, "2025-10", v) for i, v in now.items() if v)],
        "retention": [{"month_idx": idx("2025-10"), "window_months": 3, "scope": "total",
                       "base_month_idx": idx("2025-07"), "customers": 4, "base_cents": 402000,
                       "current_cents": 322000, "capped_cents": 292000}],
    })


@pytest.fixture
def made() -> SimpleNamespace:
    """The makers of hand-made rows and homes."""
    return SimpleNamespace(write_home=write_home, summed=summed, stage=stage, movement=movement, idx=idx,
                           policy_months=policy_months)


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Run ``hedgerow revenue …`` and return the result (stdout, stderr, exit_code)."""
    from hedgerow.cli.revenue import app

    def run(home: Path, *words: str) -> Any:
        return CliRunner().invoke(app, [*words, "--home", str(home)])

    return run
