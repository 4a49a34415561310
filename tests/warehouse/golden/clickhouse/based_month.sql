-- based_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH straight AS (
  SELECT DISTINCT
    c.customer_id AS customer_id
  FROM customer_month AS c
  WHERE
    c.is_straight_line_annual = 1
)
SELECT
  c.customer_id AS customer_id,
  CASE WHEN s.customer_id IS NULL THEN 'only' ELSE 'stored' END AS basis,
  c.month_idx AS month_idx,
  c.mrr_cents AS unadjusted_cents,
  c.standard_cents AS standard_cents,
  c.discount_ppm AS discount_ppm
FROM customer_month AS c
INNER JOIN tested_customer AS t
  ON t.customer_id = c.customer_id
LEFT JOIN straight AS s
  ON s.customer_id = c.customer_id
UNION ALL
SELECT
  c.customer_id AS customer_id,
  'usage' AS basis,
  c.month_idx AS month_idx,
  GREATEST(c.usage_basis_cents, 0) AS unadjusted_cents,
  c.standard_cents AS standard_cents,
  c.discount_ppm AS discount_ppm
FROM customer_month AS c
INNER JOIN straight AS s
  ON s.customer_id = c.customer_id
