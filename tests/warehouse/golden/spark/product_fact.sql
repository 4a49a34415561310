-- product_fact for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH plain AS (
  SELECT
    k.customer_no,
    l.month_idx,
    p.scope_no,
    CAST(SUM(l.line_cents) AS BIGINT) AS product_cents
  FROM stg_invoice_line AS l
  INNER JOIN customer_key AS k
    ON k.customer_id = l.customer_id
  INNER JOIN scope_key AS p
    ON p.scope = l.line_product AND p.scope_no > 0
  WHERE
    k.is_special = 0
  GROUP BY
    k.customer_no,
    l.month_idx,
    p.scope_no
)
SELECT
  p.customer_no,
  p.month_idx,
  p.scope_no,
  p.product_cents AS list_cents,
  p.product_cents AS mrr_cents,
  CAST(0 AS BIGINT) AS standard_cents
FROM plain AS p
UNION ALL
SELECT
  k.customer_no,
  s.month_idx,
  p.scope_no,
  s.list_cents,
  s.mrr_cents,
  s.standard_cents
FROM special_product_month AS s
INNER JOIN customer_key AS k
  ON k.customer_id = s.customer_id
INNER JOIN scope_key AS p
  ON p.scope = s.product_key AND p.scope_no > 0
