-- model: stg_usage_report
-- owner: revops
-- grain: source_customer_id, usage_organization, usage_product, period_start, report_at
-- materialized: view
-- rules: REV-20, REV-22
-- description: The one reader of usage reports, every report of every period; most models want stg_usage, the last one
--   of each.
-- column source_customer_id: Billing customer before merging
-- column customer_id: Canonical customer
-- column usage_organization: Organization
-- column usage_product: Product
-- column period_start: First day
-- column period_end: Day after the last
-- column report_at: When the report was made
-- column usage_units: Units since the period began
-- column month_idx: Month of the period's last day
SELECT
  u.customer_id AS source_customer_id,
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
