"""Stored forecasts, one file a day, so that accuracy and conversion can be told later (REV-109, REV-159)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from hedgerow.app.revenue.queries.window import data_months, dollars, last_closed, month_text, product_of
from hedgerow.app.revenue.thresholds import threshold
from hedgerow.home import Home
from hedgerow.kernel.money import percent
from hedgerow.warehouse.snapshot_reader import Snapshot

_COLUMNS = {"as_of": "DATE", "customer_id": "VARCHAR", "product_key": "VARCHAR", "month_idx": "INTEGER",
            "forecast_cents": "BIGINT", "method": "VARCHAR", "had_paid": "BOOLEAN"}


def store_forecast(snapshot: Snapshot) -> Path:
    """Keep the day's forecast under ``ledger/forecasts/<day>.parquet``; the day's later run replaces it whole."""
    import pyarrow.parquet as pq

    table = snapshot.connection.sql(
        f"""WITH paid AS (SELECT DISTINCT customer_id FROM {snapshot.table('customer_month')} c
                          JOIN {snapshot.table('policy_month')} m USING (month_idx)
                          WHERE m.status = 'closed' AND c.mrr_cents > 0)
            SELECT CAST($day AS DATE) AS as_of, f.customer_id, f.product_key, f.month_idx,
                   SUM(f.charge_cents)::BIGINT AS forecast_cents,
                   CASE WHEN MIN(f.method) = MAX(f.method) THEN MIN(f.method) ELSE 'several' END AS method,
                   f.customer_id IN (SELECT customer_id FROM paid) AS had_paid
            FROM {snapshot.table('forecast_product')} f
            GROUP BY f.customer_id, f.product_key, f.month_idx
            UNION ALL
            SELECT CAST($day AS DATE), f.customer_id, 'total', f.month_idx, f.forecast_cents, f.method,
                   f.customer_id IN (SELECT customer_id FROM paid)
            FROM {snapshot.table('forecast_customer')} f
            ORDER BY 2, 3, 4""", params={"day": snapshot.as_of}).to_arrow_table()
    file = folder(snapshot.home) / f"{snapshot.as_of}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part")
    pq.write_table(table, partial)
    partial.replace(file)
    return file


def folder(home: Home) -> Path:
    return home.ledger / "forecasts"


def _stored(snapshot: Snapshot) -> str:
    """A SELECT over all stored forecasts, empty when there are none."""
    files = sorted(folder(snapshot.home).glob("*.parquet"))
    if not files:
        typed = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in _COLUMNS.items())
        return f"SELECT {typed} WHERE false"
    listed = ", ".join("'" + str(file.resolve()).replace("'", "''") + "'" for file in files)
    return f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"


def accuracy(*, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Error of stored forecasts against closed months, by product, method and days before the month's end."""
    rows = snapshot.rows(
        f"""WITH closed AS (SELECT month_idx, days FROM {snapshot.table('policy_month')} WHERE status = 'closed'),
            actual AS (SELECT p.customer_id, p.product_key, p.month_idx, p.mrr_cents AS cents
                       FROM {snapshot.table('product_month')} p
                       UNION ALL SELECT customer_id, 'total', month_idx, mrr_cents
                       FROM {snapshot.table('customer_month')})
            SELECT f.month_idx, f.as_of, f.product_key, f.method, COUNT(*) AS customers,
                   SUM(f.forecast_cents)::BIGINT AS forecast, SUM(COALESCE(a.cents, 0))::BIGINT AS actual
            FROM ({_stored(snapshot)}) f JOIN closed USING (month_idx)
            LEFT JOIN actual a ON a.customer_id = f.customer_id AND a.product_key = f.product_key
              AND a.month_idx = f.month_idx
            GROUP BY f.month_idx, f.as_of, f.product_key, f.method
            ORDER BY f.month_idx, f.as_of, f.product_key <> 'total', f.product_key, f.method""")
    return [{"month": month_text(row["month_idx"]), "forecast_on": str(row["as_of"]),
             "product": product_of(row["product_key"]), "method": row["method"], "customers": int(row["customers"]),
             "forecast": dollars(row["forecast"]), "closed": dollars(row["actual"]),
             "error_percent": percent(row["forecast"] - row["actual"], row["actual"])} for row in rows]


def conversion_rate(snapshot: Snapshot, *, months: int) -> Fraction | None:
    """Mean over the last closed months of first payments / accounts forecast to pay first at the month's start.

    None when any of these months has no stored forecast from its first day on, or nobody was forecast.
    """
    last = last_closed(snapshot)
    if sum(month.is_closed for month in data_months(snapshot)) < months:
        return None
    rates = []
    least = threshold(snapshot, "first_payment_min_forecast") * 100
    for idx in range(last.idx - months + 1, last.idx + 1):
        found = snapshot.rows(
            f"""WITH stored AS ({_stored(snapshot)}),
                first_day AS (SELECT MIN(as_of) AS day FROM stored WHERE month_idx = $month
                              AND year(as_of) * 12 + month(as_of) - 1 = $month),
                awaited AS (SELECT DISTINCT customer_id FROM stored, first_day WHERE month_idx = $month
                            AND as_of = day AND product_key = 'total' AND NOT had_paid AND forecast_cents > $least)
                SELECT COUNT(*) AS awaited, COUNT(c.customer_id) AS paid FROM awaited
                LEFT JOIN {snapshot.table('customer_month')} c
                  ON c.customer_id = awaited.customer_id AND c.month_idx = $month AND c.mrr_cents > 0""",
            {"month": idx, "least": least})[0]
        if not found["awaited"]:
            return None
        rates.append(Fraction(int(found["paid"]), int(found["awaited"])))
    return sum(rates, Fraction(0)) / months
