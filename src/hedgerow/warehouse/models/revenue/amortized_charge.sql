-- model: amortized_charge
-- owner: revops
-- grain: invoice_id
-- materialized: work
-- rules: REV-12
-- description: Completed invoices of the credits customer while the configuration is amortized: the recurring credit
--   charges.
-- column invoice_id: Credit charge
-- column customer_id: Canonical customer
-- column period_start: Date of the charge
-- column period_end: End of its own period
-- column charged: Charge without tax, cents
WITH billed AS (
  SELECT i.invoice_id, i.customer_id, i.period_start, i.period_end
  FROM stg_invoice AS i
  WHERE i.provider_role = 'credits'
),
moved AS (
  SELECT b.invoice_id, c.span_config
  FROM billed AS b
  INNER JOIN stg_billing_configuration AS c ON c.customer_id = b.customer_id
  WHERE c.from_at < b.period_end AND c.to_at >= b.period_end
),
line_sum AS (
  SELECT l.invoice_id, CAST(SUM(l.line_cents) AS BIGINT) AS charged
  FROM stg_invoice_line AS l
  INNER JOIN billed AS b ON b.invoice_id = l.invoice_id
  GROUP BY l.invoice_id
)
SELECT b.invoice_id, b.customer_id, b.period_start, b.period_end, COALESCE(s.charged, 0) AS charged
FROM billed AS b
LEFT JOIN line_sum AS s ON s.invoice_id = b.invoice_id
LEFT JOIN moved AS d ON d.invoice_id = b.invoice_id
LEFT JOIN stg_account AS a ON a.customer_id = b.customer_id
WHERE COALESCE(d.span_config, a.account_config, 'paid') = 'annual_amortized'
