-- stg_price_tier for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  t.price_id AS price_id,
  CAST(ROW_NUMBER() OVER (PARTITION BY t.price_id ORDER BY t.tier) AS Nullable(Int64)) AS tier_no,
  COALESCE(
    lag(
      CASE WHEN FALSE THEN CAST(0 AS Nullable(Int64)) ELSE t.up_to END,
      1,
      CASE WHEN TRUE THEN CAST(0 AS Nullable(Int64)) ELSE t.up_to END
    ) OVER (PARTITION BY t.price_id ORDER BY t.tier),
    0
  ) AS lower_units,
  t.up_to AS upper_units,
  t.unit_e10 AS unit_e10,
  COALESCE(t.flat_cents, 0) AS tier_flat
FROM raw_price_tiers AS t
