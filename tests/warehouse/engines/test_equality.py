"""All models, to the cent, on DuckDB and on each other engine.

Two inputs: cases of every billing shape from the oracle's generator, and random rows straight from the contract.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hedgerow.policies.loader import load_policies
from hedgerow.warehouse.build import build_tables, stored_schema
from hedgerow.warehouse.engines import open_engine
from hedgerow.warehouse.integrity import check_build
from hedgerow.warehouse.landing.contract import load_contract
from tests.oracle.generate import AS_OF, SHAPES, batch
from tests.oracle.landing import complete

from .compare import Build, differences, export_all
from .conftest import SMALL_SPARK, OpenEngine
from .generated import generate
from .spark_cluster import standalone

pytestmark = pytest.mark.engines
Files = Mapping[str, Sequence[Path]]
# One case of every shape; HEDGEROW_EQUALITY_CASES asks for more.
CASES = int(os.environ.get("HEDGEROW_EQUALITY_CASES", str(len(SHAPES))))
RANDOM_AS_OF = date(2026, 3, 10)


def write(tables: Mapping[str, Sequence[Mapping[str, Any]]], folder: Path) -> dict[str, list[Path]]:
    folder.mkdir()
    files = {}
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        schema = stored_schema(load_contract(), name)
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), path)
        files[name] = [path]
    return files


def all_models(files: Files, as_of: date) -> Build:
    params = load_policies().params(as_of=as_of, known_at=as_of)
    return partial(build_tables, tables=files, as_of=as_of, params=params)


def inputs(kind: str, folder: Path) -> Build:
    if kind == "cases":
        return all_models(write(complete(batch(CASES)), folder / "landing"), AS_OF)
    (folder / "landing").mkdir()
    return all_models(generate(folder / "landing", seed=int(kind.removeprefix("random"))), RANDOM_AS_OF)


ENGINES = ["clickhouse", "postgres", pytest.param("spark", marks=pytest.mark.slow)]


@pytest.mark.parametrize("kind", ["cases", "random1"])
@pytest.mark.parametrize("name", ENGINES)
def test_all_models_are_equal_to_the_cent(name: str, kind: str, open_one: OpenEngine, tmp_path: Path) -> None:
    build = inputs(kind, tmp_path)
    expected = export_all(open_one("duckdb"), build, tmp_path / "duckdb")
    found = export_all(open_one(name), build, tmp_path / name)
    assert expected, "nothing is published"
    assert not (lines := differences(expected, found)), "\n".join(lines)


@pytest.mark.parametrize("name", ["clickhouse", "postgres"])
def test_integrity_checks_read_the_same(name: str, open_one: OpenEngine, tmp_path: Path) -> None:
    build = inputs("cases", tmp_path)
    answers = []
    for engine in (open_one("duckdb"), open_one(name)):
        build(engine)
        answers.append(check_build(engine, load_policies().params(as_of=AS_OF, known_at=AS_OF)))
    assert answers[0]
    assert answers[0] == answers[1]


@pytest.mark.slow
def test_spark_on_a_standalone_master_with_two_workers(open_one: OpenEngine, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="Spark needs pyspark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    build = inputs("cases", tmp_path)
    expected = export_all(open_one("duckdb"), build, tmp_path / "duckdb")
    with standalone(workers=2) as url:
        conf = {**SMALL_SPARK, "spark.sql.shuffle.partitions": "2", "spark.executor.memory": "512m",
                "spark.cores.max": "2", "spark.executor.cores": "1"}
        engine = open_engine("spark", master=url, conf=conf, memory_limit="1GB")
        try:
            found = export_all(engine, build, tmp_path / "spark")
            workers = len(engine.workers())  # type: ignore[attr-defined]
        finally:
            engine.close()
    assert workers == 2
    assert not (lines := differences(expected, found)), "\n".join(lines)
