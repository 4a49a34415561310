-- mover for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH moved AS (
  SELECT
    l.month_idx,
    l.owner_no,
    l.stage_no,
    l.prev_cents,
    l.mrr_cents,
    l.mrr_cents - l.prev_cents AS delta_cents,
    CASE WHEN l.mrr_cents > l.prev_cents THEN 1 ELSE 0 END AS is_gain
  FROM stage_fact AS l
  WHERE
    l.scope_no = 0 AND l.mrr_cents <> l.prev_cents AND l.owner_no % 2 = 0
), ranked AS (
  SELECT
    m.*,
    ROW_NUMBER() OVER (
      PARTITION BY m.month_idx, m.is_gain
      ORDER BY ABS(m.delta_cents) DESC NULLS LAST, m.owner_no
    ) AS place
  FROM moved AS m
)
SELECT
  r.month_idx,
  CASE WHEN r.is_gain = 1 THEN 'gainer' ELSE 'loser' END AS side,
  CAST(r.place AS BIGINT) AS rank,
  k.customer_id,
  r.prev_cents,
  r.mrr_cents,
  r.delta_cents,
  CASE
    WHEN r.stage_no = 1
    THEN 'new'
    WHEN r.stage_no = 2
    THEN 'reactivated'
    WHEN r.stage_no = 4
    THEN 'growing'
    WHEN r.stage_no = 5
    THEN 'shrinking'
    ELSE 'churned'
  END AS stage
FROM ranked AS r
INNER JOIN customer_key AS k
  ON k.customer_no = CAST(DIV(r.owner_no, 8) AS BIGINT)
WHERE
  r.place <= 25
