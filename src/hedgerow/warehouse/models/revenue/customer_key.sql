-- model: customer_key
-- owner: revops
-- grain: customer_no
-- materialized: table
-- rules: REV-21
-- description: A whole number for every canonical customer, so that the large tables group and join by numbers; special
--   customers are marked.
-- column customer_no: Number, in the order of the ids
-- column customer_id: Canonical customer
-- column is_special: 1 when the customer takes the long way
-- column plain_config: Billing configuration of a customer that takes the short way
WITH known AS (
  SELECT COALESCE(r.target_id, a.customer_id) AS customer_id
  FROM stg_account AS a
  LEFT JOIN redirect AS r ON r.source_customer_id = a.customer_id
  UNION
  SELECT i.customer_id FROM stg_invoice AS i
  UNION
  SELECT s.customer_id FROM special_customer AS s
),
special AS (
  SELECT s.customer_id, 1 AS is_special FROM special_customer AS s
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.customer_id) AS INTEGER) AS customer_no,
  k.customer_id,
  COALESCE(s.is_special, 0) AS is_special,
  COALESCE(a.account_config, 'paid') AS plain_config
FROM known AS k
LEFT JOIN stg_account AS a ON a.customer_id = k.customer_id
LEFT JOIN special AS s ON s.customer_id = k.customer_id
