-- special_fact for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH special AS (
  SELECT
    p.customer_id,
    p.month_idx,
    CAST(SUM(p.mrr_cents) AS BIGINT) AS products,
    CAST(SUM(CASE WHEN p.product_key = '' THEN p.mrr_cents ELSE 0 END) AS BIGINT) AS other_cents
  FROM special_product_month AS p
  GROUP BY
    p.customer_id,
    p.month_idx
)
SELECT
  k.customer_no,
  r.month_idx,
  r.billing_config,
  CASE WHEN r.is_relabelled = 1 OR r.has_annual_row = 1 THEN 1 ELSE 0 END AS has_annual_label,
  r.subscription_type,
  r.is_annual,
  r.list_cents,
  r.discount_cents,
  r.credit_cents AS credit_applied_cents,
  r.refund_cents,
  r.total_cents,
  r.tax_cents,
  r.straight_line_cents,
  r.usage_basis_cents,
  r.is_straight AS is_straight_line_annual,
  r.discount_ppm,
  r.standard_cents,
  r.cover_cents AS covered_cents,
  COALESCE(b.other_cents, 0) AS other_products_cents,
  CASE
    WHEN r.is_straight = 1
    THEN r.total_cents - COALESCE(b.products, 0) + r.unallocated_refund
    ELSE 0
  END AS basis_gap_cents,
  r.unallocated_refund AS unallocated_refund_cents,
  r.is_overridden
FROM special_recognized AS r
INNER JOIN customer_key AS k
  ON k.customer_id = r.customer_id
LEFT JOIN special AS b
  ON b.customer_id = r.customer_id AND b.month_idx = r.month_idx
