-- product_valued_month for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH changed_product AS (
  SELECT
    k.customer_id,
    f.month_idx,
    s.scope AS product_key,
    f.mrr_cents,
    f.standard_cents
  FROM product_fact AS f
  INNER JOIN customer_key AS k
    ON k.customer_no = f.customer_no
  INNER JOIN changed_customer AS c
    ON c.customer_id = k.customer_id
  INNER JOIN scope_key AS s
    ON s.scope_no = f.scope_no
), bases AS (
  SELECT DISTINCT
    b.customer_id,
    b.basis
  FROM based_month AS b
  INNER JOIN changed_customer AS c
    ON c.customer_id = b.customer_id
)
SELECT
  p.customer_id,
  b.basis,
  p.month_idx,
  p.product_key,
  GREATEST(p.mrr_cents, 0) AS unadjusted_cents,
  CASE
    WHEN v.is_trial = 1
    THEN CAST(0 AS BIGINT)
    WHEN v.discount_ppm > 0 AND v.discount_ppm < 1000000
    THEN GREATEST(
      CAST(CASE
        WHEN (
          CAST(p.mrr_cents - p.standard_cents AS DECIMAL) * 1000000
        ) >= 0
        THEN CAST(DIV(
          2 * (
            CAST(p.mrr_cents - p.standard_cents AS DECIMAL) * 1000000
          ) + (
            1000000 - v.discount_ppm
          ),
          NULLIF(2 * (
            1000000 - v.discount_ppm
          ), 0)
        ) AS BIGINT)
        ELSE -(
          CAST(DIV(
            -2 * (
              CAST(p.mrr_cents - p.standard_cents AS DECIMAL) * 1000000
            ) + (
              1000000 - v.discount_ppm
            ),
            NULLIF(2 * (
              1000000 - v.discount_ppm
            ), 0)
          ) AS BIGINT)
        )
      END AS BIGINT) + p.standard_cents,
      0
    )
    ELSE GREATEST(p.mrr_cents, 0)
  END AS valued_cents
FROM changed_product AS p
INNER JOIN bases AS b
  ON b.customer_id = p.customer_id
INNER JOIN annual_valued_month AS v
  ON v.customer_id = p.customer_id AND v.basis = b.basis AND v.month_idx = p.month_idx
