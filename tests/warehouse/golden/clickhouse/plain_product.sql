-- plain_product for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  l.customer_id AS customer_id,
  l.month_idx AS month_idx,
  l.line_product AS line_product,
  CAST(SUM(l.line_cents) AS Nullable(Int64)) AS product_cents
FROM stg_invoice_line AS l
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM special_customer AS s
    WHERE
      s.customer_id = l.customer_id
  )
GROUP BY
  l.customer_id,
  l.month_idx,
  l.line_product
