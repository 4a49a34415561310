-- special_product for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH shares AS (
  SELECT
    l.invoice_id AS invoice_id,
    l.line_product AS line_product,
    l.product_cents AS product_cents,
    c.customer_id AS customer_id,
    c.month_idx AS month_idx,
    c.treatment AS treatment,
    c.tax_cents AS tax_cents,
    c.kept_cents AS kept_cents,
    c.kept_of_cents AS kept_of_cents,
    CASE
      WHEN c.treatment = 'covered_usage' AND c.stated_discount IS NULL
      THEN CAST(CASE
        WHEN (
          CAST(l.product_cents AS Nullable(Int128)) * (
            1000000 - c.contract_ppm
          )
        ) >= 0
        THEN CAST(intDiv(
          2 * (
            CAST(l.product_cents AS Nullable(Int128)) * (
              1000000 - c.contract_ppm
            )
          ) + (
            1000000
          ),
          nullIf(2 * (
            1000000
          ), 0)
        ) AS Nullable(Int64))
        ELSE -(
          CAST(intDiv(
            -2 * (
              CAST(l.product_cents AS Nullable(Int128)) * (
                1000000 - c.contract_ppm
              )
            ) + (
              1000000
            ),
            nullIf(2 * (
              1000000
            ), 0)
          ) AS Nullable(Int64))
        )
      END AS Nullable(Int64))
      WHEN c.kept_cents = c.kept_of_cents OR c.kept_of_cents <= 0
      THEN l.product_cents
      ELSE CAST(CASE
        WHEN (
          CAST(l.product_cents AS Nullable(Int128)) * c.kept_cents
        ) >= 0
        THEN CAST(intDiv(
          2 * (
            CAST(l.product_cents AS Nullable(Int128)) * c.kept_cents
          ) + (
            c.kept_of_cents
          ),
          nullIf(2 * (
            c.kept_of_cents
          ), 0)
        ) AS Nullable(Int64))
        ELSE -(
          CAST(intDiv(
            -2 * (
              CAST(l.product_cents AS Nullable(Int128)) * c.kept_cents
            ) + (
              c.kept_of_cents
            ),
            nullIf(2 * (
              c.kept_of_cents
            ), 0)
          ) AS Nullable(Int64))
        )
      END AS Nullable(Int64))
    END AS share_cents,
    CASE
      WHEN c.kept_cents <> c.kept_of_cents
      AND c.kept_of_cents > 0
      AND (
        c.tax_cents = 0
        OR c.treatment = 'covered_usage'
        OR c.treatment = 'standard_ex_tax'
      )
      THEN 1
      ELSE 0
    END AS takes_remainder,
    ROW_NUMBER() OVER (
      PARTITION BY l.invoice_id
      ORDER BY CASE WHEN l.comped_cents <> 0 AND l.product_cents = 0 THEN 1 ELSE 0 END, l.line_product DESC
    ) AS from_last
  FROM special_line AS l
  INNER JOIN invoice_charge AS c
    ON c.invoice_id = l.invoice_id
  WHERE
    c.treatment <> 'free'
    AND c.treatment <> 'credit_charge'
    AND c.treatment <> 'prepaid'
), summed AS (
  SELECT
    s.invoice_id AS invoice_id,
    CAST(SUM(s.share_cents) AS Nullable(Int64)) AS shares_sum
  FROM shares AS s
  GROUP BY
    s.invoice_id
)
SELECT
  s.invoice_id AS invoice_id,
  s.customer_id AS customer_id,
  s.month_idx AS month_idx,
  s.line_product AS line_product,
  s.product_cents AS list_cents,
  CAST(CASE
    WHEN s.takes_remainder = 1 AND s.from_last = 1
    THEN s.share_cents + s.kept_cents - t.shares_sum
    ELSE s.share_cents
  END AS Nullable(Int64)) AS share_cents,
  CASE WHEN s.treatment = 'standard_ex_tax' THEN 1 ELSE 0 END AS is_standard_rate
FROM shares AS s
INNER JOIN summed AS t
  ON t.invoice_id = s.invoice_id
