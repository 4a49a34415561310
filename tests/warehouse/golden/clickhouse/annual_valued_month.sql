-- annual_valued_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH flagged AS (
  SELECT
    t.customer_id AS customer_id,
    t.month_idx AS month_idx,
    1 AS is_trial
  FROM trial_month AS t
)
SELECT
  b.customer_id AS customer_id,
  b.basis AS basis,
  b.month_idx AS month_idx,
  b.unadjusted_cents AS unadjusted_cents,
  COALESCE(t.is_trial, 0) AS is_trial,
  b.discount_ppm AS discount_ppm,
  CASE
    WHEN COALESCE(t.is_trial, 0) = 1
    THEN CAST(0 AS Nullable(Int64))
    WHEN b.discount_ppm > 0 AND b.discount_ppm < 1000000
    THEN GREATEST(
      CAST(CASE
        WHEN (
          CAST(b.signed_cents - b.standard_cents AS Nullable(Int128)) * 1000000
        ) >= 0
        THEN CAST(intDiv(
          2 * (
            CAST(b.signed_cents - b.standard_cents AS Nullable(Int128)) * 1000000
          ) + (
            1000000 - b.discount_ppm
          ),
          nullIf(2 * (
            1000000 - b.discount_ppm
          ), 0)
        ) AS Nullable(Int64))
        ELSE -(
          CAST(intDiv(
            -2 * (
              CAST(b.signed_cents - b.standard_cents AS Nullable(Int128)) * 1000000
            ) + (
              1000000 - b.discount_ppm
            ),
            nullIf(2 * (
              1000000 - b.discount_ppm
            ), 0)
          ) AS Nullable(Int64))
        )
      END AS Nullable(Int64)) + b.standard_cents,
      0
    )
    ELSE b.unadjusted_cents
  END AS valued_cents
FROM based_month AS b
LEFT JOIN flagged AS t
  ON t.customer_id = b.customer_id AND t.month_idx = b.month_idx
