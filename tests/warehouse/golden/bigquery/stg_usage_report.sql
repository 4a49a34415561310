-- stg_usage_report for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  u.customer_id AS source_customer_id,
  COALESCE(r.target_id, u.customer_id) AS customer_id,
  COALESCE(u.organization_id, '') AS usage_organization,
  u.product_key AS usage_product,
  u.period_start,
  u.period_end,
  u.report_at,
  u.units AS usage_units,
  CAST(CAST(EXTRACT(YEAR FROM u.period_end) AS INT64) * 12 + CAST(EXTRACT(MONTH FROM u.period_end) AS INT64) - 1 - CASE WHEN CAST(EXTRACT(DAY FROM u.period_end) AS INT64) = 1 THEN 1 ELSE 0 END AS INT64) AS month_idx
FROM raw_usage AS u
LEFT JOIN redirect AS r
  ON r.source_customer_id = u.customer_id
