-- cohort_usage for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH adjusted AS (
  SELECT
    k.customer_id AS customer_id,
    MIN(s.month_idx) AS cohort_month_idx
  FROM series_fact AS s
  INNER JOIN customer_key AS k
    ON k.customer_no = CAST(intDiv(s.owner_no, 8) AS Nullable(Int64))
  WHERE
    s.scope_no = 0
    AND (
      s.owner_no % 8 = 0 OR s.owner_no % 8 = 1 OR s.owner_no % 8 = 3
    )
  GROUP BY
    k.customer_id
), starts AS (
  SELECT
    a.customer_id AS customer_id,
    a.cohort_month_idx AS cohort_month_idx,
    u.product_key AS product_key,
    u.units AS start_units
  FROM adjusted AS a
  INNER JOIN usage_month AS u
    ON u.customer_id = a.customer_id AND u.month_idx = a.cohort_month_idx
  WHERE
    u.units > 0
), sizes AS (
  SELECT
    s.product_key AS product_key,
    s.cohort_month_idx AS cohort_month_idx,
    CAST(COUNT(*) AS Nullable(Int64)) AS customers,
    CAST(SUM(s.start_units) AS Nullable(Int64)) AS base_units
  FROM starts AS s
  GROUP BY
    s.product_key,
    s.cohort_month_idx
), later AS (
  SELECT
    s.product_key AS product_key,
    s.cohort_month_idx AS cohort_month_idx,
    u.month_idx AS month_idx,
    CAST(SUM(u.units) AS Nullable(Int64)) AS current_units
  FROM starts AS s
  INNER JOIN usage_month AS u
    ON u.customer_id = s.customer_id AND u.product_key = s.product_key
  GROUP BY
    s.product_key,
    s.cohort_month_idx,
    u.month_idx
)
SELECT
  z.product_key AS scope,
  z.cohort_month_idx AS cohort_month_idx,
  m.month_idx - z.cohort_month_idx AS age,
  m.month_idx AS month_idx,
  z.customers AS customers,
  z.base_units AS base_units,
  COALESCE(l.current_units, 0) AS current_units
FROM sizes AS z
CROSS JOIN policy_month AS m
LEFT JOIN later AS l
  ON l.product_key = z.product_key
  AND l.cohort_month_idx = z.cohort_month_idx
  AND l.month_idx = m.month_idx
WHERE
  m.month_idx >= z.cohort_month_idx AND m.status = 'closed'
