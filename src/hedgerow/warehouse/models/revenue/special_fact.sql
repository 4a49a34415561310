-- model: special_fact
-- owner: revops
-- grain: customer_no, month_idx
-- materialized: table
-- rules: REV-8, REV-9, REV-11, REV-25, REV-28, REV-29
-- description: What a month of a special customer has beyond its total: the waterfall, both bases, credit cover, gaps.
--   Months of customers that take the short way have no row here: their list value is their total.
-- column customer_no: Canonical customer's number
-- column month_idx: Month
-- column billing_config: Configuration in force
-- column has_annual_label: 1 when the month is labelled annual by a split row or by hand
-- column subscription_type: Type of subscription rows, or empty
-- column is_annual: 1 for an annual configuration
-- column list_cents: Total before discount; tax stands inside for the paid plan
-- column discount_cents: Prepaid-credit discount of annual customers
-- column credit_applied_cents: Balance credit, standard invoices only
-- column refund_cents: Refunds of invoices of the month
-- column total_cents: list - discount - credit - refund; can be negative
-- column tax_cents: Tax inside the total
-- column straight_line_cents: Total with the split price paid
-- column usage_basis_cents: Total with usage less credit discount
-- column is_straight_line_annual: 1 when the total is the split price paid
-- column discount_ppm: Credit discount in force, millionths
-- column standard_cents: Part of an annual month billed at standard rate
-- column covered_cents: Covered by start-up credit
-- column other_products_cents: Lines of unknown products
-- column basis_gap_cents: Total less the sum of products where the two come from different sources
-- column unallocated_refund_cents: Refunds that name no product
-- column is_overridden: 1 when replaced by hand
WITH special AS (
  SELECT p.customer_id, p.month_idx, CAST(SUM(p.mrr_cents) AS BIGINT) AS products,
    CAST(SUM(CASE WHEN p.product_key = '' THEN p.mrr_cents ELSE 0 END) AS BIGINT) AS other_cents
  FROM special_product_month AS p GROUP BY p.customer_id, p.month_idx
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
  CASE WHEN r.is_straight = 1 THEN r.total_cents - COALESCE(b.products, 0) + r.unallocated_refund ELSE 0 END AS basis_gap_cents,
  r.unallocated_refund AS unallocated_refund_cents,
  r.is_overridden
FROM special_recognized AS r
INNER JOIN customer_key AS k ON k.customer_id = r.customer_id
LEFT JOIN special AS b ON b.customer_id = r.customer_id AND b.month_idx = r.month_idx
