-- model: special_customer
-- owner: revops
-- grain: customer_id
-- materialized: work
-- rules: REV-21
-- description: Customers whose months need more than adding up lines and tax: free, start-up and annual configurations,
--   dated moves, merges, credits, refunds, prepayments, subscriptions without invoices, overrides. All others take the
--   short way.
-- column customer_id: Canonical customer
SELECT a.customer_id FROM stg_account AS a
WHERE a.account_config = 'startup' OR a.account_config = 'annual_upfront' OR a.account_config = 'annual_amortized'
  OR a.account_config = 'free'
UNION
SELECT r.target_id AS customer_id FROM redirect AS r
UNION
SELECT c.customer_id FROM stg_billing_configuration AS c
UNION
SELECT i.customer_id FROM stg_invoice AS i
WHERE i.invoice_class <> 'standard' OR i.invoice_credit <> 0 OR i.stated_discount IS NOT NULL OR i.invoice_type = 'annual'
  OR i.provider_role <> 'single'
UNION
SELECT i.customer_id FROM stg_invoice AS i INNER JOIN stg_refund AS f ON f.invoice_id = i.invoice_id
UNION
SELECT p.customer_id FROM stg_credit_purchase AS p
UNION
SELECT e.customer_id FROM stg_credit_event AS e
UNION
SELECT s.customer_id FROM stg_subscription AS s WHERE s.monthly_cents IS NOT NULL
UNION
SELECT v.customer_id FROM stg_override AS v
