-- stg_price_tier for bigquery; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  t.price_id,
  CAST(ROW_NUMBER() OVER (PARTITION BY t.price_id ORDER BY t.tier NULLS LAST) AS INT64) AS tier_no,
  COALESCE(
    LAG(t.up_to, 1, CAST(0 AS INT64)) OVER (PARTITION BY t.price_id ORDER BY t.tier NULLS LAST),
    0
  ) AS lower_units,
  t.up_to AS upper_units,
  t.unit_e10,
  COALESCE(t.flat_cents, 0) AS tier_flat
FROM raw_price_tiers AS t
