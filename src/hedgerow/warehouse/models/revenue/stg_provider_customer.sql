-- model: stg_provider_customer
-- owner: revops
-- grain: provider_customer_id
-- materialized: view
-- rules: REV-20
-- description: The one reader of provider customers, under canonical ids.
-- column provider_customer_id: Customer object at the payment provider
-- column source_customer_id: Billing customer before merging
-- column customer_id: Canonical customer
-- column provider_role: credits, usage or single
SELECT
  p.provider_customer_id,
  p.customer_id AS source_customer_id,
  COALESCE(r.target_id, p.customer_id) AS customer_id,
  p.role AS provider_role
FROM raw_provider_customers AS p
LEFT JOIN redirect AS r ON r.source_customer_id = p.customer_id
