-- stg_override for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  COALESCE(o.customer_id, r.target_id, v.organization_id) AS customer_id,
  m.month_idx,
  v.field AS field_name,
  v.applies_to AS override_layer,
  MAX(COALESCE(v.value_units, 0)) AS override_units
FROM raw_override_values AS v
CROSS JOIN policy_month AS m
LEFT JOIN stg_organization AS o
  ON o.organization_id = v.organization_id
LEFT JOIN redirect AS r
  ON r.source_customer_id = v.organization_id
WHERE
  m.month_idx >= v.from_month_idx AND m.month_idx <= v.to_month_idx
GROUP BY
  COALESCE(o.customer_id, r.target_id, v.organization_id),
  m.month_idx,
  v.field,
  v.applies_to
