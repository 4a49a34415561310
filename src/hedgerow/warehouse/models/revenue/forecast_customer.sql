-- model: forecast_customer
-- owner: revops
-- grain: customer_id, month_idx
-- materialized: table
-- rules: REV-103, REV-104, REV-105, REV-106, REV-107
-- description: Forecast of each customer for the open month and the forward ones: completed rows and the forecast of the periods that end in the month. Customers without usage reports keep the upcoming rows as they stand; customers that paid in the last closed month and have nothing in the open one are forecast at 0.
-- column customer_id: Canonical customer
-- column month_idx: Open or forward month
-- column completed_cents: Part that is not forecast: completed rows, split prepayments, less credits and refunds
-- column forecast_cents: Whole forecast, completed part included, not below 0
-- column last_closed_cents: Unadjusted MRR of the last closed month
-- column growth_ppm: Change against the last closed month, millionths; null when that was 0
-- column is_first_payment: 1 when nothing was ever paid, the period still runs and the forecast is above the least
-- column alert: up or down when the open month's change is beyond the threshold, else empty
-- column method: usage, preview, completed, split, free, override or none
WITH closed AS (
  SELECT k.customer_id, m.month_idx, c.mrr_cents AS last_closed_cents
  FROM policy_month AS m
  INNER JOIN customer_fact AS c ON c.month_idx = m.month_idx - 1
  INNER JOIN customer_key AS k ON k.customer_no = c.customer_no
  WHERE m.status = 'open' AND c.mrr_cents > 0
),
keys AS (
  SELECT s.customer_id, s.month_idx FROM forecast_shown AS s
  UNION
  SELECT u.customer_id, u.month_idx FROM forecast_usage_month AS u
  UNION
  SELECT c.customer_id, c.month_idx FROM closed AS c
),
known AS (
  SELECT y.customer_id, y.month_idx, m.status, m.as_of, o.month_idx AS open_idx,
    COALESCE(s.billing_config, p.billing_config, 'paid') AS billing_config,
    CASE WHEN COALESCE(s.is_fixed, 0) = 1 THEN s.fixed_by
      WHEN COALESCE(s.billing_config, p.billing_config, 'paid') = 'free' THEN 'free'
      WHEN COALESCE(s.billing_config, p.billing_config, 'paid') = 'annual_amortized'
        OR (COALESCE(s.billing_config, p.billing_config, 'paid') = 'annual_upfront' AND m.annual_basis = 'straight_line') THEN 'split'
      WHEN COALESCE(u.charge_cents, -1) < 0 THEN ''
      WHEN COALESCE(s.billing_config, p.billing_config, 'paid') = 'startup' AND COALESCE(a.is_startup, 0) = 1
        AND COALESCE(t.uncovered_cents, -1) < 0 THEN ''
      ELSE 'usage' END AS way,
    COALESCE(s.total_cents, 0) - COALESCE(s.upcoming_cents, 0) AS completed_cents,
    COALESCE(s.upcoming_cents, 0) AS upcoming_cents,
    COALESCE(s.subscribed_cents, 0) AS subscribed_cents,
    COALESCE(s.credit_cents, 0) AS credit_cents,
    COALESCE(s.total_cents, 0) AS total_cents,
    COALESCE(u.charge_cents, 0) AS charge_cents, COALESCE(u.tax_cents, 0) AS tax_cents, COALESCE(t.uncovered_cents, -1) AS uncovered_cents,
    GREATEST(COALESCE(CAST(s.shown_end AS DATE), DATE '1970-01-01'), COALESCE(u.last_end, DATE '1970-01-01')) AS last_end,
    COALESCE(c.last_closed_cents, 0) AS last_closed_cents,
    CASE WHEN COALESCE(p.first_month_idx, 999999) < o.month_idx THEN 1 ELSE 0 END AS has_paid
  FROM keys AS y
  INNER JOIN policy_month AS m ON m.month_idx = y.month_idx
  INNER JOIN policy_month AS o ON o.status = 'open'
  LEFT JOIN forecast_shown AS s ON s.customer_id = y.customer_id AND s.month_idx = y.month_idx
  LEFT JOIN forecast_usage_month AS u ON u.customer_id = y.customer_id AND u.month_idx = y.month_idx
  LEFT JOIN forecast_startup AS t ON t.customer_id = y.customer_id AND t.month_idx = y.month_idx
  LEFT JOIN stg_account AS a ON a.customer_id = y.customer_id
  LEFT JOIN customer AS p ON p.customer_id = y.customer_id
  LEFT JOIN closed AS c ON c.customer_id = y.customer_id
),
summed AS (
  SELECT n.customer_id, n.month_idx, n.status, n.as_of, n.way, n.completed_cents, n.upcoming_cents, n.total_cents, n.last_closed_cents,
    n.last_end, n.has_paid,
    GREATEST(n.completed_cents + CASE
      WHEN n.way <> 'usage' THEN n.upcoming_cents
      WHEN n.billing_config = 'annual_upfront' THEN n.charge_cents + n.subscribed_cents - n.credit_cents
      WHEN n.billing_config = 'startup' AND n.uncovered_cents >= 0 THEN n.uncovered_cents + n.subscribed_cents
      ELSE n.charge_cents + n.tax_cents + n.subscribed_cents - n.credit_cents END, 0) AS forecast_cents
  FROM known AS n
)
SELECT
  s.customer_id,
  s.month_idx,
  s.completed_cents,
  s.forecast_cents,
  s.last_closed_cents,
  CASE WHEN s.last_closed_cents = 0 THEN CAST(NULL AS BIGINT)
    ELSE half_up(CAST(s.forecast_cents - s.last_closed_cents AS HUGEINT) * 1000000, s.last_closed_cents) END AS growth_ppm,
  CASE WHEN s.has_paid = 0 AND s.last_end > s.as_of AND s.forecast_cents > :first_payment_min_cents THEN 1 ELSE 0 END AS is_first_payment,
  CASE
    WHEN s.status <> 'open' OR s.last_closed_cents <= :usage_alert_min_cents THEN ''
    WHEN CAST(s.forecast_cents - s.last_closed_cents AS HUGEINT) * 1000000
      > CAST(s.last_closed_cents AS HUGEINT) * :usage_alert_change_ppm THEN 'up'
    WHEN CAST(s.last_closed_cents - s.forecast_cents AS HUGEINT) * 1000000
      > CAST(s.last_closed_cents AS HUGEINT) * :usage_alert_change_ppm THEN 'down'
    ELSE '' END AS alert,
  CASE WHEN s.way <> '' THEN s.way WHEN s.upcoming_cents <> 0 THEN 'preview' WHEN s.total_cents <> 0 THEN 'completed' ELSE 'none' END AS method
FROM summed AS s
