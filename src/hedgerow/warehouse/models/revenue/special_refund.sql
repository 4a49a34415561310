-- model: special_refund
-- owner: revops
-- grain: customer_id, month_idx, refund_product
-- materialized: work
-- rules: REV-34
-- description: Refunds by the month of the invoice that they correct, in total and by product. Free months have none.
-- column customer_id: Canonical customer
-- column month_idx: Month of the corrected invoice
-- column refund_product: Product, or empty
-- column refund_cents: Given back, cents
-- column usage_refund_cents: Part on usage that prepaid credit paid for; it lowers the usage basis only
-- column rate_refund_cents: Part on an annual customer's invoice at standard rate
-- column product_rate_refund_cents: The same by product
-- column product_refund_cents: Part that lowers a product
SELECT
  i.customer_id, i.month_idx, f.refund_product,
  CAST(SUM(f.refund_amount) AS BIGINT) AS refund_cents,
  CAST(SUM(CASE WHEN i.treatment = 'covered_usage' THEN f.refund_amount ELSE 0 END) AS BIGINT) AS usage_refund_cents,
  CAST(SUM(CASE WHEN i.treatment = 'standard_ex_tax' THEN f.refund_amount ELSE 0 END) AS BIGINT) AS rate_refund_cents,
  CAST(SUM(CASE WHEN i.treatment = 'standard_ex_tax' THEN f.refund_amount * f.is_by_product ELSE 0 END) AS BIGINT)
    AS product_rate_refund_cents,
  CAST(SUM(CASE WHEN i.treatment = 'credit_charge' OR i.treatment = 'prepaid' THEN 0
    ELSE f.refund_amount * f.is_by_product END) AS BIGINT) AS product_refund_cents
FROM stg_refund AS f
INNER JOIN special_invoice AS i ON i.invoice_id = f.invoice_id
WHERE i.treatment <> 'free'
GROUP BY i.customer_id, i.month_idx, f.refund_product
