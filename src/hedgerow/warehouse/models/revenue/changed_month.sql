-- model: changed_month
-- owner: revops
-- grain: scope, customer_id, basis, month_idx
-- materialized: table
-- rules: REV-50, REV-51, REV-158
-- description: Both series of customers with adjustments, on each basis, in total and per product. Customers that are
--   not here have equal series: the unadjusted one is their adjusted one.
-- column scope: total or a product
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month
-- column unadjusted_cents: Unadjusted revenue on this basis
-- column adjusted_cents: Adjusted revenue on this basis
-- column is_published: 1 when the month's policy publishes this basis
WITH spiked AS (
  SELECT s.customer_id, s.basis, s.month_idx, s.after_cents FROM spike_test AS s WHERE s.state = 'applied'
),
rows_of AS (
  SELECT 'total' AS scope, v.customer_id, v.basis, v.month_idx, v.unadjusted_cents, COALESCE(s.after_cents, v.credited_cents) AS adjusted_cents
  FROM credit_adjusted_month AS v
  INNER JOIN changed_customer AS c ON c.customer_id = v.customer_id
  LEFT JOIN spiked AS s ON s.customer_id = v.customer_id AND s.basis = v.basis AND s.month_idx = v.month_idx
  UNION ALL
  SELECT p.product_key AS scope, p.customer_id, p.basis, p.month_idx, p.unadjusted_cents, CAST(0 AS BIGINT) AS adjusted_cents
  FROM product_valued_month AS p
  UNION ALL
  SELECT a.product_key AS scope, a.customer_id, a.basis, a.month_idx, CAST(0 AS BIGINT) AS unadjusted_cents, a.adjusted_cents
  FROM product_adjusted_month AS a
)
SELECT r.scope, r.customer_id, r.basis, r.month_idx,
  CAST(SUM(r.unadjusted_cents) AS BIGINT) AS unadjusted_cents, CAST(SUM(r.adjusted_cents) AS BIGINT) AS adjusted_cents,
  MAX(CASE WHEN r.basis = 'only' OR (r.basis = 'stored' AND m.annual_basis = 'straight_line')
    OR (r.basis = 'usage' AND m.annual_basis = 'usage') THEN 1 ELSE 0 END) AS is_published
FROM rows_of AS r
INNER JOIN policy_month AS m ON m.month_idx = r.month_idx
GROUP BY r.scope, r.customer_id, r.basis, r.month_idx
