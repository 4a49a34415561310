-- model: product_adjusted_month
-- owner: revops
-- grain: customer_id, basis, month_idx, product_key
-- materialized: work
-- rules: REV-44, REV-48
-- description: Products of changed customers after the spike step, which is decided on the total and gives every
--   product its own average.
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month
-- column product_key: Product
-- column adjusted_cents: After all steps
SELECT v.customer_id, v.basis, v.month_idx, v.product_key, v.credited_cents AS adjusted_cents
FROM product_credited_month AS v
WHERE NOT EXISTS (
  SELECT 1 FROM spike_test AS s
  WHERE s.customer_id = v.customer_id AND s.basis = v.basis AND s.month_idx = v.month_idx AND s.state = 'applied'
)
UNION ALL
SELECT s.customer_id, s.basis, s.month_idx, v.product_key,
  half_up(CAST(SUM(v.credited_cents) AS BIGINT), :spike_lookback_months) AS adjusted_cents
FROM spike_test AS s
INNER JOIN product_credited_month AS v ON v.customer_id = s.customer_id AND v.basis = s.basis
WHERE s.state = 'applied' AND v.month_idx >= s.month_idx - :spike_lookback_months AND v.month_idx < s.month_idx
GROUP BY s.customer_id, s.basis, s.month_idx, v.product_key
