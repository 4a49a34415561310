"""The open data contract as frozen values: which tables and columns exist, and how each is stored once checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

STORED_TYPES = {
    "text": "VARCHAR", "enum": "VARCHAR", "integer": "BIGINT", "money": "BIGINT", "unit_price": "BIGINT",
    "percent": "BIGINT", "date": "DATE", "timestamp": "TIMESTAMP", "month": "INTEGER", "boolean": "BOOLEAN",
}
_STORED_ENDINGS = {
    "money": ("amount", "cents"), "unit_price": ("price", "e10"), "percent": ("percent", "ppm"),
    "month": ("month", "month_idx"),
}
_JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "enum": {"type": "string"},
    "integer": {"type": "string", "pattern": r"^-?\d{1,18}$"},
    "money": {"type": "string", "pattern": r"^-?\d{1,13}(\.\d{1,2})?$"},
    "unit_price": {"type": "string", "pattern": r"^\d{1,8}(\.\d{1,10})?$"},
    "percent": {"type": "string", "pattern": r"^\d{1,3}(\.\d{1,4})?$"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "month": {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    "boolean": {"type": "string", "enum": ["true", "false"]},
}


@dataclass(frozen=True)
class Column:
    """One column as written in a source file, and the name and type that the landing store gives it."""

    name: str
    type: str
    meaning: str
    is_required: bool = False
    values: tuple[str, ...] = ()

    @property
    def stored(self) -> str:
        """``tax_amount`` -> ``tax_cents``, ``discount_percent`` -> ``discount_ppm``, ``month`` -> ``month_idx``."""
        old, new = _STORED_ENDINGS.get(self.type, ("", ""))
        return self.name.removesuffix(old) + new if old and self.name.endswith(old) else self.name

    @property
    def stored_type(self) -> str:
        return STORED_TYPES[self.type]


@dataclass(frozen=True)
class Derived:
    """A stored column that no source gives: the landing store computes it."""

    stored: str
    stored_type: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One kind of record. ``key`` and ``latest_by`` are column names as written in a source file."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    latest_by: str = ""
    derived: tuple[Derived, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def stored_key(self) -> tuple[str, ...]:
        return tuple(self.column(name).stored for name in self.key)

    @property
    def stored_columns(self) -> tuple[tuple[str, str], ...]:
        """(name, DuckDB type) in stored order; the derived columns stand last."""
        own = tuple((column.stored, column.stored_type) for column in self.columns)
        return own + tuple((extra.stored, extra.stored_type) for extra in self.derived)


@dataclass(frozen=True)
class Contract:
    """All tables. ``hash`` changes with every edit of the contract file."""

    version: int
    tables: dict[str, Table]
    hash: str

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of one row per table; values are text, as in CSV."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Hedgerow open data contract", "version": self.version,
            "$defs": {table.name: _table_schema(table) for table in self.tables.values()},
        }


# The big table needs no join later: its invoice's customer, month and whether it counts stand on each line.
_DERIVED = {
    "invoice_lines": (
        Derived("customer_id", "VARCHAR", "Billing customer of its invoice"),
        Derived("month_idx", "INTEGER", "Month of one second before its invoice's period_end, UTC (REV-31)"),
        Derived("is_counted", "BOOLEAN", "False when its invoice is void or draft"),
    ),
}


def _table_schema(table: Table) -> dict[str, Any]:
    properties = {}
    for column in table.columns:
        entry = {**_JSON_TYPES[column.type], "description": column.meaning, "x-type": column.type,
                 "x-stored-name": column.stored, "x-stored-type": column.stored_type}
        properties[column.name] = {**entry, "enum": list(column.values)} if column.values else entry
    return {
        "type": "object", "description": table.description, "additionalProperties": False,
        "x-key": list(table.key), "x-latest-by": table.latest_by or None, "properties": properties,
        "required": [column.name for column in table.columns if column.is_required],
        "x-derived": [{"stored-name": d.stored, "stored-type": d.stored_type, "description": d.meaning}
                      for d in table.derived],
    }


def _table(name: str, spec: dict[str, Any]) -> Table:
    columns = tuple(
        Column(column, entry["type"], entry["meaning"], bool(entry.get("required")), tuple(entry.get("values", ())))
        for column, entry in spec["columns"].items()
    )
    return Table(name, spec["description"], tuple(spec["key"]), columns, spec.get("latest_by", ""),
                 _DERIVED.get(name, ()))


@cache
def load_contract() -> Contract:
    """The contract that ships inside the package, read once."""
    import yaml

    text = (resources.files("hedgerow.warehouse.landing") / "contract.yaml").read_text(encoding="utf-8")
    tree = yaml.safe_load(text)
    tables = {name: _table(name, spec) for name, spec in tree["tables"].items()}
    return Contract(tree["version"], tables, "sha256:" + hashlib.sha256(text.encode()).hexdigest())
