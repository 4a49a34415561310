-- cohort for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH adjusted AS (
  SELECT
    s.scope,
    s.customer_id,
    s.track,
    s.month_idx,
    s.mrr_cents
  FROM series_month AS s
  WHERE
    s.track = 'same'
    OR s.track = 'adj'
    OR s.track = 'adj_stored'
    OR s.track = 'adj_usage'
), firsts AS (
  SELECT
    a.scope,
    a.customer_id,
    a.track,
    MIN(a.month_idx) AS cohort_month_idx
  FROM adjusted AS a
  GROUP BY
    a.scope,
    a.customer_id,
    a.track
), starts AS (
  SELECT
    f.scope,
    f.customer_id,
    f.track,
    f.cohort_month_idx,
    a.mrr_cents AS start_cents
  FROM firsts AS f
  INNER JOIN adjusted AS a
    ON a.scope = f.scope
    AND a.customer_id = f.customer_id
    AND a.track = f.track
    AND a.month_idx = f.cohort_month_idx
  INNER JOIN policy_month AS m
    ON m.month_idx = f.cohort_month_idx
  WHERE
    a.mrr_cents * 12 >= m.cohort_min_base_cents
), sizes AS (
  SELECT
    s.scope,
    s.track,
    s.cohort_month_idx,
    CAST(COUNT(*) AS BIGINT) AS customers,
    CAST(SUM(s.start_cents) AS BIGINT) AS base_cents
  FROM starts AS s
  GROUP BY
    s.scope,
    s.track,
    s.cohort_month_idx
), grid AS (
  SELECT
    z.scope,
    z.cohort_month_idx,
    m.month_idx,
    CAST(SUM(z.customers) AS BIGINT) AS customers,
    CAST(SUM(z.base_cents) AS BIGINT) AS base_cents
  FROM sizes AS z
  CROSS JOIN policy_month AS m
  WHERE
    m.month_idx >= z.cohort_month_idx
    AND m.status = 'closed'
    AND (
      z.track = 'same'
      OR z.track = 'adj'
      OR (
        z.track = 'adj_stored' AND m.annual_basis = 'straight_line'
      )
      OR (
        z.track = 'adj_usage' AND m.annual_basis = 'usage'
      )
    )
  GROUP BY
    z.scope,
    z.cohort_month_idx,
    m.month_idx
), later AS (
  SELECT
    s.scope,
    s.cohort_month_idx,
    a.month_idx,
    CAST(SUM(a.mrr_cents) AS BIGINT) AS current_cents,
    CAST(SUM(LEAST_IGNORE_NULLS(a.mrr_cents, s.start_cents)) AS BIGINT) AS capped_cents
  FROM starts AS s
  INNER JOIN adjusted AS a
    ON a.scope = s.scope AND a.customer_id = s.customer_id AND a.track = s.track
  INNER JOIN policy_month AS m
    ON m.month_idx = a.month_idx
  WHERE
    s.track = 'same'
    OR s.track = 'adj'
    OR (
      s.track = 'adj_stored' AND m.annual_basis = 'straight_line'
    )
    OR (
      s.track = 'adj_usage' AND m.annual_basis = 'usage'
    )
  GROUP BY
    s.scope,
    s.cohort_month_idx,
    a.month_idx
)
SELECT
  g.scope,
  g.cohort_month_idx,
  g.month_idx - g.cohort_month_idx AS age,
  g.month_idx,
  g.customers,
  g.base_cents,
  COALESCE(l.current_cents, 0) AS current_cents,
  COALESCE(l.capped_cents, 0) AS capped_cents
FROM grid AS g
LEFT JOIN later AS l
  ON l.scope = g.scope
  AND l.cohort_month_idx = g.cohort_month_idx
  AND l.month_idx = g.month_idx
