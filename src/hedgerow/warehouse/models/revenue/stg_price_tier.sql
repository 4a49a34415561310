-- model: stg_price_tier
-- owner: revops
-- grain: price_id, tier_no
-- materialized: view
-- rules: REV-20, BILL-200
-- description: The one reader of price tiers, each with the unit after which it begins.
-- column price_id: Price
-- column tier_no: 1 is the first tier
-- column lower_units: Last unit of the tier before
-- column upper_units: Last unit of this tier, or null for the open one
-- column unit_e10: Dollars x 10^10 per unit
-- column tier_flat: Cents due once the tier is entered
SELECT
  t.price_id,
  CAST(ROW_NUMBER() OVER (PARTITION BY t.price_id ORDER BY t.tier) AS BIGINT) AS tier_no,
  COALESCE(LAG(t.up_to, 1, CAST(0 AS BIGINT)) OVER (PARTITION BY t.price_id ORDER BY t.tier), 0) AS lower_units,
  t.up_to AS upper_units,
  t.unit_e10,
  COALESCE(t.flat_cents, 0) AS tier_flat
FROM raw_price_tiers AS t
