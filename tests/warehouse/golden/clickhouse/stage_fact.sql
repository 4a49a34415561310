-- stage_fact for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH placed AS (
  SELECT
    s.owner_no AS owner_no,
    s.scope_no AS scope_no,
    s.month_idx AS month_idx,
    s.mrr_cents AS mrr_cents,
    lag(
      CASE WHEN FALSE THEN -1 ELSE s.month_idx END,
      1,
      CASE WHEN TRUE THEN -1 ELSE s.month_idx END
    ) OVER (PARTITION BY s.owner_no, s.scope_no ORDER BY s.month_idx) AS before_idx,
    lag(
      CASE WHEN FALSE THEN CAST(0 AS Nullable(Int64)) ELSE s.mrr_cents END,
      1,
      CASE WHEN TRUE THEN CAST(0 AS Nullable(Int64)) ELSE s.mrr_cents END
    ) OVER (PARTITION BY s.owner_no, s.scope_no ORDER BY s.month_idx) AS before_cents,
    lead(
      CASE WHEN FALSE THEN 999999 ELSE s.month_idx END,
      1,
      CASE WHEN TRUE THEN 999999 ELSE s.month_idx END
    ) OVER (PARTITION BY s.owner_no, s.scope_no ORDER BY s.month_idx) AS after_idx
  FROM series_fact AS s
), staged AS (
  SELECT
    c.owner_no AS owner_no,
    c.scope_no AS scope_no,
    c.month_idx AS month_idx,
    c.mrr_cents AS mrr_cents,
    CASE
      WHEN c.before_idx = c.month_idx - 1
      THEN c.before_cents
      ELSE CAST(0 AS Nullable(Int64))
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
    c.owner_no AS owner_no,
    c.scope_no AS scope_no,
    c.month_idx + 1 AS month_idx,
    CAST(0 AS Nullable(Int64)) AS mrr_cents,
    c.mrr_cents AS prev_cents,
    6 AS stage_no
  FROM placed AS c
  WHERE
    c.after_idx > c.month_idx + 1
)
SELECT
  g.owner_no AS owner_no,
  g.scope_no AS scope_no,
  g.month_idx AS month_idx,
  g.stage_no AS stage_no,
  g.prev_cents AS prev_cents,
  g.mrr_cents AS mrr_cents
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
