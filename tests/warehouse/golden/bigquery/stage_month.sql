-- stage_month for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH placed AS (
  SELECT
    s.scope,
    s.customer_id,
    s.track,
    s.month_idx,
    s.mrr_cents,
    LAG(s.month_idx, 1, -1) OVER (PARTITION BY s.scope, s.customer_id, s.track ORDER BY s.month_idx NULLS LAST) AS before_idx,
    LAG(s.mrr_cents, 1, CAST(0 AS INT64)) OVER (PARTITION BY s.scope, s.customer_id, s.track ORDER BY s.month_idx NULLS LAST) AS before_cents,
    LEAD(s.month_idx, 1, 999999) OVER (PARTITION BY s.scope, s.customer_id, s.track ORDER BY s.month_idx NULLS LAST) AS after_idx
  FROM series_month AS s
), compared AS (
  SELECT
    p.*,
    CASE
      WHEN p.before_idx = p.month_idx - 1
      THEN p.before_cents
      ELSE CAST(0 AS INT64)
    END AS prev_cents
  FROM placed AS p
), staged AS (
  SELECT
    c.scope,
    c.customer_id,
    c.track,
    c.month_idx,
    c.prev_cents,
    c.mrr_cents,
    CASE
      WHEN c.before_idx < 0
      THEN 'new'
      WHEN c.prev_cents = 0 AND c.month_idx - c.before_idx > 1
      THEN 'reactivated'
      WHEN c.mrr_cents = c.prev_cents
      THEN 'flat'
      WHEN c.mrr_cents > c.prev_cents
      THEN 'growing'
      ELSE 'shrinking'
    END AS stage
  FROM compared AS c
  UNION ALL
  SELECT
    c.scope,
    c.customer_id,
    c.track,
    c.month_idx + 1 AS month_idx,
    c.mrr_cents AS prev_cents,
    CAST(0 AS INT64) AS mrr_cents,
    'churned' AS stage
  FROM compared AS c
  WHERE
    c.after_idx > c.month_idx + 1
)
SELECT
  g.scope,
  g.customer_id,
  g.track,
  g.month_idx,
  g.stage,
  g.prev_cents,
  g.mrr_cents,
  g.mrr_cents - g.prev_cents AS delta_cents
FROM staged AS g
INNER JOIN shown_month AS m
  ON m.month_idx = g.month_idx
WHERE
  g.track = 'same'
  OR g.track = 'adj'
  OR g.track = 'raw'
  OR (
    m.annual_basis = 'straight_line'
    AND (
      g.track = 'adj_stored' OR g.track = 'raw_stored'
    )
  )
  OR (
    m.annual_basis = 'usage' AND (
      g.track = 'adj_usage' OR g.track = 'raw_usage'
    )
  )
