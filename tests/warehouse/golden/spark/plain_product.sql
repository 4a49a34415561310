-- plain_product for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_no,
  l.month_idx,
  p.scope_no,
  CAST(SUM(l.line_cents) AS BIGINT) AS product_cents
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
