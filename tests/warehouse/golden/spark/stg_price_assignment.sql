-- stg_price_assignment for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  a.customer_id AS source_customer_id,
  COALESCE(r.target_id, a.customer_id) AS customer_id,
  a.product_key AS assigned_product,
  COALESCE(a.price_id, '') AS assigned_price,
  a.from_date,
  COALESCE(a.coupon_ppm, 0) AS coupon_ppm,
  a.limit_cents
FROM raw_price_assignments AS a
LEFT JOIN redirect AS r
  ON r.source_customer_id = a.customer_id
