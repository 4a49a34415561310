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
    COALESCE(r.target_id, u.customer_id) AS customer_id,
    COALESCE(u.organization_id, '') AS usage_organization,
    u.product_key AS usage_product,
    u.period_start,
    u.period_end,
    u.report_at,
    u.units AS usage_units,
    CAST(CAST(EXTRACT(YEAR FROM u.period_end) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.period_end) AS BIGINT) - 1 - CASE WHEN CAST(EXTRACT(DAY FROM u.period_end) AS BIGINT) = 1 THEN 1 ELSE 0 END AS INT) AS month_idx,
    ROW_NUMBER() OVER (
      PARTITION BY u.customer_id, u.organization_id, u.product_key, u.period_start
      ORDER BY u.report_at DESC NULLS LAST
    ) AS _q1
  FROM raw_usage AS u
  LEFT JOIN redirect AS r
    ON r.source_customer_id = u.customer_id
) AS _t
WHERE
  _q1 = 1
