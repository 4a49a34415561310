-- model: spike_test
-- owner: revops
-- grain: customer_id, basis, month_idx
-- materialized: work
-- rules: REV-44, REV-45, REV-46
-- description: The spike test of every month that more than doubled and rose by the least amount, on the series after
--   the credit step.
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month tested
-- column before_cents: Total before the step
-- column prev1_cents: Month before
-- column prev_sum_cents: Sum of the months looked back on
-- column next_cents: Month after
-- column after_cents: Average of the months looked back on
-- column state: applied, pending or not_applicable
WITH placed AS (
  SELECT
    v.customer_id, v.basis, v.month_idx, v.credited_cents,
    CAST(COALESCE(SUM(v.credited_cents) OVER (PARTITION BY v.customer_id, v.basis ORDER BY v.month_idx NULLS FIRST
      RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS prev1_cents,
    CAST(COALESCE(SUM(v.credited_cents) OVER (PARTITION BY v.customer_id, v.basis ORDER BY v.month_idx NULLS FIRST
      RANGE BETWEEN :spike_lookback_months PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS prev_sum_cents,
    CAST(COALESCE(SUM(v.credited_cents) OVER (PARTITION BY v.customer_id, v.basis ORDER BY v.month_idx NULLS FIRST
      RANGE BETWEEN 1 FOLLOWING AND 1 FOLLOWING), 0) AS BIGINT) AS next_cents,
    MIN(CASE WHEN v.credited_cents > 0 THEN v.month_idx ELSE 999999 END) OVER (PARTITION BY v.customer_id, v.basis) AS first_paying_idx
  FROM credit_adjusted_month AS v
)
SELECT
  p.customer_id, p.basis, p.month_idx, p.credited_cents AS before_cents, p.prev1_cents, p.prev_sum_cents, p.next_cents,
  half_up(p.prev_sum_cents, :spike_lookback_months) AS after_cents,
  CASE
    WHEN COALESCE(n.status, 'forward') <> 'closed' THEN 'pending'
    WHEN CAST(p.next_cents AS HUGEINT) * 1000000 <= CAST(p.credited_cents AS HUGEINT) * (1000000 - m.spike_drop_ppm) THEN 'applied'
    ELSE 'not_applicable'
  END AS state
FROM placed AS p
INNER JOIN policy_month AS m ON m.month_idx = p.month_idx
LEFT JOIN policy_month AS n ON n.month_idx = p.month_idx + 1
WHERE m.status = 'closed'
  AND p.month_idx - :spike_lookback_months >= p.first_paying_idx
  AND CAST(p.credited_cents AS HUGEINT) * :spike_lookback_months * 1000000 > CAST(p.prev_sum_cents AS HUGEINT) * m.spike_multiple_ppm
  AND p.credited_cents * :spike_lookback_months - p.prev_sum_cents >= m.spike_min_increase_cents * :spike_lookback_months
