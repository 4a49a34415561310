-- cohort for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
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
), firsts AS (
  SELECT
    a.scope AS scope,
    a.customer_id AS customer_id,
    a.track AS track,
    MIN(a.month_idx) AS cohort_month_idx
  FROM adjusted AS a
  GROUP BY
    a.scope,
    a.customer_id,
    a.track
), starts AS (
  SELECT
    f.scope AS scope,
    f.customer_id AS customer_id,
    f.track AS track,
    f.cohort_month_idx AS cohort_month_idx,
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
    s.scope AS scope,
    s.track AS track,
    s.cohort_month_idx AS cohort_month_idx,
    CAST(COUNT(*) AS Nullable(Int64)) AS customers,
    CAST(SUM(s.start_cents) AS Nullable(Int64)) AS base_cents
  FROM starts AS s
  GROUP BY
    s.scope,
    s.track,
    s.cohort_month_idx
), grid AS (
  SELECT
    z.scope AS scope,
    z.cohort_month_idx AS cohort_month_idx,
    m.month_idx AS month_idx,
    CAST(SUM(z.customers) AS Nullable(Int64)) AS customers,
    CAST(SUM(z.base_cents) AS Nullable(Int64)) AS base_cents
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
    s.scope AS scope,
    s.cohort_month_idx AS cohort_month_idx,
    a.month_idx AS month_idx,
    CAST(SUM(a.mrr_cents) AS Nullable(Int64)) AS current_cents,
    CAST(SUM(LEAST(a.mrr_cents, s.start_cents)) AS Nullable(Int64)) AS capped_cents
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
  g.scope AS scope,
  g.cohort_month_idx AS cohort_month_idx,
  g.month_idx - g.cohort_month_idx AS age,
  g.month_idx AS month_idx,
  g.customers AS customers,
  g.base_cents AS base_cents,
  COALESCE(l.current_cents, 0) AS current_cents,
  COALESCE(l.capped_cents, 0) AS capped_cents
FROM grid AS g
LEFT JOIN later AS l
  ON l.scope = g.scope
  AND l.cohort_month_idx = g.cohort_month_idx
  AND l.month_idx = g.month_idx
