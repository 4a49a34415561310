-- model: invoice_month
-- owner: revops
-- grain: customer_id, month_idx
-- materialized: work
-- rules: REV-25, REV-26
-- description: Which kinds of invoice rows a month has, and its tax.
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column has_annual: 1 when a row of type annual exists
-- column has_annual_class: 1 when a row is classified annual
-- column has_startup_class: 1 when a row is classified startup
-- column completed_end: Latest period end of completed rows
-- column upcoming_end: Latest period end of upcoming rows
-- column duplicated_end: Latest period end of forecast copies
-- column month_tax: Tax of all rows, cents
SELECT
  i.customer_id,
  i.month_idx,
  MAX(CASE WHEN i.invoice_type = 'annual' THEN 1 ELSE 0 END) AS has_annual,
  MAX(CASE WHEN i.invoice_class = 'annual' THEN 1 ELSE 0 END) AS has_annual_class,
  MAX(CASE WHEN i.invoice_class = 'startup' THEN 1 ELSE 0 END) AS has_startup_class,
  MAX(CASE WHEN i.invoice_type = 'completed' THEN i.period_end ELSE CAST('1900-01-01 00:00:00' AS TIMESTAMP) END) AS completed_end,
  MAX(CASE WHEN i.invoice_type = 'upcoming' THEN i.period_end ELSE CAST('1900-01-01 00:00:00' AS TIMESTAMP) END) AS upcoming_end,
  MAX(CASE WHEN i.invoice_type = 'upcoming_duplicated' THEN i.period_end
    ELSE CAST('1900-01-01 00:00:00' AS TIMESTAMP) END) AS duplicated_end,
  CAST(SUM(i.invoice_tax) AS BIGINT) AS month_tax
FROM stg_invoice AS i
GROUP BY i.customer_id, i.month_idx
