-- stg_billing_configuration for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  c.customer_id,
  c.from_at,
  LEAD(c.from_at, 1, CAST('2199-01-01 00:00:00' AS TIMESTAMPNTZ)) OVER (PARTITION BY c.customer_id ORDER BY c.from_at) AS to_at,
  c.billing_config AS span_config
FROM raw_billing_configurations AS c
