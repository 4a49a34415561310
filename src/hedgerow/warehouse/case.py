"""The same models on the rows of one case, in memory: how decisions about history get their numbers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hedgerow.kernel.params import Params

Rows = list[dict[str, Any]]


def run_case(tables: Mapping[str, Sequence[Mapping[str, Any]]], *, as_of: date, params: Params,
             want: Sequence[str]) -> dict[str, Rows]:
    """Rows of the wanted tables after running every model on the given rows.

    ``tables``: rows in stored contract form by table; missing columns are null. Lines may leave out what their
    invoice says (customer_id, month_idx, is_counted).
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from hedgerow.warehouse.build import build_tables, stored_schema
    from hedgerow.warehouse.engines.duckdb import DuckDBEngine
    from hedgerow.warehouse.landing.contract import load_contract

    contract = load_contract()
    engine = DuckDBEngine(threads=1)
    with tempfile.TemporaryDirectory(prefix="hedgerow-case-") as folder:
        files = {}
        for name, rows in _with_invoice_facts(tables).items():
            schema = stored_schema(contract, name)
            unknown = sorted({key for row in rows for key in row} - set(schema.names))
            if unknown:
                raise ValueError(f"{name} has no stored column {', '.join(unknown)}")
            file = Path(folder) / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), file)
            files[name] = [file]
        build_tables(engine, files, as_of=as_of, params=params, want=want)
        try:
            return {name: _rows(engine, name) for name in want}
        finally:
            engine.close()


def _rows(engine: Any, name: str) -> Rows:
    result = engine.connection.execute(f"SELECT * FROM {name} ORDER BY ALL")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _with_invoice_facts(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    from hedgerow.kernel.calendar import month_of_period_end

    invoices = {row["invoice_id"]: row for row in tables.get("invoices", ())}
    found = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    for line in found.get("invoice_lines", ()):
        invoice = invoices[line["invoice_id"]]
        line["customer_id"] = invoice["customer_id"]
        line["month_idx"] = month_of_period_end(invoice["period_end"]).idx
        line["is_counted"] = (invoice.get("status") or "paid") not in ("void", "draft")
    return found
