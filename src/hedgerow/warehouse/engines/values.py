"""Python values of an answer as DuckDB would give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_WHOLE = {"BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "TINYINT"}


def as_duckdb(rows: Sequence[tuple[Any, ...]], types: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """PostgreSQL's numeric sums become int, ClickHouse's 0/1 become bool, instants in UTC lose their zone."""
    return [tuple(_value(value, kind) for value, kind in zip(row, types, strict=True)) for row in rows]


def _value(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "BOOLEAN":
        return bool(value)
    if kind in _WHOLE and isinstance(value, Decimal):
        return int(value)
    if kind == "DOUBLE" and not isinstance(value, float):
        return float(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
