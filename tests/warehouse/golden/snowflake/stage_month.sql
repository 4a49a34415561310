-- stage_month for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  s.scope,
  k.customer_id,
  CASE
    WHEN g.owner_no % 8 = 0
    THEN 'same'
    WHEN g.owner_no % 8 = 1
    THEN 'adj'
    WHEN g.owner_no % 8 = 2
    THEN 'raw'
    WHEN g.owner_no % 8 = 3
    THEN 'adj_stored'
    WHEN g.owner_no % 8 = 4
    THEN 'raw_stored'
    WHEN g.owner_no % 8 = 5
    THEN 'adj_usage'
    ELSE 'raw_usage'
  END AS track,
  g.month_idx,
  CASE
    WHEN g.stage_no = 1
    THEN 'new'
    WHEN g.stage_no = 2
    THEN 'reactivated'
    WHEN g.stage_no = 3
    THEN 'flat'
    WHEN g.stage_no = 4
    THEN 'growing'
    WHEN g.stage_no = 5
    THEN 'shrinking'
    ELSE 'churned'
  END AS stage,
  g.prev_cents,
  g.mrr_cents,
  g.mrr_cents - g.prev_cents AS delta_cents
FROM stage_fact AS g
INNER JOIN customer_key AS k
  ON k.customer_no = CAST((
    g.owner_no - g.owner_no % 8
  ) / 8 AS BIGINT)
INNER JOIN scope_key AS s
  ON s.scope_no = g.scope_no
