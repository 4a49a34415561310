-- model: credit_test
-- owner: revops
-- grain: customer_id, basis, month_idx
-- materialized: work
-- rules: REV-43, REV-45, REV-46, REV-47
-- description: The one-time credit test of every month with a credit or refund, on the series after the annual-value
--   step.
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month of the credit
-- column before_cents: Total before the step
-- column prev1_cents: Month before
-- column prev_sum_cents: Sum of the months looked back on
-- column next_cents: Month after
-- column credit_cents: Qualifying credits and refunds
-- column all_credit_cents: All credits and refunds
-- column has_history: 1 when enough months lie behind the first payment
-- column state: applied, pending or not_applicable
WITH placed AS (
  SELECT
    v.customer_id, v.basis, v.month_idx, v.valued_cents,
    CAST(COALESCE(SUM(v.valued_cents) OVER (PARTITION BY v.customer_id, v.basis ORDER BY v.month_idx NULLS FIRST
      RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS prev1_cents,
    CAST(COALESCE(SUM(v.valued_cents) OVER (PARTITION BY v.customer_id, v.basis ORDER BY v.month_idx NULLS FIRST
      RANGE BETWEEN :spike_lookback_months PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS prev_sum_cents,
    CAST(COALESCE(SUM(v.valued_cents) OVER (PARTITION BY v.customer_id, v.basis ORDER BY v.month_idx NULLS FIRST
      RANGE BETWEEN 1 FOLLOWING AND 1 FOLLOWING), 0) AS BIGINT) AS next_cents,
    MIN(CASE WHEN v.valued_cents > 0 THEN v.month_idx ELSE 999999 END) OVER (PARTITION BY v.customer_id, v.basis) AS first_paying_idx
  FROM annual_valued_month AS v
  WHERE EXISTS (SELECT 1 FROM one_time_month AS c WHERE c.customer_id = v.customer_id)
)
SELECT
  p.customer_id, p.basis, p.month_idx, p.valued_cents AS before_cents, p.prev1_cents, p.prev_sum_cents, p.next_cents,
  o.credit_cents, o.all_credit_cents,
  CASE WHEN p.month_idx - :spike_lookback_months < p.first_paying_idx THEN 0 ELSE 1 END AS has_history,
  CASE
    WHEN m.status <> 'closed' OR o.credit_cents <= 0 OR p.prev1_cents <= 0 OR p.month_idx - :spike_lookback_months < p.first_paying_idx
      OR CAST(o.credit_cents AS HUGEINT) * 1000000 < CAST(p.prev1_cents AS HUGEINT) * m.credit_override_ppm THEN 'not_applicable'
    WHEN COALESCE(n.status, 'forward') <> 'closed' THEN 'pending'
    WHEN p.next_cents * :spike_lookback_months >= p.prev_sum_cents THEN 'applied'
    ELSE 'not_applicable'
  END AS state
FROM placed AS p
INNER JOIN one_time_month AS o ON o.customer_id = p.customer_id AND o.month_idx = p.month_idx
INNER JOIN policy_month AS m ON m.month_idx = p.month_idx
LEFT JOIN policy_month AS n ON n.month_idx = p.month_idx + 1
