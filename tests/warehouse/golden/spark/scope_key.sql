-- scope_key for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH known AS (
  SELECT
    p.product_key AS scope
  FROM stg_product AS p
  UNION
  SELECT
    '' AS scope
  UNION
  SELECT
    'product_analytics' AS scope
)
SELECT
  CAST(0 AS INT) AS scope_no,
  'total' AS scope
UNION ALL
SELECT
  CAST(ROW_NUMBER() OVER (ORDER BY k.scope NULLS LAST) AS INT) AS scope_no,
  k.scope
FROM known AS k
