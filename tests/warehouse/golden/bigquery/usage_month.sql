-- usage_month for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  u.customer_id,
  u.month_idx,
  u.usage_product AS product_key,
  CAST(SUM(u.usage_units) AS INT64) AS units
FROM stg_usage AS u
GROUP BY
  u.customer_id,
  u.month_idx,
  u.usage_product
