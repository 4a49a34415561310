"""Apache Spark, on this machine or on any master."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.engines.shapes import Shapes, conform, literal, typed_select
from hedgerow.warehouse.engines.values import as_duckdb
from hedgerow.warehouse.transpile import require_portable, say, to_dialect

_LOCAL_PARTITIONS = "4"


class UnableToUseSpark(UnableTo):
    """Spark cannot be started, or refused a statement."""


class SparkEngine:
    """Every table of a build is Parquet in a work folder, which driver and workers must all see under one path.

    ``master`` is a Spark master URL (HEDGEROW_SPARK_MASTER, else ``local[2]``); ``work`` the shared folder
    (HEDGEROW_SPARK_WORK, else a temporary one, enough for local masters and workers on this machine);
    ``conf`` further Spark settings.
    """

    name = "spark"
    dialect = "spark"

    def __init__(self, *, master: str | None = None, work: Path | None = None, conf: Mapping[str, str] | None = None,
                 memory_limit: str | None = None, spill: Path | None = None, threads: int | None = None) -> None:
        _need_java()
        master = master or os.environ.get("HEDGEROW_SPARK_MASTER") or f"local[{threads or 2}]"
        shared = work or os.environ.get("HEDGEROW_SPARK_WORK") or spill
        self._work = Path(tempfile.mkdtemp(prefix="spark-", dir=shared))
        # The workers may run as another user, and write here.
        self._work.chmod(0o777 if not master.startswith("local") else 0o700)
        self._is_ours = SparkSession.getActiveSession() is None
        self._session = self._start(master, memory_limit, conf or {})
        self._shapes = Shapes()
        self._tables: dict[str, Path] = {}

    def _start(self, master: str, memory_limit: str | None, conf: Mapping[str, str]) -> SparkSession:
        settings = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
            "spark.sql.parquet.compression.codec": "zstd",
            "spark.sql.crossJoin.enabled": "true",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": (memory_limit or "2GB").upper().replace("GB", "g").replace("MB", "m"),
            "spark.sql.warehouse.dir": str(self._work / "warehouse"),
        }
        if master.startswith("local") or "127.0.0.1" in master:
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
                         "spark.sql.shuffle.partitions": _LOCAL_PARTITIONS}
        builder = SparkSession.builder.master(master).appName("hedgerow")
        for key, value in (settings | dict(conf)).items():
            builder = builder.config(key, value)
        try:
            session = builder.getOrCreate()
        except Exception as error:  # the bridge to Java raises many kinds
            raise UnableToUseSpark("no_connection", f"Spark does not start on {master}: {error}") from error
        session.sparkContext.setLogLevel("ERROR")
        return session

    def load(self, table: str, path: Path) -> None:
        self._shapes.load(table, path)
        self._read(path).createOrReplaceTempView(table)

    def create(self, name: str, sql: str, *, is_table: bool) -> None:
        require_portable(sql, name=name)
        body = say(typed_select(sql, self._shapes.create(name, sql)), self.dialect, name=name)
        try:
            frame = self._session.sql(body)
            if is_table:
                folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._work)) / "rows"
                folder.parent.chmod(self._work.stat().st_mode & 0o777)
                frame.write.parquet(f"file://{folder}")
                # Spark infers types from the files, and an empty result has none: keep the ones just written.
                frame = self._session.read.schema(frame.schema).parquet(f"file://{folder}")
                self._tables[name] = folder
            frame.createOrReplaceTempView(name)
        except PySparkException as error:
            raise UnableToUseSpark("spark", f"{error}\nin: {body[:2000]}") from error

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        text = to_dialect(sql, self.dialect, name="query")
        try:
            rows = [tuple(row) for row in self._session.sql(text).collect()]
        except PySparkException as error:
            raise UnableToUseSpark("spark", f"{error}\nin: {text[:2000]}") from error
        return as_duckdb(rows, self._shapes.types_of(sql))

    def export(self, name: str, path: Path) -> None:
        folder = self._tables.get(name) or self._materialise(name)
        conform(f"read_parquet({literal(str(folder / '*.parquet'))})", self._shapes.columns(name), path)

    def _materialise(self, view: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=f"{view}-", dir=self._work)) / "rows"
        self._session.table(view).write.parquet(f"file://{folder}")
        return folder

    def workers(self) -> list[str]:
        """Addresses of the executors that answer, the driver not among them."""
        context = self._session.sparkContext
        executors = context._jsc.sc().statusTracker().getExecutorInfos()
        return sorted(f"{e.host()}:{e.port()}" for e in executors)[:-1]

    def drop(self, name: str) -> None:
        self._session.catalog.dropTempView(name)
        self._shapes.drop(name)
        if folder := self._tables.pop(name, None):
            shutil.rmtree(folder.parent, ignore_errors=True)

    def close(self) -> None:
        if self._is_ours:
            self._session.stop()
        shutil.rmtree(self._work, ignore_errors=True)
        with contextlib.suppress(Exception):
            self._shapes.close()

    def _read(self, path: Path) -> Any:
        return self._session.read.parquet(f"file://{path.resolve()}")


def _need_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (home and (Path(home) / "bin" / "java").exists()) and not shutil.which("java"):
        raise UnableToUseSpark(
            "no_java", "Spark needs Java 17: apt-get install openjdk-17-jre-headless, or set JAVA_HOME")
