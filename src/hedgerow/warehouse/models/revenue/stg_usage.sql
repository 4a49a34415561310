-- model: stg_usage
-- owner: revops
-- grain: customer_id, usage_organization, usage_product, period_start
-- materialized: work
-- rules: REV-22, REV-155
-- description: The last report of each billing period counts, never a sum; a period belongs to the month of its last
--   day.
-- column customer_id: Canonical customer
-- column usage_organization: Organization
-- column usage_product: Product
-- column period_start: First day
-- column period_end: Day after the last
-- column report_at: When the last report was made
-- column usage_units: Units of the period
-- column month_idx: Month of the period's last day
SELECT u.customer_id, u.usage_organization, u.usage_product, u.period_start, u.period_end, u.report_at, u.usage_units, u.month_idx
FROM stg_usage_report AS u
QUALIFY ROW_NUMBER() OVER (PARTITION BY u.source_customer_id, u.usage_organization, u.usage_product, u.period_start ORDER BY u.report_at DESC) = 1
