-- tested_customer for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  c.customer_id AS customer_id
FROM customer_month AS c
INNER JOIN policy_month AS m
  ON m.month_idx = c.month_idx
WHERE
  c.mrr_cents >= m.spike_min_increase_cents
UNION DISTINCT
SELECT
  c.customer_id AS customer_id
FROM customer_month AS c
WHERE
  c.discount_ppm > 0 OR c.is_straight_line_annual = 1
UNION DISTINCT
SELECT
  t.customer_id AS customer_id
FROM trial_month AS t
UNION DISTINCT
SELECT
  o.customer_id AS customer_id
FROM one_time_month AS o
