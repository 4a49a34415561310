-- retention for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH adjusted AS (
  SELECT
    s.scope AS scope,
    s.customer_id AS customer_id,
    s.track AS track,
    s.month_idx AS month_idx,
    s.mrr_cents AS mrr_cents
  FROM series_month AS s
  WHERE
    s.track = 'same'
    OR s.track = 'adj'
    OR s.track = 'adj_stored'
    OR s.track = 'adj_usage'
), base AS (
  SELECT
    a.customer_id AS customer_id,
    a.track AS track,
    a.month_idx AS base_month_idx,
    w.window_months AS window_months,
    m.month_idx AS month_idx
  FROM adjusted AS a
  CROSS JOIN retention_window AS w
  INNER JOIN shown_month AS m
    ON m.month_idx = a.month_idx + w.window_months
  WHERE
    a.scope = 'total'
    AND a.mrr_cents * 12 >= m.retention_min_base_cents
    AND m.status = 'closed'
    AND (
      a.track = 'same'
      OR a.track = 'adj'
      OR (
        a.track = 'adj_stored' AND m.annual_basis = 'straight_line'
      )
      OR (
        a.track = 'adj_usage' AND m.annual_basis = 'usage'
      )
    )
)
SELECT
  b.month_idx AS month_idx,
  b.window_months AS window_months,
  s.scope AS scope,
  b.base_month_idx AS base_month_idx,
  CAST(COUNT(*) AS Nullable(Int64)) AS customers,
  CAST(SUM(s.mrr_cents) AS Nullable(Int64)) AS base_cents,
  CAST(SUM(COALESCE(n.mrr_cents, 0)) AS Nullable(Int64)) AS current_cents,
  CAST(SUM(LEAST(COALESCE(n.mrr_cents, 0), s.mrr_cents)) AS Nullable(Int64)) AS capped_cents
FROM base AS b
INNER JOIN adjusted AS s
  ON s.customer_id = b.customer_id
  AND s.track = b.track
  AND s.month_idx = b.base_month_idx
LEFT JOIN adjusted AS n
  ON n.scope = s.scope
  AND n.customer_id = b.customer_id
  AND n.track = b.track
  AND n.month_idx = b.month_idx
GROUP BY
  b.month_idx,
  b.window_months,
  s.scope,
  b.base_month_idx
