-- model: stage_month
-- owner: revops
-- grain: scope, customer_id, track, month_idx
-- materialized: table
-- rules: REV-60, REV-61, REV-62, REV-63, REV-64, REV-65, REV-66, REV-67, REV-68, REV-158
-- description: Stage of every active customer-month and of the month of churn, in total and per product.
-- column scope: total or a product
-- column customer_id: Canonical customer
-- column track: same counts in both series; adj* in the adjusted, raw* in the unadjusted one
-- column month_idx: Month
-- column stage: new, reactivated, flat, growing, shrinking or churned
-- column prev_cents: Month before, on the basis of this month
-- column mrr_cents: This month
-- column delta_cents: Difference
WITH placed AS (
  SELECT
    s.scope, s.customer_id, s.track, s.month_idx, s.mrr_cents,
    LAG(s.month_idx, 1, -1) OVER (PARTITION BY s.scope, s.customer_id, s.track ORDER BY s.month_idx) AS before_idx,
    LAG(s.mrr_cents, 1, CAST(0 AS BIGINT)) OVER (PARTITION BY s.scope, s.customer_id, s.track ORDER BY s.month_idx) AS before_cents,
    LEAD(s.month_idx, 1, 999999) OVER (PARTITION BY s.scope, s.customer_id, s.track ORDER BY s.month_idx) AS after_idx
  FROM series_month AS s
),
compared AS (
  SELECT p.*, CASE WHEN p.before_idx = p.month_idx - 1 THEN p.before_cents ELSE CAST(0 AS BIGINT) END AS prev_cents
  FROM placed AS p
),
staged AS (
  SELECT c.scope, c.customer_id, c.track, c.month_idx, c.prev_cents, c.mrr_cents,
    CASE
      WHEN c.before_idx < 0 THEN 'new'
      WHEN c.prev_cents = 0 AND c.month_idx - c.before_idx > :reactivation_min_gap THEN 'reactivated'
      WHEN c.mrr_cents = c.prev_cents THEN 'flat'
      WHEN c.mrr_cents > c.prev_cents THEN 'growing'
      ELSE 'shrinking'
    END AS stage
  FROM compared AS c
  UNION ALL
  SELECT c.scope, c.customer_id, c.track, c.month_idx + 1 AS month_idx, c.mrr_cents AS prev_cents, CAST(0 AS BIGINT) AS mrr_cents,
    'churned' AS stage
  FROM compared AS c
  WHERE c.after_idx > c.month_idx + 1
)
SELECT g.scope, g.customer_id, g.track, g.month_idx, g.stage, g.prev_cents, g.mrr_cents, g.mrr_cents - g.prev_cents AS delta_cents
FROM staged AS g
INNER JOIN shown_month AS m ON m.month_idx = g.month_idx
WHERE g.track = 'same' OR g.track = 'adj' OR g.track = 'raw'
  OR (m.annual_basis = 'straight_line' AND (g.track = 'adj_stored' OR g.track = 'raw_stored'))
  OR (m.annual_basis = 'usage' AND (g.track = 'adj_usage' OR g.track = 'raw_usage'))
