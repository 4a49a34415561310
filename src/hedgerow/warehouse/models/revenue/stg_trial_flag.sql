-- model: stg_trial_flag
-- owner: revops
-- grain: customer_id, from_month_idx
-- materialized: view
-- rules: REV-20, REV-41
-- description: The one reader of trial flags.
-- column customer_id: Canonical customer
-- column from_month_idx: First flagged month
-- column until_idx: Last flagged month, included
-- column is_open_ended: 1 while no end is set
-- column set_on: Day it was set
SELECT
  COALESCE(r.target_id, t.customer_id) AS customer_id,
  t.from_month_idx,
  COALESCE(t.to_month_idx, 999999) AS until_idx,
  CASE WHEN t.to_month_idx IS NULL THEN 1 ELSE 0 END AS is_open_ended,
  t.set_on
FROM raw_trial_flags AS t
LEFT JOIN redirect AS r ON r.source_customer_id = t.customer_id
