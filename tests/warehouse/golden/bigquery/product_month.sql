-- product_month for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_id,
  p.month_idx,
  s.scope AS product_key,
  p.list_cents,
  p.mrr_cents,
  p.standard_cents,
  u.units
FROM product_fact AS p
INNER JOIN customer_key AS k
  ON k.customer_no = p.customer_no
INNER JOIN scope_key AS s
  ON s.scope_no = p.scope_no
LEFT JOIN usage_month AS u
  ON u.customer_id = k.customer_id
  AND u.month_idx = p.month_idx
  AND u.product_key = s.scope
