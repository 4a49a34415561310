-- forecast_usage_month for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH measured AS (
  SELECT DISTINCT
    f.customer_id
  FROM forecast_product AS f
  WHERE
    f.method <> 'preview'
), carried AS (
  SELECT
    f.customer_id,
    m.month_idx,
    m.includes_tax_paid,
    CAST(SUM(f.charge_cents) AS BIGINT) AS charge_cents,
    MAX(f.period_end) AS last_end,
    MAX(CASE WHEN f.method = 'preview' THEN 0 ELSE 1 END) AS is_measured
  FROM forecast_product AS f
  INNER JOIN measured AS d
    ON d.customer_id = f.customer_id
  INNER JOIN policy_month AS m
    ON m.status <> 'closed'
    AND (
      m.month_idx = f.month_idx
      OR (
        m.month_idx > f.month_idx AND f.days_in_period <= 31 AND f.period_end > m.as_of
      )
    )
  GROUP BY
    f.customer_id,
    m.month_idx,
    m.includes_tax_paid
), before AS (
  SELECT
    m.month_idx - 1 AS month_idx
  FROM policy_month AS m
  WHERE
    m.status = 'open'
), plain AS (
  SELECT
    p.customer_no,
    p.month_idx,
    CAST(SUM(p.list_cents) AS BIGINT) AS products_cents
  FROM product_fact AS p
  INNER JOIN before AS b
    ON b.month_idx = p.month_idx
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM customer_key AS k
      WHERE
        k.customer_no = p.customer_no AND k.is_special = 1
    )
  GROUP BY
    p.customer_no,
    p.month_idx
), closed_rate AS (
  SELECT
    k.customer_id,
    i.month_tax AS tax_cents,
    p.products_cents
  FROM plain AS p
  INNER JOIN customer_key AS k
    ON k.customer_no = p.customer_no
  INNER JOIN measured AS d
    ON d.customer_id = k.customer_id
  INNER JOIN invoice_month AS i
    ON i.customer_no = p.customer_no AND i.month_idx = p.month_idx
  UNION ALL
  SELECT
    c.customer_id,
    CAST(SUM(c.tax_cents) AS BIGINT) AS tax_cents,
    CAST(SUM(c.products_cents) AS BIGINT) AS products_cents
  FROM invoice_charge AS c
  INNER JOIN before AS b
    ON b.month_idx = c.month_idx
  GROUP BY
    c.customer_id
), rated AS (
  SELECT
    c.customer_id,
    c.month_idx,
    c.includes_tax_paid,
    c.charge_cents,
    c.last_end,
    CASE
      WHEN COALESCE(r.products_cents, 0) > 0
      THEN r.tax_cents
      ELSE COALESCE(s.tax_cents, 0)
    END AS rate_tax,
    CASE
      WHEN COALESCE(r.products_cents, 0) > 0
      THEN r.products_cents
      WHEN COALESCE(s.products_cents, 0) > 0
      THEN s.products_cents
      ELSE CAST(0 AS BIGINT)
    END AS rate_products
  FROM carried AS c
  LEFT JOIN closed_rate AS r
    ON r.customer_id = c.customer_id
  LEFT JOIN forecast_shown AS s
    ON s.customer_id = c.customer_id AND s.month_idx = c.month_idx
  WHERE
    c.is_measured = 1
)
SELECT
  r.customer_id,
  r.month_idx,
  r.charge_cents,
  CASE
    WHEN r.rate_products = 0
    THEN CAST(0 AS BIGINT)
    ELSE CAST(CASE
      WHEN (
        CAST(r.charge_cents AS DECIMAL) * r.rate_tax
      ) >= 0
      THEN CAST(DIV(
        2 * (
          CAST(r.charge_cents AS DECIMAL) * r.rate_tax
        ) + (
          r.rate_products
        ),
        NULLIF(2 * (
          r.rate_products
        ), 0)
      ) AS BIGINT)
      ELSE -(
        CAST(DIV(
          -2 * (
            CAST(r.charge_cents AS DECIMAL) * r.rate_tax
          ) + (
            r.rate_products
          ),
          NULLIF(2 * (
            r.rate_products
          ), 0)
        ) AS BIGINT)
      )
    END AS BIGINT) * r.includes_tax_paid
  END AS tax_cents,
  r.last_end
FROM rated AS r
