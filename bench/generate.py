"""Write the landing store of an invented company straight as Parquet: ``python bench/generate.py HOME ACCOUNTS``.

Closed months 2023-12 to 2025-11, about 48 invoice lines for each account, six
products, flat and usage-based payers, growth, churn, return, a few spikes, tax on a third of the accounts. All of
them are on the paid plan, so that the same figures can be written down with pandas in a page. The same call writes
the same rows: every number comes from a hash of account, month and product.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

from hedgerow.warehouse.landing.contract import load_contract

FIRST_MONTH = 2023 * 12 + 11
MONTHS = 24
AS_OF = "2025-12-05"
PRODUCTS = ("analytics", "replay", "flags", "surveys", "warehouse", "errors")

# u(x, salt): a whole number from 0 to 9999 that depends on nothing but its arguments.
MACROS = """
CREATE MACRO u(x, salt) AS CAST(hash(x * 1000 + salt) % 10000 AS BIGINT);
CREATE MACRO month_start(idx) AS make_timestamp(idx // 12, idx % 12 + 1, 1, 0, 0, 0.0);
CREATE MACRO id8(prefix, x) AS prefix || lpad(CAST(x AS VARCHAR), 8, '0');
"""

# Half of the accounts are there from the first month on; the others join over two years. About 1.3 % leave in a
# month; a third of those come back three months later.
ACCOUNTS = """
CREATE TABLE account AS
SELECT range AS a, u(range, 1) AS kind,
  CASE WHEN u(range, 2) < 5000 THEN 0 ELSE u(range, 3) % {months} END AS joined,
  CASE WHEN u(range, 4) < 2700 THEN u(range, 5) % {months} + 1 ELSE 999 END AS left_at,
  u(range, 6) < 3333 AS comes_back, u(range, 7) < 3333 AS is_taxed,
  -- Monthly size in cents: many small accounts, few large ones, up to about 20,000 dollars.
  CAST(2000 + pow(u(range, 8) / 10000.0, 30) * 2000000 + u(range, 9) * 2 AS BIGINT) AS base_cents
FROM range({accounts});
"""

ACTIVE = """
CREATE VIEW active AS
SELECT a.*, m.range AS m, a.a * {months} + m.range AS invoice,
  -- Usage payers grow by about 1.5 % a month with noise of a few percent; one month in 400 is a spike.
  CASE WHEN a.kind < 3500 THEN a.base_cents
    ELSE CAST(a.base_cents * pow(1.015, m.range) * (9700 + u(a.a * 31 + m.range, 10) % 600) / 10000
      * CASE WHEN u(a.a * 37 + m.range, 11) < 25 THEN 4 ELSE 1 END AS BIGINT) END AS size_cents
FROM account AS a, range({months}) AS m
WHERE m.range >= a.joined
  AND (m.range < a.joined + a.left_at OR (a.comes_back AND m.range >= a.joined + a.left_at + 3));
"""

TABLES = {
    "accounts": """SELECT id8('c', a) AS customer_id, 'Company ' || a AS name, 'company' || a || '.example' AS domain,
        'paid' AS billing_config, CASE WHEN is_taxed THEN 'with_tax' ELSE 'without_tax' END AS tax_status,
        CASE WHEN a % 2 = 0 THEN 'US' ELSE 'EU' END AS region, 'p' || (a % 20) AS owner_id,
        month_start({first} + joined) AS created_at FROM account""",
    "people": "SELECT 'p' || range AS person_id, 'Owner ' || range AS name, true AS is_active FROM range(20)",
    "provider_customers": """SELECT id8('pc', a) AS provider_customer_id, id8('c', a) AS customer_id, 'single' AS role
        FROM account""",
    "subscriptions": """SELECT id8('s', a) AS subscription_id, id8('c', a) AS customer_id,
        id8('pc', a) AS provider_customer_id, CAST(month_start({first} + joined) AS DATE) AS start_date FROM account""",
    "products": """SELECT p.key AS product_key, p.key AS name, 'metered' AS kind, 'price_' || p.key AS default_price_id
        FROM (SELECT unnest({products}) AS key) AS p""",
    "prices": """SELECT 'price_' || p.key AS price_id, p.key AS product_key
        FROM (SELECT unnest({products}) AS key) AS p""",
    "invoices": """SELECT id8('i', invoice) AS invoice_id, id8('c', a) AS customer_id,
        id8('pc', a) AS provider_customer_id, 'completed' AS type, 'standard' AS classification, 'paid' AS status,
        month_start({first} + m) AS period_start, month_start({first} + m + 1) AS period_end,
        month_start({first} + m + 1) AS finalized_at, 'USD' AS currency,
        CASE WHEN is_taxed THEN size_cents // 5 ELSE 0 END AS tax_cents, month_start({first} + m + 1) AS updated_at
        FROM active""",
    # The first product is on every invoice, each further one on fewer accounts.
    "invoice_lines": """SELECT id8('l', invoice * 8 + p.n) AS line_id, id8('i', invoice) AS invoice_id,
        p.key AS product_key, size_cents // (p.n + 1) AS units, size_cents // (p.n + 1) AS list_cents,
        size_cents // (p.n + 1) AS net_cents, 'price_' || p.key AS price_id, false AS is_flat_fee,
        id8('c', a) AS customer_id, CAST({first} + m AS INTEGER) AS month_idx, true AS is_counted
        FROM active, (SELECT unnest({products}) AS key, unnest(range(len({products}))) AS n) AS p
        WHERE p.n = 0 OR u(a * 41 + p.n, 12) < 6000 - p.n * 750""",
}


def write_landing(home: Path, accounts: int) -> dict[str, int]:
    """Every table into ``home/landing/bench``, with all columns of the contract. Returns rows by table."""
    folder = home / "landing" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect()
    fill = {"accounts": accounts, "months": MONTHS, "first": FIRST_MONTH, "products": list(PRODUCTS)}
    for statement in (MACROS, ACCOUNTS, ACTIVE):
        database.execute(statement.format(**fill))
    rows = {}
    for name, sql in TABLES.items():
        query = f"({sql.format(**fill)}) AS t"
        given = {column[0] for column in database.execute(f"DESCRIBE SELECT * FROM {query}").fetchall()}
        columns = ", ".join(f"CAST({column if column in given else 'NULL'} AS {kind}) AS {column}"
                            for column, kind in load_contract().tables[name].stored_columns)
        file = folder / f"{name}.parquet"
        database.execute(f"COPY (SELECT {columns} FROM {query}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
        rows[name] = database.execute(f"SELECT COUNT(*) FROM read_parquet('{file}')").fetchall()[0][0]
    manifest = {"source": "bench", "format": "bench", "as_of": AS_OF, "loaded_at": f"{AS_OF}T00:00:00",
                "tables": {name: {"rows": count} for name, count in rows.items()}, "errors": 0, "notices": 0}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return rows


if __name__ == "__main__":
    print(json.dumps(write_landing(Path(sys.argv[1]), int(sys.argv[2]))))
