-- based_month for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH straight AS (
  SELECT DISTINCT
    c.customer_no,
    1 AS has_straight
  FROM special_fact AS c
  WHERE
    c.is_straight_line_annual = 1
)
SELECT
  k.customer_id,
  CASE WHEN COALESCE(s.has_straight, 0) = 1 THEN 'stored' ELSE 'only' END AS basis,
  c.month_idx,
  c.mrr_cents AS unadjusted_cents,
  c.total_cents AS signed_cents,
  COALESCE(x.standard_cents, 0) AS standard_cents,
  COALESCE(x.discount_ppm, 0) AS discount_ppm
FROM customer_fact AS c
INNER JOIN tested_customer AS t
  ON t.customer_no = c.customer_no
LEFT JOIN special_fact AS x
  ON x.customer_no = c.customer_no AND x.month_idx = c.month_idx
INNER JOIN customer_key AS k
  ON k.customer_no = c.customer_no
LEFT JOIN straight AS s
  ON s.customer_no = c.customer_no
UNION ALL
SELECT
  k.customer_id,
  'usage' AS basis,
  c.month_idx,
  GREATEST(c.usage_basis_cents, 0) AS unadjusted_cents,
  c.usage_basis_cents AS signed_cents,
  c.standard_cents,
  c.discount_ppm
FROM special_fact AS c
INNER JOIN straight AS s
  ON s.customer_no = c.customer_no
INNER JOIN customer_key AS k
  ON k.customer_no = c.customer_no
