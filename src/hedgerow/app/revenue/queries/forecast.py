"""The open month and the months ahead: by customer, by product, and the outlook in layers (REV-102..109, 159)."""

from __future__ import annotations

from typing import Any

from hedgerow.app.revenue.queries.customers import find_customer
from hedgerow.app.revenue.queries.forecast_history import conversion_rate
from hedgerow.app.revenue.queries.window import choose_scopes, data_months, dollars, month_text, product_of
from hedgerow.app.revenue.thresholds import whole
from hedgerow.kernel.money import percent, round_half_up
from hedgerow.warehouse.snapshot_reader import Snapshot

Rows = list[dict[str, Any]]


def forecast_customers(*, snapshot: Snapshot, customer: str | None = None, limit: int | None = None) -> Rows:
    """Completed and forecast MRR of each month ahead, growth against the last closed month, and the alert (REV-107).

    Growth is null when the last closed month is 0. The alert is up or down, in the open month only; the model
    ``forecast_customer`` raises it. ``method`` says what the forecast rests on.
    """
    chosen = find_customer(snapshot, customer)["customer_id"] if customer else None
    rows = snapshot.rows(
        f"""SELECT f.*, c.name, c.owner_name FROM {snapshot.table('forecast_customer')} f
            LEFT JOIN {snapshot.table('customer')} c USING (customer_id)
            WHERE $customer IS NULL OR f.customer_id = $customer
            ORDER BY f.month_idx, ABS(f.forecast_cents - COALESCE(f.last_closed_cents, 0)) DESC, f.customer_id
            LIMIT $limit""", {"customer": chosen, "limit": limit or 10**9})
    return [
        {"month": month_text(row["month_idx"]), "customer_id": row["customer_id"], "name": row["name"],
         "owner": row["owner_name"] or None, "completed": dollars(row["completed_cents"]),
         "forecast": dollars(row["forecast_cents"]), "last_closed": dollars(row["last_closed_cents"]),
         "growth_percent": percent(row["forecast_cents"] - (row["last_closed_cents"] or 0),
                                   row["last_closed_cents"] or 0),
         "alert": row["alert"] or None, "method": row["method"], "status": "forecast"}
        for row in rows
    ]


def forecast_products(*, snapshot: Snapshot, product: str | None = None, customer: str | None = None) -> Rows:
    """Per product (and customer when one is named): units, projection and charge, with the method used."""
    chosen = find_customer(snapshot, customer)["customer_id"] if customer else None
    scopes = choose_scopes(snapshot, product) if product not in (None, "all") else None
    rows = snapshot.rows(
        f"""SELECT month_idx, product_key, $customer AS customer_id, SUM(units_to_date)::BIGINT AS units_to_date,
                   SUM(projected_units)::BIGINT AS projected_units, SUM(charge_cents)::BIGINT AS charge_cents,
                   COUNT(DISTINCT customer_id) AS customers, MIN(method) AS one_method, MAX(method) AS other_method,
                   MAX(days_elapsed) AS days_elapsed, MAX(days_in_period) AS days_in_period
            FROM {snapshot.table('forecast_product')}
            WHERE ($customer IS NULL OR customer_id = $customer)
              AND ($scopes IS NULL OR list_contains($scopes, product_key))
            GROUP BY month_idx, product_key ORDER BY month_idx, product_key""", {"customer": chosen, "scopes": scopes})
    history = _history(snapshot, chosen) if chosen else {}
    return [
        {"month": month_text(r["month_idx"]), "product": product_of(r["product_key"]), "customer_id": r["customer_id"],
         "customers": int(r["customers"]), "units_to_date": r["units_to_date"],
         "days": f"{r['days_elapsed']} of {r['days_in_period']}" if chosen and r["days_elapsed"] is not None else None,
         "projected_units": r["projected_units"], "forecast": dollars(r["charge_cents"]),
         "method": r["one_method"] if r["one_method"] == r["other_method"] else "several",
         **history.get(r["product_key"], {}), "status": "forecast"}
        for r in rows
    ]


def _history(snapshot: Snapshot, customer_id: str) -> dict[str, dict[str, Any]]:
    """Lifetime value, month of the last payment and billing limit per product, closed months only (REV-108)."""
    rows = snapshot.rows(
        f"""SELECT p.product_key, SUM(p.mrr_cents)::BIGINT AS ltv,
                   MAX(p.month_idx) FILTER (WHERE p.mrr_cents > 0) AS last
            FROM {snapshot.table('product_month')} p JOIN {snapshot.table('policy_month')} m USING (month_idx)
            WHERE p.customer_id = ? AND m.status = 'closed' GROUP BY p.product_key""", [customer_id])
    limits = {r["product_key"]: r["limit_cents"] for r in snapshot.rows(
        f"""SELECT product_key, limit_cents FROM {snapshot.landing('price_assignments')}
            WHERE customer_id = ? AND from_date <= ? ORDER BY from_date""", [customer_id, snapshot.as_of])}
    keys = {r["product_key"] for r in rows} | limits.keys()
    found = {r["product_key"]: r for r in rows}
    return {key: {"lifetime_value": dollars(found.get(key, {}).get("ltv")),
                  "last_month": month_text(found.get(key, {}).get("last")),
                  "billing_limit": dollars(limits.get(key))} for key in keys}


def outlook(*, snapshot: Snapshot) -> Rows:
    """Three layers per month and their sum (REV-159). A layer without enough history is blank, never 0.

    Accounts that have never paid are in the conversions layer only (REV-106), so that nothing counts twice.
    """
    sums = snapshot.rows(
        f"""WITH paid AS (SELECT c.customer_id FROM {snapshot.table('customer_month')} c
                          JOIN {snapshot.table('policy_month')} m USING (month_idx)
                          WHERE m.status = 'closed' AND c.mrr_cents > 0 GROUP BY c.customer_id)
            SELECT f.month_idx, (p.customer_id IS NOT NULL) AS has_paid, COUNT(*) AS customers,
                   SUM(f.forecast_cents)::BIGINT AS cents
            FROM {snapshot.table('forecast_customer')} f LEFT JOIN paid p USING (customer_id)
            WHERE p.customer_id IS NOT NULL OR f.is_first_payment = 1
            GROUP BY ALL ORDER BY f.month_idx""")
    rate = conversion_rate(snapshot, months=whole(snapshot, "forecast_conversion_months"))
    rows = []
    for month in data_months(snapshot):
        if month.is_closed:
            continue
        cell = {row["has_paid"]: row for row in sums if row["month_idx"] == month.idx.idx}
        run_rate = int(cell.get(True, {}).get("cents") or 0) if sums else None
        first = int(cell.get(False, {}).get("cents") or 0)
        conversions = None if rate is None else round_half_up(first * rate)
        total = None if run_rate is None else run_rate + (conversions or 0)
        layers = [("run_rate", run_rate, cell.get(True, {}).get("customers"),
                   None if sums else "this snapshot holds no forecast"),
                  ("conversions", conversions, cell.get(False, {}).get("customers"),
                   None if rate is not None else "fewer closed months with stored forecasts than the rate needs"),
                  ("expansion", None, None, "no expansion signals are stored yet"),
                  ("sum", total, None, "the sum of the layers that are known")]
        rows += [{"month": str(month.idx), "layer": name, "customers": count, "amount": dollars(cents), "note": note,
                  "status": month.label} for name, cents, count, note in layers]
    return rows
