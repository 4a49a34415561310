-- one_time_month for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH qualifying AS (
  SELECT
    o.adjustment_class,
    1 AS qualifies
  FROM override_class AS o
), given AS (
  SELECT
    e.customer_id,
    e.month_idx,
    e.credit_amount AS given_cents,
    COALESCE(q.qualifies, 0) AS qualifies
  FROM stg_credit_event AS e
  LEFT JOIN qualifying AS q
    ON q.adjustment_class = e.credit_class
  UNION ALL
  SELECT
    i.customer_id,
    i.month_idx,
    f.refund_amount AS given_cents,
    COALESCE(q.qualifies, 0) AS qualifies
  FROM stg_refund AS f
  INNER JOIN special_invoice AS i
    ON i.invoice_id = f.invoice_id
  LEFT JOIN qualifying AS q
    ON q.adjustment_class = f.refund_class
)
SELECT
  g.customer_id,
  g.month_idx,
  CAST(SUM(g.given_cents * g.qualifies) AS BIGINT) AS credit_cents,
  CAST(SUM(g.given_cents) AS BIGINT) AS all_credit_cents
FROM given AS g
GROUP BY
  g.customer_id,
  g.month_idx
