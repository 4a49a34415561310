"""Figures of data that is not stored yet: what an import would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from hedgerow.kernel.money import Money
from hedgerow.kernel.params import Params


def figures_by_month(tables: Mapping[str, Sequence[Path]], as_of: date,
                     params: Params | None = None) -> list[dict[str, Any]]:
    """Paying customers and unadjusted MRR of every closed month (``mrr`` in dollars), from stored-form Parquet files.

    ``params`` are those of the reference policy when none are given.
    """
    from hedgerow.policies.loader import reference_policies
    from hedgerow.warehouse.build import build_tables
    from hedgerow.warehouse.engines.duckdb import DuckDBEngine

    engine = DuckDBEngine()
    try:
        build_tables(engine, tables, as_of=as_of, params=params or reference_policies().params(as_of, as_of),
                     want=["customer_month"])
        rows = engine.query(
            "SELECT m.month, COUNT(*), CAST(SUM(c.mrr_cents) AS BIGINT) FROM customer_month AS c "
            "INNER JOIN policy_month AS m ON m.month_idx = c.month_idx "
            "WHERE m.status = 'closed' AND c.mrr_cents > 0 GROUP BY m.month ORDER BY m.month")
    finally:
        engine.close()
    return [{"month": month, "customers": int(customers), "mrr": Decimal(str(Money(int(cents))))}
            for month, customers, cents in rows]
