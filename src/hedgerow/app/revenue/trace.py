"""One customer through all models: every number between the invoice rows and the published figure."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hedgerow.home import Home
from hedgerow.kernel.params import Params

#: What a trace can show, from the source rows to the figure.
TRACED = ("invoice_charge", "special_product", "prepaid_span", "amortized_span", "startup_cover", "special_total",
          "customer_month", "product_month", "annual_valued_month", "credit_test", "spike_test", "changed_month",
          "adjustment", "stage_month", "data_issue")

_BY_CUSTOMER = ("accounts", "billing_configurations", "organizations", "provider_customers", "subscriptions",
                "invoices", "invoice_lines", "credit_purchases", "credit_events", "contracts", "usage", "trial_flags")
_WHOLE = ("merges", "overrides", "products", "prices", "price_tiers")


def trace_customer(home: Home, customer_id: str, *, as_of: date, params: Params, tables: Mapping[str, Sequence[Path]],
                   members: Sequence[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """Run every model on one canonical customer's landing rows and return the tables of ``TRACED``.

    ``members``: billing customer ids merged into it. The figures equal the snapshot's, since the models are the same.
    """
    from hedgerow.warehouse.build import build_tables
    from hedgerow.warehouse.engines.duckdb import DuckDBEngine

    ids = sorted({customer_id, *members})
    engine = DuckDBEngine(threads=1)
    with tempfile.TemporaryDirectory(prefix="hedgerow-trace-") as folder:
        files = {name: [_filtered(engine, name, path, Path(folder) / f"{name}_{number}.parquet", ids, tables)
                        for number, path in enumerate(tables[name])]
                 for name in (*_BY_CUSTOMER, "refunds") if tables.get(name)}
        files |= {name: list(tables[name]) for name in _WHOLE if tables.get(name)}
        try:
            build_tables(engine, files, as_of=as_of, params=params, want=TRACED, keep_work=True)
            return {name: _rows(engine, name) for name in TRACED}
        finally:
            engine.close()


def _filtered(engine: Any, table: str, source: Path, target: Path, ids: Sequence[str],
              tables: Mapping[str, Sequence[Path]]) -> Path:
    if table == "refunds":
        condition = ("invoice_id IN (SELECT invoice_id FROM read_parquet($invoices) "
                     "WHERE list_contains($ids, customer_id))")
        values: dict[str, Any] = {"ids": list(ids), "invoices": [str(path) for path in tables["invoices"]]}
    else:
        condition, values = "list_contains($ids, customer_id)", {"ids": list(ids)}
    if table != "refunds" and len(ids) == 1:
        condition, values = "customer_id = $id", {"id": ids[0]}
    import pyarrow.parquet as pq

    found = engine.connection.execute(
        f"SELECT * FROM read_parquet($source) WHERE {condition}", {"source": str(source), **values})
    pq.write_table(found.to_arrow_table(), target)
    return target


def _rows(engine: Any, name: str) -> list[dict[str, Any]]:
    result = engine.connection.execute(f"SELECT * FROM {name} ORDER BY ALL")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
