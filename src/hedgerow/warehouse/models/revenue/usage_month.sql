-- model: usage_month
-- owner: revops
-- grain: customer_id, month_idx, product_key
-- materialized: table
-- rules: REV-155
-- description: Units per customer, product and month, over all organizations. A month without a report has no row:
--   unknown is not zero.
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column product_key: Product
-- column units: Units of the periods that end in the month
SELECT u.customer_id, u.month_idx, u.usage_product AS product_key, CAST(SUM(u.usage_units) AS BIGINT) AS units
FROM stg_usage AS u
GROUP BY u.customer_id, u.month_idx, u.usage_product
