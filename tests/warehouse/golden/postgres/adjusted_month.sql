-- adjusted_month for postgres; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  'total' AS scope,
  c.customer_id,
  c.month_idx,
  c.mrr_cents AS unadjusted_cents,
  c.mrr_cents AS adjusted_cents
FROM customer_month AS c
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM changed_month AS x
    WHERE
      x.customer_id = c.customer_id
  )
UNION ALL
SELECT
  p.product_key AS scope,
  p.customer_id,
  p.month_idx,
  GREATEST(p.mrr_cents, 0) AS unadjusted_cents,
  GREATEST(p.mrr_cents, 0) AS adjusted_cents
FROM product_month AS p
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM changed_month AS x
    WHERE
      x.customer_id = p.customer_id
  )
UNION ALL
SELECT
  c.scope,
  c.customer_id,
  c.month_idx,
  c.unadjusted_cents,
  c.adjusted_cents
FROM changed_month AS c
WHERE
  c.is_published = 1
