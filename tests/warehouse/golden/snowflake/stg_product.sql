-- stg_product for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  p.product_key,
  COALESCE(p.name, p.product_key) AS product_name,
  COALESCE(p.kind, 'metered') AS product_kind,
  COALESCE(p.default_price_id, '') AS default_price_id
FROM raw_product_names AS p
