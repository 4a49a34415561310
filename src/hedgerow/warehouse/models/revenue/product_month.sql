-- model: product_month
-- owner: revops
-- grain: customer_id, month_idx, product_key
-- materialized: query
-- rules: REV-2, REV-10, REV-155
-- description: Revenue per customer, month and product.
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column product_key: Product; empty collects unknown ones
-- column list_cents: Lines after coupons, before the credit discount
-- column mrr_cents: Revenue of the product
-- column standard_cents: Part billed to an annual customer at standard rate
-- column units: Units of the month's last report, or null when unknown
SELECT k.customer_id, p.month_idx, s.scope AS product_key, p.list_cents, p.mrr_cents, p.standard_cents, u.units
FROM product_fact AS p
INNER JOIN customer_key AS k ON k.customer_no = p.customer_no
INNER JOIN scope_key AS s ON s.scope_no = p.scope_no
LEFT JOIN usage_month AS u ON u.customer_id = k.customer_id AND u.month_idx = p.month_idx AND u.product_key = s.scope
