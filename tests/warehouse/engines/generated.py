"""Landing tables of random rows straight from the data contract: every enumeration, NULL, tie and odd cent.

Plausible companies live in the demo; here the point is that rows collide, so that engines show where they differ.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hedgerow.kernel.calendar import month_of_period_end
from hedgerow.warehouse.build import stored_schema
from hedgerow.warehouse.landing.contract import Column, Table, load_contract

_CENTS = (0, 1, 99, 100, 33_333, 50_000, 99_999, 100_000, 100_001, 200_000, 250_050, 500_000, 2_400_000, 10**9 + 7)
_FIRST = date(2025, 5, 1)
_MONTHS = 12
# Shared pools of ids, so that rows meet; tables whose own key is one of these ids get one row for each.
_POOLS = {
    "customer_id": 24, "organization_id": 30, "provider_customer_id": 30, "product_key": 5, "invoice_id": 260,
    "contract_id": 14, "price_id": 6, "person_id": 5,
}
_ALIASES = {
    "source_customer_id": "customer_id", "canonical_customer_id": "customer_id", "parent_customer_id": "customer_id",
    "source_organization_id": "organization_id", "canonical_organization_id": "organization_id",
    "owner_id": "person_id", "default_price_id": "price_id", "supersedes_purchase_id": "purchase_id",
}
_ROWS = {"invoice_lines": 700, "usage": 300, "merges": 4, "overrides": 6, "refunds": 25, "credit_events": 40,
         "billing_configurations": 12, "trial_flags": 6, "credit_purchases": 16, "subscriptions": 12}


def generate(folder: Path, *, seed: int) -> dict[str, list[Path]]:
    """Parquet files in stored form by table; the same seed gives the same rows."""
    dice = random.Random(seed)
    rows = {name: _rows(dice, table) for name, table in load_contract().tables.items()}
    _repair(dice, rows)
    files = {}
    for name, found in rows.items():
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(found, schema=stored_schema(load_contract(), name)), path)
        files[name] = [path]
    return files


def _rows(dice: random.Random, table: Table) -> list[dict[str, Any]]:
    pool = _POOLS.get(table.key[0]) if len(table.key) == 1 else None
    own = {c.name for c in table.columns} & _POOLS.keys()
    found = {}
    for number in range(_ROWS.get(table.name, pool or 20)):
        row = {c.stored: _value(dice, c, number if pool and c.name == table.key[0] else None) for c in table.columns}
        if not pool and table.key[0] not in own and len(table.key) == 1 and table.key[0] not in _ALIASES:
            row[table.stored_key[0]] = f"{table.key[0][:3]}_{number}"
        found[tuple(row[key] for key in table.stored_key)] = row
    return list(found.values())


def _value(dice: random.Random, column: Column, number: int | None) -> Any:
    pool = _ALIASES.get(column.name, column.name)
    if pool in _POOLS:
        if number is None and not column.is_required and dice.random() < 0.3:
            return None
        return f"{pool[:4]}{number if number is not None else dice.randrange(_POOLS[pool])}"
    if not column.is_required and dice.random() < 0.25:
        return None
    if column.values:
        return dice.choice(column.values)
    return _of_type(dice, column)


def _of_type(dice: random.Random, column: Column) -> Any:
    day = _FIRST + timedelta(days=dice.randrange(30 * _MONTHS))
    match column.type:
        case "money" | "unit_price":
            return dice.choice(_CENTS)
        case "percent":
            return dice.choice((0, 1, 50_000, 333_333, 500_000, 999_999))
        case "integer":
            return dice.choice((1, 2, 3, 6, 11, 12))
        case "date":
            return dice.choice((day, day.replace(day=1)))
        case "timestamp":
            clock = dice.choice((time(0, 0), time(0, 0, 1), time(23, 59, 59), time(12, 0, 0, 123)))
            return datetime.combine(day, clock)
        case "month":
            return day.year * 12 + day.month - 1
        case "boolean":
            return dice.random() < 0.5
    return dice.choice(("", "a", "B", "é 'x'", "true", "no", "other", "1"))


def _repair(dice: random.Random, rows: dict[str, list[dict[str, Any]]]) -> None:
    """What the landing guarantees: periods that end after they begin, whole merges, values that read as numbers."""
    for table in ("invoices", "usage"):
        for row in rows[table]:
            first = dice.randrange(_MONTHS)
            index = _FIRST.month - 1 + first
            start = date(_FIRST.year + index // 12, index % 12 + 1, 1)
            end = (start + timedelta(days=32)).replace(day=1)
            if table == "invoices":
                row["period_start"], row["period_end"] = (datetime.combine(d, time()) for d in (start, end))
                row["currency"] = None
            else:
                row["period_start"], row["period_end"] = start, end
                row["units"] = dice.choice((0, 1, 1000, 10**6 + 1))
                row["report_at"] = datetime.combine(start.replace(day=dice.randrange(1, 29)), time(5))
    key = load_contract().tables["usage"].stored_key
    rows["usage"] = list({tuple(row[name] for name in key): row for row in rows["usage"]}.values())
    for row in rows["overrides"]:
        row["to_month_idx"] = row["from_month_idx"] + dice.randrange(3)
        row["value"] = "annual" if row["field"] == "selected_type" else dice.choice(("0", "12.5", "99.99"))
        row["applies_to"] = "recalc" if row["field"] == "selected_type" else "summary"
    for table in ("subscriptions", "contracts"):
        for row in rows[table]:
            if row["end_date"] is not None:
                row["end_date"] = row["start_date"] + timedelta(days=dice.choice((28, 365)))
    # Chains of merges are the landing's business: sources and targets do not overlap.
    for row in rows["merges"]:
        row["source_customer_id"] = f"cust{dice.randrange(18, 24)}"
        row["canonical_customer_id"] = f"cust{dice.randrange(12)}"
    rows["merges"] = list({r["source_customer_id"]: r for r in rows["merges"]}.values())
    _invoice_facts(rows)


def _invoice_facts(rows: dict[str, list[dict[str, Any]]]) -> None:
    invoices = {row["invoice_id"]: row for row in rows["invoices"]}
    rows["invoice_lines"] = [row for row in rows["invoice_lines"] if row["invoice_id"] in invoices]
    for line in rows["invoice_lines"]:
        invoice = invoices[line["invoice_id"]]
        line["customer_id"] = invoice["customer_id"]
        line["month_idx"] = month_of_period_end(invoice["period_end"]).idx
        line["is_counted"] = (invoice["status"] or "paid") not in ("void", "draft")
