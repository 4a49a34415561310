-- stage_fact for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH placed AS (
  SELECT
    s.owner_no,
    s.scope_no,
    s.month_idx,
    s.mrr_cents,
    LAG(s.month_idx, 1, -1) OVER (PARTITION BY s.owner_no, s.scope_no ORDER BY s.month_idx) AS before_idx,
    LAG(s.mrr_cents, 1, CAST(0 AS BIGINT)) OVER (PARTITION BY s.owner_no, s.scope_no ORDER BY s.month_idx) AS before_cents,
    LEAD(s.month_idx, 1, 999999) OVER (PARTITION BY s.owner_no, s.scope_no ORDER BY s.month_idx) AS after_idx
  FROM series_fact AS s
), staged AS (
  SELECT
    c.owner_no,
    c.scope_no,
    c.month_idx,
    c.mrr_cents,
    CASE
      WHEN c.before_idx = c.month_idx - 1
      THEN c.before_cents
      ELSE CAST(0 AS BIGINT)
    END AS prev_cents,
    CASE
      WHEN c.before_idx < 0
      THEN 1
      WHEN c.month_idx - c.before_idx > 1
      THEN 2
      WHEN c.before_idx < c.month_idx - 1
      THEN 4
      WHEN c.mrr_cents = c.before_cents
      THEN 3
      WHEN c.mrr_cents > c.before_cents
      THEN 4
      ELSE 5
    END AS stage_no
  FROM placed AS c
  UNION ALL
  SELECT
    c.owner_no,
    c.scope_no,
    c.month_idx + 1 AS month_idx,
    CAST(0 AS BIGINT) AS mrr_cents,
    c.mrr_cents AS prev_cents,
    6 AS stage_no
  FROM placed AS c
  WHERE
    c.after_idx > c.month_idx + 1
)
SELECT
  g.owner_no,
  g.scope_no,
  g.month_idx,
  g.stage_no,
  g.prev_cents,
  g.mrr_cents
FROM staged AS g
INNER JOIN shown_month AS m
  ON m.month_idx = g.month_idx
WHERE
  g.owner_no % 8 < 3
  OR (
    g.owner_no % 8 < 5 AND m.annual_basis = 'straight_line'
  )
  OR (
    g.owner_no % 8 > 4 AND m.annual_basis = 'usage'
  )
