-- product_adjusted_month for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  v.customer_id,
  v.basis,
  v.month_idx,
  v.product_key,
  v.credited_cents AS adjusted_cents
FROM product_credited_month AS v
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM spike_test AS s
    WHERE
      s.customer_id = v.customer_id
      AND s.basis = v.basis
      AND s.month_idx = v.month_idx
      AND s.state = 'applied'
  )
UNION ALL
SELECT
  s.customer_id,
  s.basis,
  s.month_idx,
  v.product_key,
  CAST(CASE
    WHEN (
      CAST(SUM(v.credited_cents) AS BIGINT)
    ) >= 0
    THEN (
      2 * (
        CAST(SUM(v.credited_cents) AS BIGINT)
      ) + (
        2
      )
    ) DIV NULLIF(2 * (
      2
    ), 0)
    ELSE -(
      (
        -2 * (
          CAST(SUM(v.credited_cents) AS BIGINT)
        ) + (
          2
        )
      ) DIV NULLIF(2 * (
        2
      ), 0)
    )
  END AS BIGINT) AS adjusted_cents
FROM spike_test AS s
INNER JOIN product_credited_month AS v
  ON v.customer_id = s.customer_id AND v.basis = s.basis
WHERE
  s.state = 'applied'
  AND v.month_idx >= s.month_idx - 2
  AND v.month_idx < s.month_idx
GROUP BY
  s.customer_id,
  s.basis,
  s.month_idx,
  v.product_key
