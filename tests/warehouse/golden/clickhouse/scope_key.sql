-- scope_key for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
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
  CAST(0 AS Nullable(Int32)) AS scope_no,
  'total' AS scope
UNION ALL
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.scope) AS Nullable(Int32)) AS scope_no,
  k.scope AS scope
FROM known AS k
