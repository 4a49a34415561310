-- stg_trial_flag for postgres; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  COALESCE(r.target_id, t.customer_id) AS customer_id,
  t.from_month_idx,
  COALESCE(t.to_month_idx, 999999) AS until_idx,
  CASE WHEN t.to_month_idx IS NULL THEN 1 ELSE 0 END AS is_open_ended,
  t.set_on
FROM raw_trial_flags AS t
LEFT JOIN redirect AS r
  ON r.source_customer_id = t.customer_id
