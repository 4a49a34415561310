-- stg_refund for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  f.refund_id AS refund_id,
  f.invoice_id AS invoice_id,
  COALESCE(k.product_key, '') AS refund_product,
  CASE WHEN f.product_key IS NULL OR f.product_key = '' THEN 0 ELSE 1 END AS is_by_product,
  f.cents AS refund_amount,
  COALESCE(f.adjustment_class, c.adjustment_class, 'none') AS refund_class
FROM raw_refunds AS f
LEFT JOIN stg_product AS k
  ON k.product_key = f.product_key
LEFT JOIN reason_class AS c
  ON c.reason = f.reason AND c.reason_source = 'refund'
