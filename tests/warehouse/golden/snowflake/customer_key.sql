-- customer_key for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH known AS (
  SELECT
    COALESCE(r.target_id, a.customer_id) AS customer_id
  FROM stg_account AS a
  LEFT JOIN redirect AS r
    ON r.source_customer_id = a.customer_id
  UNION
  SELECT
    i.customer_id
  FROM stg_invoice AS i
  UNION
  SELECT
    s.customer_id
  FROM special_customer AS s
), special AS (
  SELECT
    s.customer_id,
    1 AS is_special
  FROM special_customer AS s
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.customer_id) AS INT) AS customer_no,
  k.customer_id,
  COALESCE(s.is_special, 0) AS is_special,
  COALESCE(a.account_config, 'paid') AS plain_config
FROM known AS k
LEFT JOIN stg_account AS a
  ON a.customer_id = k.customer_id
LEFT JOIN special AS s
  ON s.customer_id = k.customer_id
