-- stg_invoice_line for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  l.line_id AS line_id,
  l.invoice_id AS invoice_id,
  COALESCE(r.target_id, l.customer_id) AS customer_id,
  l.month_idx AS month_idx,
  COALESCE(k.product_key, '') AS line_product,
  COALESCE(l.product_key, '') AS stated_product,
  COALESCE(k.product_kind, '') AS line_kind,
  l.net_cents AS line_cents,
  COALESCE(l.units, 0) AS line_units,
  COALESCE(l.price_id, '') AS line_price,
  COALESCE(k.default_price_id, '') AS default_price
FROM raw_invoice_lines AS l
LEFT JOIN redirect AS r
  ON r.source_customer_id = l.customer_id
LEFT JOIN stg_product AS k
  ON k.product_key = l.product_key
WHERE
  l.is_counted
