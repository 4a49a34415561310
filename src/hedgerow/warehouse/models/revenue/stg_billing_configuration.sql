-- model: stg_billing_configuration
-- owner: revops
-- grain: customer_id, from_at
-- materialized: work
-- rules: REV-20
-- description: The one reader of dated configuration moves, as spans from (exclusive of the instant itself for an
--   invoice ending then) to the next move.
-- column customer_id: Billing customer
-- column from_at: In force from
-- column to_at: Until the next move
-- column span_config: Billing configuration
SELECT
  c.customer_id,
  c.from_at,
  LEAD(c.from_at, 1, CAST('2199-01-01 00:00:00' AS TIMESTAMP)) OVER (PARTITION BY c.customer_id ORDER BY c.from_at) AS to_at,
  c.billing_config AS span_config
FROM raw_billing_configurations AS c
