-- cohort for postgres; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  r.scope,
  r.cohort_month_idx,
  r.age,
  r.month_idx,
  r.customers,
  r.base_cents,
  r.current_cents,
  r.capped_cents,
  u.base_units,
  u.current_units
FROM cohort_revenue AS r
LEFT JOIN cohort_usage AS u
  ON u.scope = r.scope AND u.cohort_month_idx = r.cohort_month_idx AND u.age = r.age
