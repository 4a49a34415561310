-- model: special_line
-- owner: revops
-- grain: invoice_id, line_product
-- materialized: work
-- rules: REV-27, REV-153
-- description: Lines of special customers' invoices, one row per invoice and product. A support package that is comped
--   leaves the charge and keeps its row.
-- column invoice_id: Invoice
-- column line_product: Product, or empty when unknown
-- column product_cents: Line total after coupons, cents
-- column comped_cents: Support package that is not charged, cents
SELECT
  i.invoice_id,
  l.line_product,
  CAST(SUM(CASE WHEN l.line_kind = 'platform_package' AND i.treatment = 'covered_usage' AND i.is_package_charged = 0 THEN 0
    ELSE l.line_cents END) AS BIGINT) AS product_cents,
  CAST(SUM(CASE WHEN l.line_kind = 'platform_package' AND i.treatment = 'covered_usage' AND i.is_package_charged = 0
    THEN l.line_cents ELSE 0 END) AS BIGINT) AS comped_cents
FROM stg_invoice_line AS l
INNER JOIN special_invoice AS i ON i.invoice_id = l.invoice_id
GROUP BY i.invoice_id, l.line_product
