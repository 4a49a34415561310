-- special_product for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH shares AS (
  SELECT
    l.invoice_id,
    l.line_product,
    l.product_cents,
    c.customer_id,
    c.month_idx,
    c.treatment,
    c.tax_cents,
    c.kept_cents,
    c.kept_of_cents,
    CASE
      WHEN c.treatment = 'covered_usage' AND c.stated_discount IS NULL
      THEN CAST(CASE
        WHEN (
          CAST(l.product_cents AS DECIMAL(38, 0)) * (
            1000000 - c.contract_ppm
          )
        ) >= 0
        THEN (
          2 * (
            CAST(l.product_cents AS DECIMAL(38, 0)) * (
              1000000 - c.contract_ppm
            )
          ) + (
            1000000
          )
        ) DIV NULLIF(2 * (
          1000000
        ), 0)
        ELSE -(
          (
            -2 * (
              CAST(l.product_cents AS DECIMAL(38, 0)) * (
                1000000 - c.contract_ppm
              )
            ) + (
              1000000
            )
          ) DIV NULLIF(2 * (
            1000000
          ), 0)
        )
      END AS BIGINT)
      WHEN c.kept_cents = c.kept_of_cents OR c.kept_of_cents <= 0
      THEN l.product_cents
      ELSE CAST(CASE
        WHEN (
          CAST(l.product_cents AS DECIMAL(38, 0)) * c.kept_cents
        ) >= 0
        THEN (
          2 * (
            CAST(l.product_cents AS DECIMAL(38, 0)) * c.kept_cents
          ) + (
            c.kept_of_cents
          )
        ) DIV NULLIF(2 * (
          c.kept_of_cents
        ), 0)
        ELSE -(
          (
            -2 * (
              CAST(l.product_cents AS DECIMAL(38, 0)) * c.kept_cents
            ) + (
              c.kept_of_cents
            )
          ) DIV NULLIF(2 * (
            c.kept_of_cents
          ), 0)
        )
      END AS BIGINT)
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
      ORDER BY CASE WHEN l.comped_cents <> 0 AND l.product_cents = 0 THEN 1 ELSE 0 END NULLS LAST, l.line_product DESC
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
    s.invoice_id,
    CAST(SUM(s.share_cents) AS BIGINT) AS shares_sum
  FROM shares AS s
  GROUP BY
    s.invoice_id
)
SELECT
  s.invoice_id,
  s.customer_id,
  s.month_idx,
  s.line_product,
  s.product_cents AS list_cents,
  CAST(CASE
    WHEN s.takes_remainder = 1 AND s.from_last = 1
    THEN s.share_cents + s.kept_cents - t.shares_sum
    ELSE s.share_cents
  END AS BIGINT) AS share_cents,
  CASE WHEN s.treatment = 'standard_ex_tax' THEN 1 ELSE 0 END AS is_standard_rate
FROM shares AS s
INNER JOIN summed AS t
  ON t.invoice_id = s.invoice_id
