-- changed_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH spiked AS (
  SELECT
    s.customer_id AS customer_id,
    s.basis AS basis,
    s.month_idx AS month_idx,
    s.after_cents AS after_cents
  FROM spike_test AS s
  WHERE
    s.state = 'applied'
), rows_of AS (
  SELECT
    'total' AS scope,
    v.customer_id AS customer_id,
    v.basis AS basis,
    v.month_idx AS month_idx,
    v.unadjusted_cents AS unadjusted_cents,
    COALESCE(s.after_cents, v.credited_cents) AS adjusted_cents
  FROM credit_adjusted_month AS v
  INNER JOIN changed_customer AS c
    ON c.customer_id = v.customer_id
  LEFT JOIN spiked AS s
    ON s.customer_id = v.customer_id AND s.basis = v.basis AND s.month_idx = v.month_idx
  UNION ALL
  SELECT
    p.product_key AS scope,
    p.customer_id AS customer_id,
    p.basis AS basis,
    p.month_idx AS month_idx,
    p.unadjusted_cents AS unadjusted_cents,
    CAST(0 AS Nullable(Int64)) AS adjusted_cents
  FROM product_valued_month AS p
  UNION ALL
  SELECT
    a.product_key AS scope,
    a.customer_id AS customer_id,
    a.basis AS basis,
    a.month_idx AS month_idx,
    CAST(0 AS Nullable(Int64)) AS unadjusted_cents,
    a.adjusted_cents AS adjusted_cents
  FROM product_adjusted_month AS a
)
SELECT
  r.scope AS scope,
  r.customer_id AS customer_id,
  r.basis AS basis,
  r.month_idx AS month_idx,
  CAST(SUM(r.unadjusted_cents) AS Nullable(Int64)) AS unadjusted_cents,
  CAST(SUM(r.adjusted_cents) AS Nullable(Int64)) AS adjusted_cents,
  MAX(
    CASE
      WHEN r.basis = 'only'
      OR (
        r.basis = 'stored' AND m.annual_basis = 'straight_line'
      )
      OR (
        r.basis = 'usage' AND m.annual_basis = 'usage'
      )
      THEN 1
      ELSE 0
    END
  ) AS is_published
FROM rows_of AS r
INNER JOIN policy_month AS m
  ON m.month_idx = r.month_idx
GROUP BY
  r.scope,
  r.customer_id,
  r.basis,
  r.month_idx
