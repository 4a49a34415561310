-- model: stg_subscription
-- owner: revops
-- grain: subscription_id
-- materialized: view
-- rules: REV-20
-- description: The one reader of subscriptions, under canonical ids.
-- column subscription_id: Subscription
-- column customer_id: Canonical customer
-- column provider_customer_id: Customer object at the provider
-- column stated_product: Product as the source states it
-- column subscription_product: Known product, or empty
-- column start_date: First day
-- column end_date: Day after the last, or null
-- column monthly_cents: Monthly amount when no invoices exist, or null
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
LEFT JOIN redirect AS r ON r.source_customer_id = s.customer_id
LEFT JOIN stg_product AS k ON k.product_key = s.product_key
