-- scope_key for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH known AS (
  SELECT
    p.product_key AS scope
  FROM stg_product AS p
  UNION DISTINCT
  SELECT
    '' AS scope
  UNION DISTINCT
  SELECT
    'product_analytics' AS scope
)
SELECT
  CAST(0 AS INT64) AS scope_no,
  'total' AS scope
UNION ALL
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.scope NULLS LAST) AS INT64) AS scope_no,
  k.scope
FROM known AS k
