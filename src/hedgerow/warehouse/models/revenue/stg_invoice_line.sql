-- model: stg_invoice_line
-- owner: revops
-- grain: line_id
-- materialized: view
-- rules: REV-20, REV-22, REV-27
-- description: The one reader of invoice lines. Unknown or empty products are collected under the empty key.
-- column line_id: Line
-- column invoice_id: Its invoice
-- column customer_id: Canonical customer
-- column month_idx: Month of its invoice
-- column line_product: Known product, or empty
-- column stated_product: Product as the source states it
-- column line_kind: Kind of product
-- column line_cents: After coupons, in cents
-- column line_units: Units billed
-- column line_price: Price it was billed at
-- column default_price: The product's default price
SELECT
  l.line_id,
  l.invoice_id,
  COALESCE(r.target_id, l.customer_id) AS customer_id,
  l.month_idx,
  COALESCE(k.product_key, '') AS line_product,
  COALESCE(l.product_key, '') AS stated_product,
  COALESCE(k.product_kind, '') AS line_kind,
  l.net_cents AS line_cents,
  COALESCE(l.units, 0) AS line_units,
  COALESCE(l.price_id, '') AS line_price,
  COALESCE(k.default_price_id, '') AS default_price
FROM raw_invoice_lines AS l
LEFT JOIN redirect AS r ON r.source_customer_id = l.customer_id
LEFT JOIN stg_product AS k ON k.product_key = l.product_key
WHERE l.is_counted
