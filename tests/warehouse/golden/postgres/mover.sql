-- mover for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH moved AS (
  SELECT
    l.month_idx,
    l.customer_id,
    l.stage,
    l.prev_cents,
    l.mrr_cents,
    l.delta_cents,
    CASE WHEN l.delta_cents > 0 THEN 'gainer' ELSE 'loser' END AS side
  FROM stage_month AS l
  WHERE
    l.scope = 'total'
    AND l.delta_cents <> 0
    AND (
      l.track = 'same'
      OR l.track = 'raw'
      OR l.track = 'raw_stored'
      OR l.track = 'raw_usage'
    )
), ranked AS (
  SELECT
    m.*,
    ROW_NUMBER() OVER (
      PARTITION BY m.month_idx, m.side
      ORDER BY ABS(m.delta_cents) DESC NULLS LAST, m.customer_id
    ) AS place
  FROM moved AS m
)
SELECT
  r.month_idx,
  r.side,
  CAST(r.place AS BIGINT) AS rank,
  r.customer_id,
  r.prev_cents,
  r.mrr_cents,
  r.delta_cents,
  r.stage
FROM ranked AS r
WHERE
  r.place <= 25
