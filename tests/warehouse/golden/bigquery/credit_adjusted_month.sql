-- credit_adjusted_month for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  v.customer_id,
  v.basis,
  v.month_idx,
  v.unadjusted_cents,
  v.valued_cents,
  COALESCE(c.prev1_cents, v.valued_cents) AS credited_cents
FROM annual_valued_month AS v
LEFT JOIN credit_test AS c
  ON c.customer_id = v.customer_id
  AND c.basis = v.basis
  AND c.month_idx = v.month_idx
  AND c.state = 'applied'
