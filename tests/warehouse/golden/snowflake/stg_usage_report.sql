-- stg_usage_report for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  u.customer_id AS source_customer_id,
  COALESCE(r.target_id, u.customer_id) AS customer_id,
  COALESCE(u.organization_id, '') AS usage_organization,
  u.product_key AS usage_product,
  u.period_start,
  u.period_end,
  u.report_at,
  u.units AS usage_units,
  CAST(CAST(DATE_PART(YEAR, u.period_end) AS BIGINT) * 12 + CAST(DATE_PART(MONTH, u.period_end) AS BIGINT) - 1 - CASE WHEN CAST(DATE_PART(DAY, u.period_end) AS BIGINT) = 1 THEN 1 ELSE 0 END AS INT) AS month_idx
FROM raw_usage AS u
LEFT JOIN redirect AS r
  ON r.source_customer_id = u.customer_id
