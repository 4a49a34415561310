"""Compare a snapshot with what pandas found, to the cent: ``compare.py HOME OUT``. Leaves with 1 when they differ."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

# Rows in which nothing happened may be absent on either side.
QUERIES = {
    "movement": """SELECT {source}.series, {source}.scope, {source}.month_idx, {source}.component,
        CAST({source}.customers AS BIGINT) AS customers, CAST({source}.amount_cents AS BIGINT) AS amount_cents
        FROM {read} AS {source}
        WHERE {source}.month_idx <= {last} AND ({source}.customers <> 0 OR {source}.amount_cents <> 0)""",
    "retention": """SELECT {source}.month_idx, {source}.window_months, {source}.scope,
        CAST({source}.customers AS BIGINT) AS customers, CAST({source}.base_cents AS BIGINT) AS base_cents,
        CAST({source}.current_cents AS BIGINT) AS current_cents, CAST({source}.capped_cents AS BIGINT) AS capped_cents
        FROM {read} AS {source} WHERE {source}.month_idx <= {last} AND {source}.customers <> 0""",
}
LAST_CLOSED = 2025 * 12 + 10


def main() -> int:
    home, out = Path(sys.argv[1]), Path(sys.argv[2])
    database, different = duckdb.connect(), 0
    for name, query in QUERIES.items():
        ours = query.format(source="h", read=f"read_parquet('{home}/current/tables/{name}.parquet')", last=LAST_CLOSED)
        theirs = query.format(source="p", read=f"read_csv('{out}/{name}.csv')", last=LAST_CLOSED)
        rows = database.execute(f"SELECT COUNT(*) FROM ({ours})").fetchall()[0][0]
        if not rows:
            raise SystemExit(f"{name}: nothing to compare")
        extra = [database.execute(f"SELECT * FROM ({a} EXCEPT {b}) ORDER BY ALL LIMIT 5").fetchall()
                 for a, b in ((ours, theirs), (theirs, ours))]
        print(f"{name}: {rows} rows, {'equal to the cent' if not any(extra) else 'DIFFERENT'}")
        for who, found in zip(("only here", "only pandas"), extra, strict=True):
            for row in found:
                print(f"  {who}: {row}")
        different += any(extra)
    return int(bool(different))


if __name__ == "__main__":
    sys.exit(main())
