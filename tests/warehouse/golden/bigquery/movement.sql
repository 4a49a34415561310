-- movement for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH counted AS (
  SELECT
    l.scope,
    l.track,
    l.month_idx,
    l.stage,
    CAST(COUNT(*) AS INT64) AS customers,
    CAST(SUM(l.mrr_cents) AS INT64) AS mrr_cents,
    CAST(SUM(l.prev_cents) AS INT64) AS prev_cents
  FROM stage_month AS l
  GROUP BY
    l.scope,
    l.track,
    l.month_idx,
    l.stage
), in_series AS (
  SELECT
    'adjusted' AS series,
    c.scope,
    c.month_idx,
    c.stage,
    c.customers,
    c.mrr_cents,
    c.prev_cents
  FROM counted AS c
  WHERE
    c.track = 'same'
    OR c.track = 'adj'
    OR c.track = 'adj_stored'
    OR c.track = 'adj_usage'
  UNION ALL
  SELECT
    'unadjusted' AS series,
    c.scope,
    c.month_idx,
    c.stage,
    c.customers,
    c.mrr_cents,
    c.prev_cents
  FROM counted AS c
  WHERE
    c.track = 'same'
    OR c.track = 'raw'
    OR c.track = 'raw_stored'
    OR c.track = 'raw_usage'
), parts AS (
  SELECT
    s.series,
    s.scope,
    s.month_idx,
    s.stage AS component,
    s.customers,
    s.mrr_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage = 'new' OR s.stage = 'reactivated'
  UNION ALL
  SELECT
    s.series,
    s.scope,
    s.month_idx,
    'retained' AS component,
    s.customers,
    CASE WHEN s.stage = 'flat' THEN s.mrr_cents ELSE s.prev_cents END AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage = 'flat' OR s.stage = 'growing' OR s.stage = 'shrinking'
  UNION ALL
  SELECT
    s.series,
    s.scope,
    s.month_idx,
    'expansion' AS component,
    s.customers,
    s.mrr_cents - s.prev_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage = 'growing'
  UNION ALL
  SELECT
    s.series,
    s.scope,
    s.month_idx,
    'contraction' AS component,
    s.customers,
    s.mrr_cents - s.prev_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage = 'shrinking'
  UNION ALL
  SELECT
    s.series,
    s.scope,
    s.month_idx,
    'churned' AS component,
    s.customers,
    -s.prev_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage = 'churned'
  UNION ALL
  SELECT
    s.series,
    s.scope,
    s.month_idx,
    'baseline' AS component,
    CASE WHEN s.prev_cents > 0 THEN s.customers ELSE 0 END AS customers,
    s.prev_cents AS amount_cents
  FROM in_series AS s
)
SELECT
  p.series,
  p.scope,
  p.month_idx,
  p.component,
  CAST(SUM(p.customers) AS INT64) AS customers,
  CAST(SUM(p.amount_cents) AS INT64) AS amount_cents
FROM parts AS p
GROUP BY
  p.series,
  p.scope,
  p.month_idx,
  p.component
