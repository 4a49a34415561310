-- trial_month for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT DISTINCT
  t.customer_id,
  m.month_idx
FROM stg_trial_flag AS t
CROSS JOIN policy_month AS m
WHERE
  m.month_idx >= t.from_month_idx AND m.month_idx <= t.until_idx
