"""What every engine promises beside equal answers: refusals in words, no traces, several builds at once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse import engines
from hedgerow.warehouse.engines import ENGINE_NAMES, UnableToOpenEngine, open_engine
from hedgerow.warehouse.engines.shapes import Shapes, UnableToShape

from .conftest import OpenEngine

HERE = ["duckdb", "clickhouse", "postgres"]


def numbers(path: Path, count: int) -> Path:
    duckdb.sql(f"SELECT CAST(range AS BIGINT) AS n FROM range({count})").write_parquet(str(path))
    return path


def test_unknown_engine_names_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(UnableToOpenEngine) as caught:
        open_engine("clickhose")
    assert caught.value.code == "unknown_engine"
    assert "did you mean clickhouse?" in caught.value.message
    assert all(name in caught.value.message for name in ENGINE_NAMES)


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> object:
        raise ModuleNotFoundError("No module named 'pyspark'", name="pyspark")
    monkeypatch.setattr(engines.importlib, "import_module", missing)
    with pytest.raises(UnableToOpenEngine, match=r"pip install 'hedgerow\[spark\]'") as caught:
        open_engine("spark")
    assert caught.value.code == "engine_not_installed"


def test_spark_without_java_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="Spark needs pyspark")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UnableTo) as caught:
        open_engine("spark")
    assert caught.value.code == "no_java"


def test_postgres_without_an_address_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="PostgreSQL needs psycopg")
    monkeypatch.delenv("HEDGEROW_POSTGRES_URL", raising=False)
    with pytest.raises(UnableTo, match="HEDGEROW_POSTGRES_URL"):
        open_engine("postgres")


@pytest.mark.parametrize("name", HERE[1:])
def test_two_builds_at_once_do_not_see_each_other(name: str, open_one: OpenEngine, tmp_path: Path) -> None:
    first, second = open_one(name), open_one(name)
    first.load("t", numbers(tmp_path / "a.parquet", 3))
    second.load("t", numbers(tmp_path / "b.parquet", 5))
    first.create("m", "SELECT COUNT(*) AS n FROM t", is_table=True)
    second.create("m", "SELECT COUNT(*) AS n FROM t", is_table=True)
    assert (first.query("SELECT n FROM m"), second.query("SELECT n FROM m")) == ([(3,)], [(5,)])
    first.close()
    assert second.query("SELECT n FROM m") == [(5,)]


@pytest.mark.parametrize("name", HERE)
def test_creating_again_replaces_and_dropping_forgets(name: str, open_one: OpenEngine, tmp_path: Path) -> None:
    engine = open_one(name)
    engine.load("t", numbers(tmp_path / "t.parquet", 3))
    engine.create("m", "SELECT n FROM t", is_table=True)
    engine.create("m", "SELECT n FROM t WHERE n > 0", is_table=False)
    assert engine.query("SELECT COUNT(*) AS c FROM m") == [(2,)]
    engine.drop("m")
    with pytest.raises(Exception, match="m"):
        engine.query("SELECT n FROM m")


@pytest.mark.parametrize("name", HERE[1:])
def test_what_is_not_portable_is_refused_before_it_runs(name: str, open_one: OpenEngine, tmp_path: Path) -> None:
    engine = open_one(name)
    engine.load("t", numbers(tmp_path / "t.parquet", 3))
    with pytest.raises(UnableTo) as caught:
        engine.create("m", "SELECT LAG(n, 1) OVER (ORDER BY n) AS p, n / 2 AS h FROM t", is_table=True)
    assert caught.value.code == "unportable_sql"
    assert len(caught.value.problems) == 2


def test_postgres_leaves_nothing_behind(open_one: OpenEngine, postgres_url: str, tmp_path: Path) -> None:
    import psycopg

    engine = open_one("postgres")
    engine.load("t", numbers(tmp_path / "t.parquet", 3))
    count = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s"
    with psycopg.connect(postgres_url) as other:
        assert other.execute(count, (engine.schema,)).fetchone() == (1,)  # type: ignore[attr-defined]
    engine.close()
    with psycopg.connect(postgres_url) as other:
        assert other.execute(count, (engine.schema,)).fetchone() == (0,)  # type: ignore[attr-defined]


def test_clickhouse_refuses_a_path_that_it_would_read_as_a_pattern(open_one: OpenEngine, tmp_path: Path) -> None:
    with pytest.raises(UnableTo, match="pattern"):
        open_one("clickhouse").load("t", numbers(tmp_path / "a[1].parquet", 3))


def test_shapes_name_every_column_that_not_all_engines_can_hold() -> None:
    with pytest.raises(UnableToShape) as caught:
        Shapes().create("m", "SELECT SUM(1) AS total, 1.5 AS rate, 1 AS n")
    assert [problem.where.column for problem in caught.value.problems] == ["total", "rate"]


def test_shapes_bind_without_running() -> None:
    shapes = Shapes()
    shapes.create("m", "SELECT CAST(1 AS BIGINT) // CAST(0 AS BIGINT) AS boom, 'x' AS word")
    assert shapes.columns("m") == (("boom", "BIGINT"), ("word", "VARCHAR"))


@pytest.mark.parametrize("name", ["t; DROP TABLE u", "T", "", "a-b", "1a"])
def test_names_that_need_quotes_are_refused(name: str) -> None:
    with pytest.raises(UnableToShape):
        Shapes().create(name, "SELECT 1 AS x")
