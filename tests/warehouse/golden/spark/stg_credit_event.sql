-- stg_credit_event for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  e.credit_event_id,
  COALESCE(r.target_id, e.customer_id) AS customer_id,
  e.month_idx,
  e.cents AS credit_amount,
  e.reason AS credit_reason,
  COALESCE(e.adjustment_class, c.adjustment_class, 'none') AS credit_class
FROM raw_credit_events AS e
LEFT JOIN redirect AS r
  ON r.source_customer_id = e.customer_id
LEFT JOIN reason_class AS c
  ON c.reason = e.reason AND c.reason_source = 'credit'
