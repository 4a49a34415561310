-- changed_customer for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  v.customer_id
FROM annual_valued_month AS v
WHERE
  v.valued_cents <> v.unadjusted_cents
  OR v.basis <> 'only'
  OR v.is_trial = 1
  OR v.discount_ppm > 0
UNION
SELECT
  c.customer_id
FROM credit_test AS c
WHERE
  c.state = 'applied'
UNION
SELECT
  s.customer_id
FROM spike_test AS s
WHERE
  s.state = 'applied'
