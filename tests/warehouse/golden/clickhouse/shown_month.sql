-- shown_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  m.month_idx AS month_idx,
  m.status AS status,
  m.annual_basis AS annual_basis,
  m.retention_min_base_cents AS retention_min_base_cents
FROM policy_month AS m
WHERE
  m.status = 'closed'
  OR EXISTS(
    SELECT
      1
    FROM invoice_month AS i
    WHERE
      i.month_idx = m.month_idx
  )
  OR EXISTS(
    SELECT
      1
    FROM subscription_month AS b
    WHERE
      b.month_idx = m.month_idx
  )
