-- model: product_credited_month
-- owner: revops
-- grain: customer_id, basis, month_idx, product_key
-- materialized: work
-- rules: REV-43, REV-48
-- description: Products of changed customers after the one-time credit step, which is decided on the total and copies
--   every product of the month before.
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month
-- column product_key: Product
-- column credited_cents: After the step
SELECT v.customer_id, v.basis, v.month_idx, v.product_key, v.valued_cents AS credited_cents
FROM product_valued_month AS v
WHERE NOT EXISTS (
  SELECT 1 FROM credit_test AS c
  WHERE c.customer_id = v.customer_id AND c.basis = v.basis AND c.month_idx = v.month_idx AND c.state = 'applied'
)
UNION ALL
SELECT c.customer_id, c.basis, c.month_idx, v.product_key, v.valued_cents AS credited_cents
FROM credit_test AS c
INNER JOIN product_valued_month AS v ON v.customer_id = c.customer_id AND v.basis = c.basis AND v.month_idx = c.month_idx - 1
WHERE c.state = 'applied'
