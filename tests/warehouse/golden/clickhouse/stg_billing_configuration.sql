-- stg_billing_configuration for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  c.customer_id AS customer_id,
  c.from_at AS from_at,
  lead(
    CASE
      WHEN FALSE
      THEN CAST('2199-01-01 00:00:00' AS Nullable(DateTime64(6, 'UTC')))
      ELSE c.from_at
    END,
    1,
    CASE
      WHEN TRUE
      THEN CAST('2199-01-01 00:00:00' AS Nullable(DateTime64(6, 'UTC')))
      ELSE c.from_at
    END
  ) OVER (PARTITION BY c.customer_id ORDER BY c.from_at) AS to_at,
  c.billing_config AS span_config
FROM raw_billing_configurations AS c
