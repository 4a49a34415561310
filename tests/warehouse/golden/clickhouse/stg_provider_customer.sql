-- stg_provider_customer for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  p.provider_customer_id AS provider_customer_id,
  p.customer_id AS source_customer_id,
  COALESCE(r.target_id, p.customer_id) AS customer_id,
  p.role AS provider_role
FROM raw_provider_customers AS p
LEFT JOIN redirect AS r
  ON r.source_customer_id = p.customer_id
