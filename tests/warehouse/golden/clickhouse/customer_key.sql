-- customer_key for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH known AS (
  SELECT
    COALESCE(r.target_id, a.customer_id) AS customer_id
  FROM stg_account AS a
  LEFT JOIN redirect AS r
    ON r.source_customer_id = a.customer_id
  UNION DISTINCT
  SELECT
    i.customer_id AS customer_id
  FROM stg_invoice AS i
  UNION DISTINCT
  SELECT
    s.customer_id AS customer_id
  FROM special_customer AS s
)
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.customer_id) AS Nullable(Int64)) AS customer_no,
  k.customer_id AS customer_id,
  CASE WHEN s.customer_id IS NULL THEN 0 ELSE 1 END AS is_special
FROM known AS k
LEFT JOIN special_customer AS s
  ON s.customer_id = k.customer_id
