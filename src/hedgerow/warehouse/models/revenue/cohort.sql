-- model: cohort
-- owner: revops
-- grain: scope, cohort_month_idx, age
-- materialized: query
-- rules: REV-87, REV-88, REV-89
-- description: Cohorts with revenue and, for a product, usage side by side.
-- column scope: total or a product
-- column cohort_month_idx: First paying month
-- column age: Months since
-- column month_idx: Month looked at; closed
-- column customers: Customers of the cohort
-- column base_cents: Revenue in the first month
-- column current_cents: Revenue in the month
-- column capped_cents: The same, capped customer by customer
-- column base_units: Units at age 0, or null
-- column current_units: Units at this age, or null
SELECT r.scope, r.cohort_month_idx, r.age, r.month_idx, r.customers, r.base_cents, r.current_cents, r.capped_cents,
  u.base_units, u.current_units
FROM cohort_revenue AS r
LEFT JOIN cohort_usage AS u ON u.scope = r.scope AND u.cohort_month_idx = r.cohort_month_idx AND u.age = r.age
