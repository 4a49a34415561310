-- stg_organization for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  o.organization_id,
  COALESCE(r.target_id, o.customer_id) AS customer_id
FROM raw_organizations AS o
LEFT JOIN redirect AS r
  ON r.source_customer_id = o.customer_id
