"""Stored forecasts, one file a day, so that accuracy and conversion can be told later (REV-109, REV-159)."""

from __future__ import annotations

from pathlib import Path

from hedgerow.app.revenue.queries.forecast_history import folder
from hedgerow.warehouse.snapshot_reader import Snapshot


def store_forecast(snapshot: Snapshot) -> Path:
    """Keep the day's forecast under ``ledger/forecasts/<day>.parquet``; the day's later run replaces it whole."""
    import pyarrow.parquet as pq

    snapshot.table("forecast_customer")
    table = snapshot.connection.execute(
        f"""WITH paid AS (SELECT DISTINCT customer_id FROM {snapshot.table('customer_month')} c
                          JOIN {snapshot.table('policy_month')} m USING (month_idx)
                          WHERE m.status = 'closed' AND c.mrr_cents > 0)
            SELECT CAST($day AS DATE) AS as_of, f.customer_id, f.product_key, f.month_idx,
                   f.charge_cents AS forecast_cents, f.method, p.customer_id IS NOT NULL AS had_paid
            FROM {snapshot.table('forecast_product')} f LEFT JOIN paid p USING (customer_id)
            UNION ALL
            SELECT CAST($day AS DATE), f.customer_id, 'total', f.month_idx, f.forecast_cents, 'customer',
                   p.customer_id IS NOT NULL
            FROM forecast_customer f LEFT JOIN paid p USING (customer_id)
            ORDER BY 2, 3, 4""", {"day": snapshot.as_of}).to_arrow_table()
    file = folder(snapshot.home) / f"{snapshot.as_of}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part")
    pq.write_table(table, partial)
    partial.replace(file)
    return file
