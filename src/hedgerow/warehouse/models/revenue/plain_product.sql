-- model: plain_product
-- owner: revops
-- grain: customer_id, month_idx, line_product
-- materialized: work
-- rules: REV-2, REV-26, REV-27
-- description: Product revenue of customers that take the short way: the sum of their lines.
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column line_product: Product, or empty when unknown
-- column product_cents: Sum of lines after coupons
SELECT l.customer_id, l.month_idx, l.line_product, CAST(SUM(l.line_cents) AS BIGINT) AS product_cents
FROM stg_invoice_line AS l
WHERE NOT EXISTS (SELECT 1 FROM special_customer AS s WHERE s.customer_id = l.customer_id)
GROUP BY l.customer_id, l.month_idx, l.line_product
