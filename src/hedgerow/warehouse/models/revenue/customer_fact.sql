-- model: customer_fact
-- owner: revops
-- grain: customer_no, month_idx
-- materialized: table
-- rules: REV-2, REV-18, REV-25, REV-26, REV-27
-- description: The summary by numbers: one row per customer and month that has any row. A month without a row is 0.
--   What only special customers have stands in special_fact; customer_month shows both side by side.
-- column customer_no: Canonical customer's number
-- column month_idx: Month
-- column type_no: 3 annual if any annual row exists, else that of the row that ends last: 2 upcoming_duplicated, 1
--   upcoming, 0 completed
-- column class_no: 2 annual, 1 startup, 0 standard
-- column total_cents: list - discount - credit - refund; can be negative
-- column mrr_cents: Total, not below 0
-- column tax_cents: Tax inside the total
-- column other_products_cents: Lines of unknown products
WITH plain AS (
  SELECT p.customer_no, p.month_idx, CAST(SUM(p.list_cents) AS BIGINT) AS lines,
    CAST(SUM(CASE WHEN p.scope_no = 1 THEN p.list_cents ELSE 0 END) AS BIGINT) AS other_cents
  FROM product_fact AS p
  WHERE NOT EXISTS (SELECT 1 FROM customer_key AS k WHERE k.customer_no = p.customer_no AND k.is_special = 1)
  GROUP BY p.customer_no, p.month_idx
),
typed AS (
  SELECT i.customer_no, i.month_idx, i.month_tax, i.is_special, i.class_no,
    CASE WHEN i.has_annual = 1 THEN 3
      WHEN i.duplicated_end > i.completed_end AND i.duplicated_end > i.upcoming_end THEN 2
      WHEN i.upcoming_end > i.completed_end THEN 1 ELSE 0 END AS type_no
  FROM invoice_month AS i
),
short_way AS (
  SELECT t.customer_no, t.month_idx, t.type_no, t.class_no, COALESCE(p.lines, 0) AS ex_tax, t.month_tax * m.includes_tax_paid AS tax,
    COALESCE(p.other_cents, 0) AS other_cents
  FROM typed AS t
  INNER JOIN policy_month AS m ON m.month_idx = t.month_idx
  LEFT JOIN plain AS p ON p.customer_no = t.customer_no AND p.month_idx = t.month_idx
  WHERE t.is_special = 0
)
SELECT
  t.customer_no,
  t.month_idx,
  t.type_no,
  t.class_no,
  t.ex_tax + t.tax AS total_cents,
  GREATEST(t.ex_tax + t.tax, 0) AS mrr_cents,
  t.tax AS tax_cents,
  t.other_cents AS other_products_cents
FROM short_way AS t
UNION ALL
SELECT
  r.customer_no,
  r.month_idx,
  CASE WHEN r.has_annual_label = 1 THEN 3
    ELSE COALESCE(t.type_no, CASE WHEN r.subscription_type = 'upcoming_duplicated' THEN 2 WHEN r.subscription_type = 'upcoming' THEN 1
      ELSE 0 END) END AS type_no,
  COALESCE(t.class_no, CASE WHEN r.is_annual = 1 THEN 2 ELSE 0 END) AS class_no,
  r.total_cents,
  GREATEST(r.total_cents, 0) AS mrr_cents,
  r.tax_cents,
  r.other_products_cents
FROM special_fact AS r
LEFT JOIN typed AS t ON t.customer_no = r.customer_no AND t.month_idx = r.month_idx
