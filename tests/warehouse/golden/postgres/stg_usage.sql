-- stg_usage for postgres; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  customer_id,
  usage_organization,
  usage_product,
  period_start,
  period_end,
  report_at,
  usage_units,
  month_idx
FROM (
  SELECT
    u.customer_id,
    u.usage_organization,
    u.usage_product,
    u.period_start,
    u.period_end,
    u.report_at,
    u.usage_units,
    u.month_idx,
    ROW_NUMBER() OVER (
      PARTITION BY u.source_customer_id, u.usage_organization, u.usage_product, u.period_start
      ORDER BY u.report_at DESC NULLS LAST
    ) AS _q1
  FROM stg_usage_report AS u
) AS _t
WHERE
  _q1 = 1
