-- spike_test for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH placed AS (
  SELECT
    v.customer_id,
    v.basis,
    v.month_idx,
    v.credited_cents,
    CAST(COALESCE(
      SUM(v.credited_cents) OVER (
        PARTITION BY v.customer_id, v.basis
        ORDER BY v.month_idx
        RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING
      ),
      0
    ) AS BIGINT) AS prev1_cents,
    CAST(COALESCE(
      SUM(v.credited_cents) OVER (
        PARTITION BY v.customer_id, v.basis
        ORDER BY v.month_idx
        RANGE BETWEEN 2 PRECEDING AND 1 PRECEDING
      ),
      0
    ) AS BIGINT) AS prev_sum_cents,
    CAST(COALESCE(
      SUM(v.credited_cents) OVER (
        PARTITION BY v.customer_id, v.basis
        ORDER BY v.month_idx
        RANGE BETWEEN 1 FOLLOWING AND 1 FOLLOWING
      ),
      0
    ) AS BIGINT) AS next_cents,
    MIN(CASE WHEN v.credited_cents > 0 THEN v.month_idx ELSE 999999 END) OVER (PARTITION BY v.customer_id, v.basis) AS first_paying_idx
  FROM credit_adjusted_month AS v
)
SELECT
  p.customer_id,
  p.basis,
  p.month_idx,
  p.credited_cents AS before_cents,
  p.prev1_cents,
  p.prev_sum_cents,
  p.next_cents,
  CAST(CASE
    WHEN (
      p.prev_sum_cents
    ) >= 0
    THEN (
      2 * (
        p.prev_sum_cents
      ) + (
        2
      )
    ) DIV NULLIF(2 * (
      2
    ), 0)
    ELSE -(
      (
        -2 * (
          p.prev_sum_cents
        ) + (
          2
        )
      ) DIV NULLIF(2 * (
        2
      ), 0)
    )
  END AS BIGINT) AS after_cents,
  CASE
    WHEN COALESCE(n.status, 'forward') <> 'closed'
    THEN 'pending'
    WHEN CAST(p.next_cents AS DECIMAL(38, 0)) * 1000000 <= CAST(p.credited_cents AS DECIMAL(38, 0)) * (
      1000000 - m.spike_drop_ppm
    )
    THEN 'applied'
    ELSE 'not_applicable'
  END AS state
FROM placed AS p
INNER JOIN policy_month AS m
  ON m.month_idx = p.month_idx
LEFT JOIN policy_month AS n
  ON n.month_idx = p.month_idx + 1
WHERE
  m.status = 'closed'
  AND p.month_idx - 2 >= p.first_paying_idx
  AND CAST(p.credited_cents AS DECIMAL(38, 0)) * 2 * 1000000 > CAST(p.prev_sum_cents AS DECIMAL(38, 0)) * m.spike_multiple_ppm
  AND p.credited_cents * 2 - p.prev_sum_cents >= m.spike_min_increase_cents * 2
