-- cohort for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH firsts AS (
  SELECT
    a.owner_no,
    a.scope_no,
    MIN(a.month_idx * CAST(100000000000000 AS INT64) + a.mrr_cents) AS first_code
  FROM series_fact AS a
  WHERE
    MOD(a.owner_no, 8) = 0 OR MOD(a.owner_no, 2) = 1
  GROUP BY
    a.owner_no,
    a.scope_no
), decoded AS (
  SELECT
    f.owner_no,
    f.scope_no,
    CAST(DIV(f.first_code, 100000000000000) AS INT64) AS cohort_month_idx,
    MOD(f.first_code, 100000000000000) AS start_cents
  FROM firsts AS f
), starts AS (
  SELECT
    d.owner_no,
    d.scope_no,
    d.cohort_month_idx,
    d.start_cents
  FROM decoded AS d
  INNER JOIN policy_month AS m
    ON m.month_idx = d.cohort_month_idx
  WHERE
    d.start_cents * 12 >= m.cohort_min_base_cents
), sizes AS (
  SELECT
    s.scope_no,
    MOD(s.owner_no, 8) AS track_no,
    s.cohort_month_idx,
    CAST(COUNT(*) AS INT64) AS customers,
    CAST(SUM(s.start_cents) AS INT64) AS base_cents
  FROM starts AS s
  GROUP BY
    s.scope_no,
    MOD(s.owner_no, 8),
    s.cohort_month_idx
), grid AS (
  SELECT
    z.scope_no,
    z.cohort_month_idx,
    m.month_idx,
    CAST(SUM(z.customers) AS INT64) AS customers,
    CAST(SUM(z.base_cents) AS INT64) AS base_cents
  FROM sizes AS z
  CROSS JOIN policy_month AS m
  WHERE
    m.month_idx >= z.cohort_month_idx
    AND m.status = 'closed'
    AND (
      z.track_no < 2
      OR (
        z.track_no = 3 AND m.annual_basis = 'straight_line'
      )
      OR (
        z.track_no = 5 AND m.annual_basis = 'usage'
      )
    )
  GROUP BY
    z.scope_no,
    z.cohort_month_idx,
    m.month_idx
), later AS (
  SELECT
    s.scope_no,
    s.cohort_month_idx,
    a.month_idx,
    CAST(SUM(a.mrr_cents) AS INT64) AS current_cents,
    CAST(SUM(LEAST(a.mrr_cents, s.start_cents)) AS INT64) AS capped_cents
  FROM series_fact AS a
  INNER JOIN starts AS s
    ON s.owner_no = a.owner_no AND s.scope_no = a.scope_no
  INNER JOIN policy_month AS m
    ON m.month_idx = a.month_idx
  WHERE
    MOD(s.owner_no, 8) < 2
    OR (
      MOD(s.owner_no, 8) = 3 AND m.annual_basis = 'straight_line'
    )
    OR (
      MOD(s.owner_no, 8) = 5 AND m.annual_basis = 'usage'
    )
  GROUP BY
    s.scope_no,
    s.cohort_month_idx,
    a.month_idx
)
SELECT
  k.scope,
  g.cohort_month_idx,
  g.month_idx - g.cohort_month_idx AS age,
  g.month_idx,
  g.customers,
  g.base_cents,
  COALESCE(l.current_cents, 0) AS current_cents,
  COALESCE(l.capped_cents, 0) AS capped_cents
FROM grid AS g
INNER JOIN scope_key AS k
  ON k.scope_no = g.scope_no
LEFT JOIN later AS l
  ON l.scope_no = g.scope_no
  AND l.cohort_month_idx = g.cohort_month_idx
  AND l.month_idx = g.month_idx
