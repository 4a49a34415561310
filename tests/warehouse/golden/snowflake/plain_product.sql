-- plain_product for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  l.customer_id,
  l.month_idx,
  l.line_product,
  CAST(SUM(l.line_cents) AS BIGINT) AS product_cents
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
