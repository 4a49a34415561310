-- model: scope_key
-- owner: revops
-- grain: scope_no
-- materialized: table
-- rules: REV-27
-- description: A whole number for every scope: 0 is the total, products follow in alphabetical order, the empty product
--   collects unknown ones.
-- column scope_no: Number below 4096
-- column scope: total or a product key
WITH known AS (
  SELECT p.product_key AS scope FROM stg_product AS p
  UNION
  SELECT '' AS scope
  UNION
  SELECT 'product_analytics' AS scope
)
SELECT CAST(0 AS INTEGER) AS scope_no, 'total' AS scope
UNION ALL
SELECT CAST(ROW_NUMBER() OVER (ORDER BY k.scope) AS INTEGER) AS scope_no, k.scope FROM known AS k
