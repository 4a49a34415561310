"""Where the SQL models run. One module an engine; ``open_engine`` picks one by name."""

from __future__ import annotations

import difflib
import importlib
from typing import Any

from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.engines.base import Engine

# name -> module, class, extra to install
_ENGINES = {
    "duckdb": ("duckdb", "DuckDBEngine", ""),
    "clickhouse": ("clickhouse", "ClickHouseEngine", "clickhouse"),
    "spark": ("spark", "SparkEngine", "spark"),
    "postgres": ("postgres", "PostgresEngine", "postgres"),
}
ENGINE_NAMES = tuple(_ENGINES)


class UnableToOpenEngine(UnableTo):
    """The engine is unknown, not installed, or not to be reached."""


def open_engine(name: str, **options: Any) -> Engine:
    """An engine ready to load tables; the caller closes it.

    All take ``memory_limit`` ('4GB'), ``threads`` and ``spill`` (a folder for temporary files). Spark also takes
    ``master``, PostgreSQL ``url`` and ``keep``. What an engine is not told it reads from HEDGEROW_SPARK_MASTER,
    HEDGEROW_SPARK_WORK and HEDGEROW_POSTGRES_URL. Raises UnableToOpenEngine.
    """
    if name not in _ENGINES:
        close = difflib.get_close_matches(name, ENGINE_NAMES, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UnableToOpenEngine("unknown_engine", f"no engine {name!r}; there are {', '.join(ENGINE_NAMES)}{hint}")
    module, kind, extra = _ENGINES[name]
    try:
        found = importlib.import_module(f"hedgerow.warehouse.engines.{module}")
    except ImportError as error:
        raise UnableToOpenEngine(
            "engine_not_installed", f"{name} needs {error.name}: pip install 'hedgerow[{extra}]'") from error
    engine: Engine = getattr(found, kind)(**options)
    return engine
