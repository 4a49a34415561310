-- forecast_startup for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH granted AS (
  SELECT
    p.customer_id,
    CAST(SUM(p.list_credit_cents) AS BIGINT) AS grant_cents
  FROM stg_credit_purchase AS p
  INNER JOIN policy_month AS m
    ON m.status = 'open'
  WHERE
    p.purchase_kind = 'startup_grant'
    AND p.purchase_status <> 'draft'
    AND p.purchase_status <> 'void'
    AND p.purchase_status <> 'refunded'
    AND p.start_date <= m.as_of
  GROUP BY
    p.customer_id
), drawn AS (
  SELECT
    c.customer_id,
    CAST(SUM(c.cover_cents) AS BIGINT) AS drawn_cents
  FROM invoice_charge AS c
  WHERE
    c.may_draw = 1
    AND (
      c.invoice_type = 'completed'
      OR NOT EXISTS(
        SELECT
          1
        FROM forecast_usage_month AS u
        WHERE
          u.customer_id = c.customer_id AND u.month_idx <= c.month_idx
      )
    )
  GROUP BY
    c.customer_id
), charged AS (
  SELECT
    u.customer_id,
    u.month_idx,
    u.charge_cents + u.tax_cents AS due_cents,
    g.grant_cents - COALESCE(d.drawn_cents, 0) AS credit_left,
    CASE
      WHEN a.credit_expires_at IS NULL OR a.credit_expires_at > m.month_end
      THEN 1
      ELSE 0
    END AS is_valid
  FROM forecast_usage_month AS u
  INNER JOIN granted AS g
    ON g.customer_id = u.customer_id
  INNER JOIN stg_account AS a
    ON a.customer_id = u.customer_id AND a.is_startup = 1
  INNER JOIN policy_month AS m
    ON m.month_idx = u.month_idx
  LEFT JOIN drawn AS d
    ON d.customer_id = u.customer_id
), running AS (
  SELECT
    c.customer_id,
    c.month_idx,
    c.due_cents,
    c.credit_left,
    c.is_valid,
    CAST(SUM(c.due_cents * c.is_valid) OVER (
      PARTITION BY c.customer_id
      ORDER BY c.month_idx
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS due_so_far
  FROM charged AS c
)
SELECT
  r.customer_id,
  r.month_idx,
  r.credit_left,
  CASE
    WHEN r.is_valid = 0
    THEN r.due_cents
    ELSE GREATEST(r.due_so_far - r.credit_left, 0) - GREATEST(r.due_so_far - r.due_cents - r.credit_left, 0)
  END AS uncovered_cents
FROM running AS r
