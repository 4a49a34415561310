-- subscription_month for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  s.subscription_id,
  s.customer_id,
  m.month_idx,
  s.subscription_product,
  s.stated_product,
  s.monthly_cents AS subscription_cents,
  CASE
    WHEN m.status = 'closed'
    THEN 'completed'
    WHEN m.status = 'open'
    THEN 'upcoming'
    ELSE 'upcoming_duplicated'
  END AS row_type
FROM stg_subscription AS s
CROSS JOIN policy_month AS m
WHERE
  NOT s.monthly_cents IS NULL
  AND CAST(s.start_date AS TIMESTAMP_NTZ) < m.month_end
  AND (
    s.end_date IS NULL OR CAST(s.end_date AS TIMESTAMP_NTZ) >= m.month_end
  )
