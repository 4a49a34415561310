"""The floor: DuckDB merely groups the invoice lines by account, product and month. ``python bench/floor.py HOME``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb


def main() -> None:
    lines = Path(sys.argv[1]) / "landing" / "bench" / "invoice_lines.parquet"
    database = duckdb.connect()
    if limit := os.environ.get("HEDGEROW_MEMORY_LIMIT"):
        database.execute(f"SET memory_limit = '{limit}'")
    database.execute("SET preserve_insertion_order = false")
    database.execute(f"""
        CREATE TABLE grouped AS
        SELECT customer_id, month_idx, product_key, CAST(SUM(net_cents) AS BIGINT) AS net_cents
        FROM read_parquet('{lines}') GROUP BY customer_id, month_idx, product_key""")
    print(database.execute("SELECT COUNT(*) FROM grouped").fetchall()[0][0])


if __name__ == "__main__":
    main()
