-- series_month for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  'total' AS scope,
  c.customer_id,
  'same' AS track,
  c.month_idx,
  c.mrr_cents
FROM customer_month AS c
WHERE
  c.mrr_cents > 0
  AND NOT EXISTS(
    SELECT
      1
    FROM changed_customer AS x
    WHERE
      x.customer_id = c.customer_id
  )
UNION ALL
SELECT
  p.product_key AS scope,
  p.customer_id,
  'same' AS track,
  p.month_idx,
  p.mrr_cents
FROM product_month AS p
WHERE
  p.mrr_cents > 0
  AND NOT EXISTS(
    SELECT
      1
    FROM changed_customer AS x
    WHERE
      x.customer_id = p.customer_id
  )
UNION ALL
SELECT
  c.scope,
  c.customer_id,
  CASE
    WHEN c.basis = 'only'
    THEN 'adj'
    WHEN c.basis = 'stored'
    THEN 'adj_stored'
    ELSE 'adj_usage'
  END AS track,
  c.month_idx,
  c.adjusted_cents AS mrr_cents
FROM changed_month AS c
WHERE
  c.adjusted_cents > 0
UNION ALL
SELECT
  c.scope,
  c.customer_id,
  CASE
    WHEN c.basis = 'only'
    THEN 'raw'
    WHEN c.basis = 'stored'
    THEN 'raw_stored'
    ELSE 'raw_usage'
  END AS track,
  c.month_idx,
  c.unadjusted_cents AS mrr_cents
FROM changed_month AS c
WHERE
  c.unadjusted_cents > 0
