-- model: mover
-- owner: revops
-- grain: month_idx, side, rank
-- materialized: table
-- rules: REV-100
-- description: Largest gains and losses of each month, unadjusted, by amount; ties by customer id.
-- column month_idx: Month
-- column side: gainer or loser
-- column rank: Place on its side
-- column customer_id: Canonical customer
-- column prev_cents: Month before
-- column mrr_cents: This month
-- column delta_cents: Difference
-- column stage: Stage in the unadjusted series
WITH moved AS (
  SELECT l.month_idx, l.customer_id, l.stage, l.prev_cents, l.mrr_cents, l.delta_cents,
    CASE WHEN l.delta_cents > 0 THEN 'gainer' ELSE 'loser' END AS side
  FROM stage_month AS l
  WHERE l.scope = 'total' AND l.delta_cents <> 0
    AND (l.track = 'same' OR l.track = 'raw' OR l.track = 'raw_stored' OR l.track = 'raw_usage')
),
ranked AS (
  SELECT m.*, ROW_NUMBER() OVER (PARTITION BY m.month_idx, m.side ORDER BY ABS(m.delta_cents) DESC, m.customer_id) AS place
  FROM moved AS m
)
SELECT r.month_idx, r.side, CAST(r.place AS BIGINT) AS rank, r.customer_id, r.prev_cents, r.mrr_cents, r.delta_cents, r.stage
FROM ranked AS r
WHERE r.place <= :gainers_losers_limit
