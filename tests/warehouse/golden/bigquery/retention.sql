-- retention for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH pair AS (
  SELECT
    m.month_idx,
    w.window_months,
    m.month_idx - w.window_months AS base_month_idx,
    m.retention_min_base_cents,
    m.annual_basis
  FROM shown_month AS m
  CROSS JOIN retention_window AS w
  WHERE
    m.status = 'closed'
), base AS (
  SELECT
    a.owner_no,
    p.base_month_idx,
    p.window_months,
    p.month_idx
  FROM series_fact AS a
  INNER JOIN pair AS p
    ON p.base_month_idx = a.month_idx
  WHERE
    a.scope_no = 0
    AND a.mrr_cents * 12 >= p.retention_min_base_cents
    AND (
      MOD(a.owner_no, 8) < 2
      OR (
        MOD(a.owner_no, 8) = 3 AND p.annual_basis = 'straight_line'
      )
      OR (
        MOD(a.owner_no, 8) = 5 AND p.annual_basis = 'usage'
      )
    )
), owners AS (
  SELECT DISTINCT
    b.owner_no
  FROM base AS b
), kept AS (
  SELECT
    s.owner_no,
    s.scope_no,
    s.month_idx,
    s.mrr_cents,
    (
      CAST(s.owner_no AS INT64) * 4096 + s.scope_no
    ) * 65536 + s.month_idx AS cell_no
  FROM series_fact AS s
  INNER JOIN owners AS o
    ON o.owner_no = s.owner_no
), compared AS (
  SELECT
    b.month_idx,
    b.window_months,
    s.scope_no,
    b.base_month_idx,
    s.mrr_cents AS base_cents,
    COALESCE(n.mrr_cents, 0) AS current_cents
  FROM base AS b
  INNER JOIN kept AS s
    ON s.owner_no = b.owner_no AND s.month_idx = b.base_month_idx
  LEFT JOIN kept AS n
    ON n.cell_no = s.cell_no + b.window_months
), summed AS (
  SELECT
    c.month_idx,
    c.window_months,
    c.scope_no,
    c.base_month_idx,
    CAST(COUNT(*) AS INT64) AS customers,
    CAST(SUM(c.base_cents) AS INT64) AS base_cents,
    CAST(SUM(c.current_cents) AS INT64) AS current_cents,
    CAST(SUM(LEAST(c.current_cents, c.base_cents)) AS INT64) AS capped_cents
  FROM compared AS c
  GROUP BY
    c.month_idx,
    c.window_months,
    c.scope_no,
    c.base_month_idx
)
SELECT
  s.month_idx,
  s.window_months,
  k.scope,
  s.base_month_idx,
  s.customers,
  s.base_cents,
  s.current_cents,
  s.capped_cents
FROM summed AS s
INNER JOIN scope_key AS k
  ON k.scope_no = s.scope_no
