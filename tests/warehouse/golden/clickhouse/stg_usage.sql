-- stg_usage for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  u.customer_id AS customer_id,
  u.usage_organization AS usage_organization,
  u.usage_product AS usage_product,
  u.period_start AS period_start,
  u.period_end AS period_end,
  u.report_at AS report_at,
  u.usage_units AS usage_units,
  u.month_idx AS month_idx
FROM stg_usage_report AS u
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY u.source_customer_id, u.usage_organization, u.usage_product, u.period_start
    ORDER BY u.report_at DESC
  ) = 1
