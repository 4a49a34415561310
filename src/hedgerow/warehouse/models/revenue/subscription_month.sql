-- model: subscription_month
-- owner: revops
-- grain: subscription_id, month_idx
-- materialized: table
-- rules: REV-31
-- description: Subscription periods without invoices, one row per month at whose end they are active.
-- column subscription_id: Subscription
-- column customer_id: Canonical customer
-- column month_idx: Month at whose end it is active
-- column subscription_product: Known product, or empty
-- column stated_product: Product as the source states it
-- column subscription_cents: Monthly amount
-- column row_type: completed, upcoming or upcoming_duplicated
SELECT
  s.subscription_id, s.customer_id, m.month_idx, s.subscription_product, s.stated_product,
  s.monthly_cents AS subscription_cents,
  CASE WHEN m.status = 'closed' THEN 'completed' WHEN m.status = 'open' THEN 'upcoming' ELSE 'upcoming_duplicated' END
    AS row_type
FROM stg_subscription AS s
CROSS JOIN policy_month AS m
WHERE s.monthly_cents IS NOT NULL
  AND CAST(s.start_date AS TIMESTAMP) < m.month_end
  AND (s.end_date IS NULL OR CAST(s.end_date AS TIMESTAMP) >= m.month_end)
