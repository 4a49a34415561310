-- startup_cover for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH charge AS (
  SELECT
    i.invoice_id,
    COALESCE(CAST(SUM(l.product_cents) AS INT64), 0) AS products
  FROM special_invoice AS i
  LEFT JOIN special_line AS l
    ON l.invoice_id = i.invoice_id
  WHERE
    i.treatment = 'startup'
  GROUP BY
    i.invoice_id
), granted AS (
  SELECT
    p.customer_id,
    p.start_date,
    CAST(SUM(p.list_credit_cents) AS INT64) AS grant_cents
  FROM stg_credit_purchase AS p
  WHERE
    p.purchase_kind = 'startup_grant'
    AND p.purchase_status <> 'draft'
    AND p.purchase_status <> 'void'
    AND p.purchase_status <> 'refunded'
  GROUP BY
    p.customer_id,
    p.start_date
), granted_until AS (
  SELECT
    i.invoice_id,
    CAST(SUM(g.grant_cents) AS INT64) AS grants
  FROM special_invoice AS i
  INNER JOIN granted AS g
    ON g.customer_id = i.customer_id
  WHERE
    i.treatment = 'startup' AND CAST(g.start_date AS DATETIME) <= i.final_at
  GROUP BY
    i.invoice_id
), has_grant AS (
  SELECT DISTINCT
    g.customer_id,
    1 AS is_granted
  FROM granted AS g
), eligible AS (
  SELECT
    i.invoice_id,
    i.customer_id,
    i.final_at,
    c.products + i.invoice_tax AS charge_cents,
    i.invoice_credit,
    COALESCE(u.grants, 0) AS grants,
    COALESCE(h.is_granted, 0) AS is_granted
  FROM special_invoice AS i
  INNER JOIN charge AS c
    ON c.invoice_id = i.invoice_id
  INNER JOIN stg_account AS a
    ON a.customer_id = i.customer_id
  LEFT JOIN granted_until AS u
    ON u.invoice_id = i.invoice_id
  LEFT JOIN has_grant AS h
    ON h.customer_id = i.customer_id
  WHERE
    a.is_startup = 1
    AND (
      a.credit_expires_at IS NULL OR a.credit_expires_at > i.final_at
    )
), running AS (
  SELECT
    e.*,
    CAST(COALESCE(
      CAST(SUM(e.charge_cents) OVER (
        PARTITION BY e.customer_id
        ORDER BY e.final_at, e.invoice_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS INT64),
      0
    ) AS INT64) AS charged
  FROM eligible AS e
), peak AS (
  SELECT
    r.*,
    COALESCE(
      MAX(r.charged - r.grants) OVER (
        PARTITION BY r.customer_id
        ORDER BY r.final_at, r.invoice_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ),
      0
    ) AS above
  FROM running AS r
), walked AS (
  SELECT
    p.*,
    GREATEST(p.above, 0) AS uncovered_sum,
    LAG(GREATEST(p.above, 0), 1, 0) OVER (
      PARTITION BY p.customer_id
      ORDER BY p.final_at NULLS LAST, p.invoice_id NULLS LAST
    ) AS uncovered_before
  FROM peak AS p
)
SELECT
  w.invoice_id,
  w.charge_cents,
  CAST(CASE
    WHEN w.is_granted = 1
    THEN w.charge_cents - (
      w.uncovered_sum - w.uncovered_before
    )
    ELSE LEAST(w.invoice_credit, w.charge_cents)
  END AS INT64) AS cover_cents,
  CAST(CASE WHEN w.is_granted = 1 THEN w.grants - w.charged + w.uncovered_sum ELSE 0 END AS INT64) AS credit_left
FROM walked AS w
