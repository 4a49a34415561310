-- model: adjustment
-- owner: revops
-- grain: rule, scope, customer_id, basis, month_idx
-- materialized: table
-- rules: REV-41, REV-42, REV-43, REV-44, REV-51
-- description: Every adjustment that was applied, waits for its next month, or was tested and does not apply, with its
--   evidence.
-- column rule: Rule of the step
-- column state: applied, pending or not_applicable
-- column scope: total: adjustments are decided on the total
-- column customer_id: Canonical customer
-- column basis: only, stored or usage
-- column month_idx: Month
-- column before_cents: Before the step
-- column after_cents: After the step
-- column prev1_cents: Evidence: month before
-- column prev2_cents: Evidence: the earlier months looked back on
-- column next_cents: Evidence: month after
-- column credit_cents: Evidence: qualifying credits and refunds
-- column discount_ppm: Evidence: credit discount, millionths
WITH tested AS (
  SELECT 'REV-41' AS rule, 'applied' AS state, 'total' AS scope, v.customer_id, v.basis, v.month_idx, v.unadjusted_cents AS before_cents,
    CAST(0 AS BIGINT) AS after_cents, CAST(0 AS BIGINT) AS prev1_cents, CAST(0 AS BIGINT) AS prev2_cents, CAST(0 AS BIGINT) AS next_cents,
    CAST(0 AS BIGINT) AS credit_cents, CAST(0 AS BIGINT) AS discount_ppm
  FROM annual_valued_month AS v
  WHERE v.is_trial = 1 AND v.unadjusted_cents > 0
  UNION ALL
  SELECT 'REV-42' AS rule, 'applied' AS state, 'total' AS scope, v.customer_id, v.basis, v.month_idx, v.unadjusted_cents AS before_cents,
    v.valued_cents AS after_cents, CAST(0 AS BIGINT) AS prev1_cents, CAST(0 AS BIGINT) AS prev2_cents, CAST(0 AS BIGINT) AS next_cents,
    CAST(0 AS BIGINT) AS credit_cents, v.discount_ppm
  FROM annual_valued_month AS v
  WHERE v.is_trial = 0 AND v.discount_ppm > 0 AND v.valued_cents <> v.unadjusted_cents
  UNION ALL
  SELECT 'REV-43' AS rule, c.state, 'total' AS scope, c.customer_id, c.basis, c.month_idx, c.before_cents,
    CASE WHEN c.state = 'applied' THEN c.prev1_cents ELSE c.before_cents END AS after_cents,
    c.prev1_cents, c.prev_sum_cents - c.prev1_cents AS prev2_cents, c.next_cents, c.credit_cents, CAST(0 AS BIGINT) AS discount_ppm
  FROM credit_test AS c
  UNION ALL
  SELECT 'REV-44' AS rule, s.state, 'total' AS scope, s.customer_id, s.basis, s.month_idx, s.before_cents,
    CASE WHEN s.state = 'applied' THEN s.after_cents ELSE s.before_cents END AS after_cents,
    s.prev1_cents, s.prev_sum_cents - s.prev1_cents AS prev2_cents, s.next_cents, CAST(0 AS BIGINT) AS credit_cents, CAST(0 AS BIGINT) AS discount_ppm
  FROM spike_test AS s
)
SELECT
  t.rule, t.state, t.scope, t.customer_id, t.basis, t.month_idx, t.before_cents, t.after_cents, t.prev1_cents, t.prev2_cents,
  t.next_cents, t.credit_cents, t.discount_ppm
FROM tested AS t
INNER JOIN policy_month AS m ON m.month_idx = t.month_idx
WHERE t.basis = 'only' OR (t.basis = 'stored' AND m.annual_basis = 'straight_line') OR (t.basis = 'usage' AND m.annual_basis = 'usage')
