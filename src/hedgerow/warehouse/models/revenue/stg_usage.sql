-- model: stg_usage
-- owner: revops
-- grain: customer_id, usage_organization, usage_product, period_start
-- materialized: work
-- rules: REV-20, REV-22, REV-155
-- description: The one reader of usage reports: the last report of each billing period counts, never a sum; a period
--   belongs to the month of its last day.
-- column customer_id: Canonical customer
-- column usage_organization: Organization
-- column usage_product: Product
-- column period_start: First day
-- column period_end: Day after the last
-- column report_at: When the last report was made
-- column usage_units: Units of the period
-- column month_idx: Month of the period's last day
SELECT
  COALESCE(r.target_id, u.customer_id) AS customer_id,
  COALESCE(u.organization_id, '') AS usage_organization,
  u.product_key AS usage_product,
  u.period_start,
  u.period_end,
  u.report_at,
  u.units AS usage_units,
  CAST(CAST(EXTRACT(YEAR FROM u.period_end) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM u.period_end) AS BIGINT) - 1
    - CASE WHEN CAST(EXTRACT(DAY FROM u.period_end) AS BIGINT) = 1 THEN 1 ELSE 0 END AS INTEGER) AS month_idx
FROM raw_usage AS u
LEFT JOIN redirect AS r ON r.source_customer_id = u.customer_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY u.customer_id, u.organization_id, u.product_key, u.period_start ORDER BY u.report_at DESC) = 1
