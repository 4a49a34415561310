-- stg_usage for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  u.customer_id,
  u.usage_organization,
  u.usage_product,
  u.period_start,
  u.period_end,
  u.report_at,
  u.usage_units,
  u.month_idx
FROM stg_usage_report AS u
QUALIFY
  ROW_NUMBER() OVER (
    PARTITION BY u.source_customer_id, u.usage_organization, u.usage_product, u.period_start
    ORDER BY u.report_at DESC NULLS LAST
  ) = 1
