-- adjustment for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH tested AS (
  SELECT
    'REV-41' AS rule,
    'applied' AS state,
    'total' AS scope,
    v.customer_id AS customer_id,
    v.basis AS basis,
    v.month_idx AS month_idx,
    v.unadjusted_cents AS before_cents,
    CAST(0 AS Nullable(Int64)) AS after_cents,
    CAST(0 AS Nullable(Int64)) AS prev1_cents,
    CAST(0 AS Nullable(Int64)) AS prev2_cents,
    CAST(0 AS Nullable(Int64)) AS next_cents,
    CAST(0 AS Nullable(Int64)) AS credit_cents,
    CAST(0 AS Nullable(Int64)) AS discount_ppm
  FROM annual_valued_month AS v
  WHERE
    v.is_trial = 1 AND v.unadjusted_cents > 0
  UNION ALL
  SELECT
    'REV-42' AS rule,
    'applied' AS state,
    'total' AS scope,
    v.customer_id AS customer_id,
    v.basis AS basis,
    v.month_idx AS month_idx,
    v.unadjusted_cents AS before_cents,
    v.valued_cents AS after_cents,
    CAST(0 AS Nullable(Int64)) AS prev1_cents,
    CAST(0 AS Nullable(Int64)) AS prev2_cents,
    CAST(0 AS Nullable(Int64)) AS next_cents,
    CAST(0 AS Nullable(Int64)) AS credit_cents,
    v.discount_ppm AS discount_ppm
  FROM annual_valued_month AS v
  WHERE
    v.is_trial = 0 AND v.discount_ppm > 0 AND v.valued_cents <> v.unadjusted_cents
  UNION ALL
  SELECT
    'REV-43' AS rule,
    c.state AS state,
    'total' AS scope,
    c.customer_id AS customer_id,
    c.basis AS basis,
    c.month_idx AS month_idx,
    c.before_cents AS before_cents,
    CASE WHEN c.state = 'applied' THEN c.prev1_cents ELSE c.before_cents END AS after_cents,
    c.prev1_cents AS prev1_cents,
    c.prev_sum_cents - c.prev1_cents AS prev2_cents,
    c.next_cents AS next_cents,
    c.credit_cents AS credit_cents,
    CAST(0 AS Nullable(Int64)) AS discount_ppm
  FROM credit_test AS c
  UNION ALL
  SELECT
    'REV-44' AS rule,
    s.state AS state,
    'total' AS scope,
    s.customer_id AS customer_id,
    s.basis AS basis,
    s.month_idx AS month_idx,
    s.before_cents AS before_cents,
    CASE WHEN s.state = 'applied' THEN s.after_cents ELSE s.before_cents END AS after_cents,
    s.prev1_cents AS prev1_cents,
    s.prev_sum_cents - s.prev1_cents AS prev2_cents,
    s.next_cents AS next_cents,
    CAST(0 AS Nullable(Int64)) AS credit_cents,
    CAST(0 AS Nullable(Int64)) AS discount_ppm
  FROM spike_test AS s
)
SELECT
  t.rule AS rule,
  t.state AS state,
  t.scope AS scope,
  t.customer_id AS customer_id,
  t.basis AS basis,
  t.month_idx AS month_idx,
  t.before_cents AS before_cents,
  t.after_cents AS after_cents,
  t.prev1_cents AS prev1_cents,
  t.prev2_cents AS prev2_cents,
  t.next_cents AS next_cents,
  t.credit_cents AS credit_cents,
  t.discount_ppm AS discount_ppm
FROM tested AS t
INNER JOIN policy_month AS m
  ON m.month_idx = t.month_idx
WHERE
  t.basis = 'only'
  OR (
    t.basis = 'stored' AND m.annual_basis = 'straight_line'
  )
  OR (
    t.basis = 'usage' AND m.annual_basis = 'usage'
  )
