-- shown_month for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  m.month_idx,
  m.status,
  m.annual_basis,
  m.retention_min_base_cents
FROM policy_month AS m
WHERE
  m.status = 'closed'
  OR EXISTS(
    SELECT
      1
    FROM customer_fact AS c
    WHERE
      c.month_idx = m.month_idx
  )
