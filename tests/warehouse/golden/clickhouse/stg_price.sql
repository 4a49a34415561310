-- stg_price for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  p.price_id AS price_id,
  p.product_key AS price_product,
  COALESCE(p.flat_cents, 0) AS flat_fee,
  CASE WHEN p.flat_cents IS NULL THEN 0 ELSE 1 END AS has_flat_fee
FROM raw_prices AS p
