-- movement for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH counted AS (
  SELECT
    l.scope_no,
    l.owner_no % 8 AS track_no,
    l.month_idx,
    l.stage_no,
    CAST(COUNT(*) AS BIGINT) AS customers,
    CAST(SUM(l.mrr_cents) AS BIGINT) AS mrr_cents,
    CAST(SUM(l.prev_cents) AS BIGINT) AS prev_cents
  FROM stage_fact AS l
  GROUP BY
    l.scope_no,
    l.owner_no % 8,
    l.month_idx,
    l.stage_no
), in_series AS (
  SELECT
    'adjusted' AS series,
    c.scope_no,
    c.month_idx,
    c.stage_no,
    c.customers,
    c.mrr_cents,
    c.prev_cents
  FROM counted AS c
  WHERE
    c.track_no = 0 OR c.track_no % 2 = 1
  UNION ALL
  SELECT
    'unadjusted' AS series,
    c.scope_no,
    c.month_idx,
    c.stage_no,
    c.customers,
    c.mrr_cents,
    c.prev_cents
  FROM counted AS c
  WHERE
    c.track_no % 2 = 0
), parts AS (
  SELECT
    s.series,
    s.scope_no,
    s.month_idx,
    CASE WHEN s.stage_no = 1 THEN 'new' ELSE 'reactivated' END AS component,
    s.customers,
    s.mrr_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage_no < 3
  UNION ALL
  SELECT
    s.series,
    s.scope_no,
    s.month_idx,
    'retained' AS component,
    s.customers,
    CASE WHEN s.stage_no = 3 THEN s.mrr_cents ELSE s.prev_cents END AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage_no = 3 OR s.stage_no = 4 OR s.stage_no = 5
  UNION ALL
  SELECT
    s.series,
    s.scope_no,
    s.month_idx,
    'expansion' AS component,
    s.customers,
    s.mrr_cents - s.prev_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage_no = 4
  UNION ALL
  SELECT
    s.series,
    s.scope_no,
    s.month_idx,
    'contraction' AS component,
    s.customers,
    s.mrr_cents - s.prev_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage_no = 5
  UNION ALL
  SELECT
    s.series,
    s.scope_no,
    s.month_idx,
    'churned' AS component,
    s.customers,
    -s.prev_cents AS amount_cents
  FROM in_series AS s
  WHERE
    s.stage_no = 6
  UNION ALL
  SELECT
    s.series,
    s.scope_no,
    s.month_idx,
    'baseline' AS component,
    CASE WHEN s.prev_cents > 0 THEN s.customers ELSE 0 END AS customers,
    s.prev_cents AS amount_cents
  FROM in_series AS s
)
SELECT
  p.series,
  k.scope,
  p.month_idx,
  p.component,
  CAST(SUM(p.customers) AS BIGINT) AS customers,
  CAST(SUM(p.amount_cents) AS BIGINT) AS amount_cents
FROM parts AS p
INNER JOIN scope_key AS k
  ON k.scope_no = p.scope_no
GROUP BY
  p.series,
  k.scope,
  p.month_idx,
  p.component
