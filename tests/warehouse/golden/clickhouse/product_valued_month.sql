-- product_valued_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH changed_product AS (
  SELECT
    k.customer_id AS customer_id,
    f.month_idx AS month_idx,
    s.scope AS product_key,
    f.mrr_cents AS mrr_cents,
    f.standard_cents AS standard_cents
  FROM product_fact AS f
  INNER JOIN customer_key AS k
    ON k.customer_no = f.customer_no
  INNER JOIN changed_customer AS c
    ON c.customer_id = k.customer_id
  INNER JOIN scope_key AS s
    ON s.scope_no = f.scope_no
), bases AS (
  SELECT DISTINCT
    b.customer_id AS customer_id,
    b.basis AS basis
  FROM based_month AS b
  INNER JOIN changed_customer AS c
    ON c.customer_id = b.customer_id
)
SELECT
  p.customer_id AS customer_id,
  b.basis AS basis,
  p.month_idx AS month_idx,
  p.product_key AS product_key,
  GREATEST(p.mrr_cents, 0) AS unadjusted_cents,
  CASE
    WHEN v.is_trial = 1
    THEN CAST(0 AS Nullable(Int64))
    WHEN v.discount_ppm > 0 AND v.discount_ppm < 1000000
    THEN GREATEST(
      CAST(CASE
        WHEN (
          CAST(p.mrr_cents - p.standard_cents AS Nullable(Int128)) * 1000000
        ) >= 0
        THEN CAST(intDiv(
          2 * (
            CAST(p.mrr_cents - p.standard_cents AS Nullable(Int128)) * 1000000
          ) + (
            1000000 - v.discount_ppm
          ),
          nullIf(2 * (
            1000000 - v.discount_ppm
          ), 0)
        ) AS Nullable(Int64))
        ELSE -(
          CAST(intDiv(
            -2 * (
              CAST(p.mrr_cents - p.standard_cents AS Nullable(Int128)) * 1000000
            ) + (
              1000000 - v.discount_ppm
            ),
            nullIf(2 * (
              1000000 - v.discount_ppm
            ), 0)
          ) AS Nullable(Int64))
        )
      END AS Nullable(Int64)) + p.standard_cents,
      0
    )
    ELSE GREATEST(p.mrr_cents, 0)
  END AS valued_cents
FROM changed_product AS p
INNER JOIN bases AS b
  ON b.customer_id = p.customer_id
INNER JOIN annual_valued_month AS v
  ON v.customer_id = p.customer_id AND v.basis = b.basis AND v.month_idx = p.month_idx
