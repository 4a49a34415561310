-- series_fact for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH changed AS (
  SELECT
    k.customer_no
  FROM changed_customer AS c
  INNER JOIN customer_key AS k
    ON k.customer_id = c.customer_id
), tracked AS (
  SELECT
    k.customer_no,
    s.scope_no,
    c.month_idx,
    c.adjusted_cents,
    c.unadjusted_cents,
    CASE WHEN c.basis = 'only' THEN 1 WHEN c.basis = 'stored' THEN 3 ELSE 5 END AS track_no
  FROM changed_month AS c
  INNER JOIN customer_key AS k
    ON k.customer_id = c.customer_id
  INNER JOIN scope_key AS s
    ON s.scope = c.scope
)
SELECT
  c.customer_no * 8 AS owner_no,
  CAST(0 AS INT) AS scope_no,
  c.month_idx,
  c.mrr_cents
FROM customer_fact AS c
WHERE
  c.mrr_cents > 0
  AND NOT EXISTS(
    SELECT
      1
    FROM changed AS x
    WHERE
      x.customer_no = c.customer_no
  )
UNION ALL
SELECT
  p.customer_no * 8 AS owner_no,
  p.scope_no,
  p.month_idx,
  p.mrr_cents
FROM product_fact AS p
WHERE
  p.mrr_cents > 0
  AND NOT EXISTS(
    SELECT
      1
    FROM changed AS x
    WHERE
      x.customer_no = p.customer_no
  )
UNION ALL
SELECT
  t.customer_no * 8 + t.track_no AS owner_no,
  t.scope_no,
  t.month_idx,
  t.adjusted_cents AS mrr_cents
FROM tracked AS t
WHERE
  t.adjusted_cents > 0
UNION ALL
SELECT
  t.customer_no * 8 + t.track_no + 1 AS owner_no,
  t.scope_no,
  t.month_idx,
  t.unadjusted_cents AS mrr_cents
FROM tracked AS t
WHERE
  t.unadjusted_cents > 0
