-- model: stg_product
-- owner: revops
-- grain: product_key
-- materialized: view
-- rules: REV-20
-- description: The one reader of products.
-- column product_key: Product
-- column product_name: Shown name
-- column product_kind: metered, flat or platform_package
-- column default_price_id: Price unless agreed otherwise
SELECT p.product_key, COALESCE(p.name, p.product_key) AS product_name, COALESCE(p.kind, 'metered') AS product_kind,
  COALESCE(p.default_price_id, '') AS default_price_id
FROM raw_product_names AS p
