-- cohort for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  r.scope AS scope,
  r.cohort_month_idx AS cohort_month_idx,
  r.age AS age,
  r.month_idx AS month_idx,
  r.customers AS customers,
  r.base_cents AS base_cents,
  r.current_cents AS current_cents,
  r.capped_cents AS capped_cents,
  u.base_units AS base_units,
  u.current_units AS current_units
FROM cohort_revenue AS r
LEFT JOIN cohort_usage AS u
  ON u.scope = r.scope AND u.cohort_month_idx = r.cohort_month_idx AND u.age = r.age
