-- stg_subscription for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  s.subscription_id,
  COALESCE(r.target_id, s.customer_id) AS customer_id,
  COALESCE(s.provider_customer_id, '') AS provider_customer_id,
  COALESCE(s.product_key, '') AS stated_product,
  COALESCE(k.product_key, '') AS subscription_product,
  s.start_date,
  s.end_date,
  s.monthly_cents
FROM raw_subscriptions AS s
LEFT JOIN redirect AS r
  ON r.source_customer_id = s.customer_id
LEFT JOIN stg_product AS k
  ON k.product_key = s.product_key
