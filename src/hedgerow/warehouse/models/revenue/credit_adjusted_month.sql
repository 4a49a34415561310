-- model: credit_adjusted_month
-- owner: revops
-- grain: customer_id, basis, month_idx
-- materialized: work
-- rules: REV-43
-- description: After the one-time credit step: where it applies, the month takes the revenue of the month before.
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month
-- column unadjusted_cents: Unadjusted total
-- column valued_cents: Total before the step
-- column credited_cents: Total after the step
SELECT v.customer_id, v.basis, v.month_idx, v.unadjusted_cents, v.valued_cents,
  COALESCE(c.prev1_cents, v.valued_cents) AS credited_cents
FROM annual_valued_month AS v
LEFT JOIN credit_test AS c ON c.customer_id = v.customer_id AND c.basis = v.basis AND c.month_idx = v.month_idx AND c.state = 'applied'
