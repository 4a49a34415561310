-- model: invoice_month
-- owner: revops
-- grain: customer_no, month_idx
-- materialized: work
-- rules: REV-25, REV-26
-- description: Which kinds of invoice rows a month has, and its tax.
-- column customer_no: Canonical customer's number
-- column month_idx: Month
-- column is_special: 1 when the customer takes the long way
-- column has_annual: 1 when a row of type annual exists
-- column class_no: 2 when a row is classified annual, 1 startup, 0 standard
-- column completed_end: Latest period end of completed rows
-- column upcoming_end: Latest period end of upcoming rows
-- column duplicated_end: Latest period end of forecast copies
-- column month_tax: Tax of all rows, cents
SELECT
  k.customer_no,
  i.month_idx,
  MAX(k.is_special) AS is_special,
  MAX(CASE WHEN i.invoice_type = 'annual' THEN 1 ELSE 0 END) AS has_annual,
  MAX(CASE WHEN i.invoice_class = 'annual' THEN 2 WHEN i.invoice_class = 'startup' THEN 1 ELSE 0 END) AS class_no,
  MAX(CASE WHEN i.invoice_type = 'completed' THEN i.period_end ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMP) END) AS completed_end,
  MAX(CASE WHEN i.invoice_type = 'upcoming' THEN i.period_end ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMP) END) AS upcoming_end,
  MAX(CASE WHEN i.invoice_type = 'upcoming_duplicated' THEN i.period_end
    ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMP) END) AS duplicated_end,
  CAST(SUM(i.invoice_tax) AS BIGINT) AS month_tax
FROM stg_invoice AS i
INNER JOIN customer_key AS k ON k.customer_id = i.customer_id
GROUP BY k.customer_no, i.month_idx
