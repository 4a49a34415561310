-- plain_product for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_no AS customer_no,
  l.month_idx AS month_idx,
  p.scope_no AS scope_no,
  CAST(SUM(l.line_cents) AS Nullable(Int64)) AS product_cents
FROM stg_invoice_line AS l
INNER JOIN customer_key AS k
  ON k.customer_id = l.customer_id
INNER JOIN scope_key AS p
  ON p.scope = l.line_product AND p.scope_no > 0
WHERE
  k.is_special = 0
GROUP BY
  k.customer_no,
  l.month_idx,
  p.scope_no
