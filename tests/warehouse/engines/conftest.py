from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hedgerow.warehouse.engines import open_engine
from hedgerow.warehouse.engines.base import Engine

from .postgres_cluster import binaries, cluster

OpenEngine = Callable[[str], Engine]
# Little data needs no more.
SMALL_SPARK = {"spark.sql.shuffle.partitions": "2"}


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """HEDGEROW_TEST_POSTGRES_URL, else a cluster of our own."""
    if url := os.environ.get("HEDGEROW_TEST_POSTGRES_URL"):
        yield url
    elif binaries() is None:
        pytest.skip("no PostgreSQL: set HEDGEROW_TEST_POSTGRES_URL or apt-get install postgresql")
    else:
        with cluster() as url:
            yield url


@pytest.fixture
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenEngine]:
    """Opens engines by name, closes them at the end, skips where one cannot run on this machine."""
    opened: list[Engine] = []

    def open_by_name(name: str) -> Engine:
        options: dict[str, Any] = {"threads": 2, "spill": tmp_path}
        if name == "clickhouse":
            pytest.importorskip("chdb", reason="ClickHouse needs chdb")
        elif name == "spark":
            pytest.importorskip("pyspark", reason="Spark needs pyspark")
            if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
                pytest.skip("Spark needs Java")
            options |= {"master": "local[2]", "conf": SMALL_SPARK, "memory_limit": "1GB"}
        elif name == "postgres":
            pytest.importorskip("psycopg", reason="PostgreSQL needs psycopg")
            options["url"] = request.getfixturevalue("postgres_url")
        engine = open_engine(name, **options) if name != "postgres" else open_engine(name, **{**options, "threads": 1})
        opened.append(engine)
        return engine

    yield open_by_name
    for engine in opened:
        engine.close()
