-- model: plain_product
-- owner: revops
-- grain: customer_no, month_idx, scope_no
-- materialized: work
-- rules: REV-2, REV-26, REV-27
-- description: Product revenue of customers that take the short way: the sum of their lines.
-- column customer_no: Canonical customer's number
-- column month_idx: Month
-- column scope_no: Product's number
-- column product_cents: Sum of lines after coupons
SELECT k.customer_no, l.month_idx, p.scope_no, CAST(SUM(l.line_cents) AS BIGINT) AS product_cents
FROM stg_invoice_line AS l
INNER JOIN customer_key AS k ON k.customer_id = l.customer_id
INNER JOIN scope_key AS p ON p.scope = l.line_product AND p.scope_no > 0
WHERE k.is_special = 0
GROUP BY k.customer_no, l.month_idx, p.scope_no
