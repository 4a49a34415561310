-- model: stg_override
-- owner: revops
-- grain: customer_id, field_name, month_idx
-- materialized: work
-- rules: REV-20, REV-21, REV-23
-- description: The one reader of manual overrides, one row per month; an organization that is not on file is read as a
--   customer id.
-- column customer_id: Canonical customer
-- column month_idx: Month, both ends of the range included
-- column field_name: What is replaced
-- column override_layer: summary or recalc
-- column override_units: The value in cents or millionths; 0 for a label
SELECT
  COALESCE(o.customer_id, r.target_id, v.organization_id) AS customer_id,
  m.month_idx,
  v.field AS field_name,
  v.applies_to AS override_layer,
  MAX(COALESCE(v.value_units, 0)) AS override_units
FROM raw_override_values AS v
CROSS JOIN policy_month AS m
LEFT JOIN stg_organization AS o ON o.organization_id = v.organization_id
LEFT JOIN redirect AS r ON r.source_customer_id = v.organization_id
WHERE m.month_idx >= v.from_month_idx AND m.month_idx <= v.to_month_idx
GROUP BY COALESCE(o.customer_id, r.target_id, v.organization_id), m.month_idx, v.field, v.applies_to
