-- model: lifecycle
-- owner: revops
-- grain: scope, customer_id, month_idx
-- materialized: query
-- rules: REV-50, REV-66
-- description: Stage of every active customer-month and of the month of churn: the adjusted stage, and the unadjusted
--   one beside it; inactive where only the other series is active.
-- column scope: total or a product
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column stage: Stage in the adjusted series
-- column prev_cents: Month before, adjusted
-- column mrr_cents: This month, adjusted
-- column delta_cents: Difference, adjusted
-- column unadjusted_stage: Stage in the unadjusted series
-- column unadjusted_prev_cents: Month before, unadjusted
-- column unadjusted_cents: This month, unadjusted
SELECT l.scope, l.customer_id, l.month_idx, l.stage, l.prev_cents, l.mrr_cents, l.delta_cents,
  l.stage AS unadjusted_stage, l.prev_cents AS unadjusted_prev_cents, l.mrr_cents AS unadjusted_cents
FROM stage_month AS l
WHERE l.track = 'same'
UNION ALL
SELECT
  l.scope, l.customer_id, l.month_idx,
  COALESCE(MAX(CASE WHEN l.track = 'adj' OR l.track = 'adj_stored' OR l.track = 'adj_usage' THEN l.stage ELSE CAST(NULL AS VARCHAR) END), 'inactive') AS stage,
  CAST(SUM(CASE WHEN l.track = 'adj' OR l.track = 'adj_stored' OR l.track = 'adj_usage' THEN l.prev_cents ELSE 0 END) AS BIGINT) AS prev_cents,
  CAST(SUM(CASE WHEN l.track = 'adj' OR l.track = 'adj_stored' OR l.track = 'adj_usage' THEN l.mrr_cents ELSE 0 END) AS BIGINT) AS mrr_cents,
  CAST(SUM(CASE WHEN l.track = 'adj' OR l.track = 'adj_stored' OR l.track = 'adj_usage' THEN l.delta_cents ELSE 0 END) AS BIGINT) AS delta_cents,
  COALESCE(MAX(CASE WHEN l.track = 'raw' OR l.track = 'raw_stored' OR l.track = 'raw_usage' THEN l.stage ELSE CAST(NULL AS VARCHAR) END), 'inactive')
    AS unadjusted_stage,
  CAST(SUM(CASE WHEN l.track = 'raw' OR l.track = 'raw_stored' OR l.track = 'raw_usage' THEN l.prev_cents ELSE 0 END) AS BIGINT)
    AS unadjusted_prev_cents,
  CAST(SUM(CASE WHEN l.track = 'raw' OR l.track = 'raw_stored' OR l.track = 'raw_usage' THEN l.mrr_cents ELSE 0 END) AS BIGINT)
    AS unadjusted_cents
FROM stage_month AS l
WHERE l.track <> 'same'
GROUP BY l.scope, l.customer_id, l.month_idx
