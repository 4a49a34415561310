-- product_adjusted_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  v.customer_id AS customer_id,
  v.basis AS basis,
  v.month_idx AS month_idx,
  v.product_key AS product_key,
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
  s.customer_id AS customer_id,
  s.basis AS basis,
  s.month_idx AS month_idx,
  v.product_key AS product_key,
  CAST(CASE
    WHEN (
      CAST(SUM(v.credited_cents) AS Nullable(Int64))
    ) >= 0
    THEN CAST(intDiv(
      2 * (
        CAST(SUM(v.credited_cents) AS Nullable(Int64))
      ) + (
        2
      ),
      nullIf(2 * (
        2
      ), 0)
    ) AS Nullable(Int64))
    ELSE -(
      CAST(intDiv(
        -2 * (
          CAST(SUM(v.credited_cents) AS Nullable(Int64))
        ) + (
          2
        ),
        nullIf(2 * (
          2
        ), 0)
      ) AS Nullable(Int64))
    )
  END AS Nullable(Int64)) AS adjusted_cents
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
