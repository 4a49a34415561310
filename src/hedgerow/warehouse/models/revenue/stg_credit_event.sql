-- model: stg_credit_event
-- owner: revops
-- grain: credit_event_id
-- materialized: view
-- rules: REV-20, REV-49
-- description: The one reader of one-time credits, with the class of their reason unless one was set by hand.
-- column credit_event_id: Credit event
-- column customer_id: Canonical customer
-- column month_idx: Month that it reduced
-- column credit_amount: Positive cents
-- column credit_reason: Reason from the pick list
-- column credit_class: promo, outage, billing_correction or none
SELECT
  e.credit_event_id,
  COALESCE(r.target_id, e.customer_id) AS customer_id,
  e.month_idx,
  e.cents AS credit_amount,
  e.reason AS credit_reason,
  COALESCE(e.adjustment_class, c.adjustment_class, 'none') AS credit_class
FROM raw_credit_events AS e
LEFT JOIN redirect AS r ON r.source_customer_id = e.customer_id
LEFT JOIN reason_class AS c ON c.reason = e.reason AND c.reason_source = 'credit'
