-- special_customer for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  a.customer_id
FROM stg_account AS a
WHERE
  a.account_config = 'startup'
  OR a.account_config = 'annual_upfront'
  OR a.account_config = 'annual_amortized'
  OR a.account_config = 'free'
UNION DISTINCT
SELECT
  r.target_id AS customer_id
FROM redirect AS r
UNION DISTINCT
SELECT
  c.customer_id
FROM stg_billing_configuration AS c
UNION DISTINCT
SELECT
  i.customer_id
FROM stg_invoice AS i
WHERE
  i.invoice_class <> 'standard'
  OR i.invoice_credit <> 0
  OR NOT i.stated_discount IS NULL
  OR i.invoice_type = 'annual'
  OR i.provider_role <> 'single'
UNION DISTINCT
SELECT
  i.customer_id
FROM stg_invoice AS i
INNER JOIN stg_refund AS f
  ON f.invoice_id = i.invoice_id
UNION DISTINCT
SELECT
  p.customer_id
FROM stg_credit_purchase AS p
UNION DISTINCT
SELECT
  e.customer_id
FROM stg_credit_event AS e
UNION DISTINCT
SELECT
  s.customer_id
FROM stg_subscription AS s
WHERE
  NOT s.monthly_cents IS NULL
UNION DISTINCT
SELECT
  v.customer_id
FROM stg_override AS v
