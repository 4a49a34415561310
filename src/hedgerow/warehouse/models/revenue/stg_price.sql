-- model: stg_price
-- owner: revops
-- grain: price_id
-- materialized: view
-- rules: REV-20, BILL-201
-- description: The one reader of prices: the flat fee of a period, before any tier.
-- column price_id: Price
-- column price_product: Product that it prices
-- column flat_fee: Flat fee per period in cents, 0 without one
-- column has_flat_fee: 1 when the price states a flat fee
SELECT p.price_id, p.product_key AS price_product, COALESCE(p.flat_cents, 0) AS flat_fee,
  CASE WHEN p.flat_cents IS NULL THEN 0 ELSE 1 END AS has_flat_fee
FROM raw_prices AS p
