-- model: annual_valued_month
-- owner: revops
-- grain: customer_id, basis, month_idx
-- materialized: work
-- rules: REV-41, REV-42
-- description: After the trial and annual-value steps: 0 in flagged months, and what annual customers would have paid
--   without their credit discount. The part billed at standard rate is added undivided.
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month
-- column unadjusted_cents: Unadjusted total
-- column is_trial: 1 in a flagged month
-- column discount_ppm: Credit discount, millionths
-- column valued_cents: Total after both steps
WITH flagged AS (
  SELECT t.customer_id, t.month_idx, 1 AS is_trial FROM trial_month AS t
)
SELECT
  b.customer_id, b.basis, b.month_idx, b.unadjusted_cents,
  COALESCE(t.is_trial, 0) AS is_trial,
  b.discount_ppm,
  CASE
    WHEN COALESCE(t.is_trial, 0) = 1 THEN CAST(0 AS BIGINT)
    WHEN b.discount_ppm > 0 AND b.discount_ppm < 1000000
      THEN GREATEST(half_up(CAST(b.signed_cents - b.standard_cents AS HUGEINT) * 1000000, 1000000 - b.discount_ppm) + b.standard_cents, 0)
    ELSE b.unadjusted_cents
  END AS valued_cents
FROM based_month AS b
LEFT JOIN flagged AS t ON t.customer_id = b.customer_id AND t.month_idx = b.month_idx
