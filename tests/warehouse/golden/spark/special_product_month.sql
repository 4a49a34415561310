-- special_product_month for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH special AS (
  SELECT
    p.customer_id,
    p.month_idx,
    p.line_product AS product_key,
    p.list_cents,
    p.share_cents AS mrr_cents,
    p.share_cents * p.is_standard_rate AS standard_cents
  FROM special_product AS p
  UNION ALL
  SELECT
    r.customer_id,
    r.month_idx,
    r.refund_product AS product_key,
    0 AS list_cents,
    -r.product_refund_cents AS mrr_cents,
    -r.product_rate_refund_cents AS standard_cents
  FROM special_refund AS r
  WHERE
    r.product_refund_cents <> 0
  UNION ALL
  SELECT
    b.customer_id,
    b.month_idx,
    b.subscription_product AS product_key,
    b.subscription_cents AS list_cents,
    b.subscription_cents AS mrr_cents,
    CASE
      WHEN n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized'
      THEN b.subscription_cents
      ELSE 0
    END AS standard_cents
  FROM subscription_month AS b
  INNER JOIN special_month AS n
    ON n.customer_id = b.customer_id AND n.month_idx = b.month_idx
  WHERE
    n.billing_config <> 'free'
), summed AS (
  SELECT
    s.customer_id,
    s.month_idx,
    s.product_key,
    CAST(SUM(s.list_cents) AS BIGINT) AS list_cents,
    CAST(SUM(s.mrr_cents) AS BIGINT) AS mrr_cents,
    CAST(SUM(s.standard_cents) AS BIGINT) AS standard_cents
  FROM special AS s
  GROUP BY
    s.customer_id,
    s.month_idx,
    s.product_key
), fixed AS (
  SELECT
    v.customer_id,
    v.month_idx,
    v.override_units
  FROM stg_override AS v
  WHERE
    v.field_name = 'product_analytics_mrr'
)
SELECT
  s.customer_id,
  s.month_idx,
  s.product_key,
  s.list_cents,
  s.mrr_cents,
  s.standard_cents
FROM summed AS s
WHERE
  s.product_key <> 'product_analytics'
  OR NOT EXISTS(
    SELECT
      1
    FROM fixed AS f
    WHERE
      f.customer_id = s.customer_id AND f.month_idx = s.month_idx
  )
UNION ALL
SELECT
  f.customer_id,
  f.month_idx,
  'product_analytics' AS product_key,
  COALESCE(s.list_cents, 0) AS list_cents,
  f.override_units AS mrr_cents,
  CAST(0 AS BIGINT) AS standard_cents
FROM fixed AS f
LEFT JOIN summed AS s
  ON s.customer_id = f.customer_id
  AND s.month_idx = f.month_idx
  AND s.product_key = 'product_analytics'
