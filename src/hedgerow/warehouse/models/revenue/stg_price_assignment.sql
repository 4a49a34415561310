-- model: stg_price_assignment
-- owner: revops
-- grain: source_customer_id, assigned_product, from_date
-- materialized: view
-- rules: REV-20, BILL-140
-- description: The one reader of price assignments, under canonical ids.
-- column source_customer_id: Billing customer before merging
-- column customer_id: Canonical customer
-- column assigned_product: Product
-- column assigned_price: Price, or empty for the product's default
-- column from_date: In force from this day on
-- column coupon_ppm: Coupon, millionths
-- column limit_cents: Billing limit after discount, or null
SELECT
  a.customer_id AS source_customer_id,
  COALESCE(r.target_id, a.customer_id) AS customer_id,
  a.product_key AS assigned_product,
  COALESCE(a.price_id, '') AS assigned_price,
  a.from_date,
  COALESCE(a.coupon_ppm, 0) AS coupon_ppm,
  a.limit_cents
FROM raw_price_assignments AS a
LEFT JOIN redirect AS r ON r.source_customer_id = a.customer_id
