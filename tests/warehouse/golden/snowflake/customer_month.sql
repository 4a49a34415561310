-- customer_month for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH plain AS (
  SELECT
    p.customer_id,
    p.month_idx,
    CAST(SUM(p.product_cents) AS BIGINT) AS lines,
    CAST(SUM(CASE WHEN p.line_product = '' THEN p.product_cents ELSE 0 END) AS BIGINT) AS other_cents
  FROM plain_product AS p
  GROUP BY
    p.customer_id,
    p.month_idx
), other AS (
  SELECT
    p.customer_id,
    p.month_idx,
    p.mrr_cents AS other_cents
  FROM product_month AS p
  WHERE
    p.product_key = ''
), annual_products AS (
  SELECT
    p.customer_id,
    p.month_idx,
    CAST(SUM(p.mrr_cents) AS BIGINT) AS products
  FROM product_month AS p
  INNER JOIN special_recognized AS r
    ON r.customer_id = p.customer_id AND r.month_idx = p.month_idx AND r.is_annual = 1
  GROUP BY
    p.customer_id,
    p.month_idx
), typed AS (
  SELECT
    i.customer_id,
    i.month_idx,
    i.month_tax,
    CASE
      WHEN i.has_annual = 1
      THEN 'annual'
      WHEN i.duplicated_end > i.completed_end AND i.duplicated_end > i.upcoming_end
      THEN 'upcoming_duplicated'
      WHEN i.upcoming_end > i.completed_end
      THEN 'upcoming'
      ELSE 'completed'
    END AS row_type,
    CASE
      WHEN i.has_annual_class = 1
      THEN 'annual'
      WHEN i.has_startup_class = 1
      THEN 'startup'
      ELSE 'standard'
    END AS row_class
  FROM invoice_month AS i
)
SELECT
  t.customer_id,
  t.month_idx,
  COALESCE(a.account_config, 'paid') AS billing_config,
  t.row_type AS selected_type,
  t.row_class AS classification,
  COALESCE(p.lines, 0) + t.month_tax * m.includes_tax_paid AS list_cents,
  CAST(0 AS BIGINT) AS discount_cents,
  CAST(0 AS BIGINT) AS credit_applied_cents,
  CAST(0 AS BIGINT) AS refund_cents,
  COALESCE(p.lines, 0) + t.month_tax * m.includes_tax_paid AS total_cents,
  GREATEST_IGNORE_NULLS(COALESCE(p.lines, 0) + t.month_tax * m.includes_tax_paid, 0) AS mrr_cents,
  LEAST_IGNORE_NULLS(COALESCE(p.lines, 0) + t.month_tax * m.includes_tax_paid, 0) AS carried_cents,
  t.month_tax * m.includes_tax_paid AS tax_cents,
  COALESCE(p.lines, 0) AS ex_tax_cents,
  COALESCE(p.lines, 0) + t.month_tax * m.includes_tax_paid AS straight_line_cents,
  COALESCE(p.lines, 0) + t.month_tax * m.includes_tax_paid AS usage_basis_cents,
  0 AS is_straight_line_annual,
  CAST(0 AS BIGINT) AS discount_ppm,
  CAST(0 AS BIGINT) AS standard_cents,
  CAST(0 AS BIGINT) AS covered_cents,
  COALESCE(p.other_cents, 0) AS other_products_cents,
  CAST(0 AS BIGINT) AS basis_gap_cents,
  CAST(0 AS BIGINT) AS unallocated_refund_cents,
  0 AS is_overridden
FROM typed AS t
INNER JOIN policy_month AS m
  ON m.month_idx = t.month_idx
LEFT JOIN plain AS p
  ON p.customer_id = t.customer_id AND p.month_idx = t.month_idx
LEFT JOIN stg_account AS a
  ON a.customer_id = t.customer_id
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM special_customer AS s
    WHERE
      s.customer_id = t.customer_id
  )
UNION ALL
SELECT
  r.customer_id,
  r.month_idx,
  r.billing_config,
  CASE
    WHEN r.is_relabelled = 1
    THEN 'annual'
    WHEN r.has_annual_row = 1
    THEN 'annual'
    ELSE COALESCE(
      t.row_type,
      CASE WHEN r.subscription_type = '' THEN 'completed' ELSE r.subscription_type END
    )
  END AS selected_type,
  COALESCE(t.row_class, CASE WHEN r.is_annual = 1 THEN 'annual' ELSE 'standard' END) AS classification,
  r.list_cents,
  r.discount_cents,
  r.credit_cents AS credit_applied_cents,
  r.refund_cents,
  r.total_cents,
  GREATEST_IGNORE_NULLS(r.total_cents, 0) AS mrr_cents,
  LEAST_IGNORE_NULLS(r.total_cents, 0) AS carried_cents,
  r.tax_cents,
  r.total_cents - r.tax_cents AS ex_tax_cents,
  r.straight_line_cents,
  r.usage_basis_cents,
  r.is_straight AS is_straight_line_annual,
  r.discount_ppm,
  r.standard_cents,
  r.cover_cents AS covered_cents,
  COALESCE(o.other_cents, 0) AS other_products_cents,
  CASE
    WHEN r.is_straight = 1
    THEN r.total_cents - COALESCE(b.products, 0) + r.unallocated_refund
    ELSE 0
  END AS basis_gap_cents,
  r.unallocated_refund AS unallocated_refund_cents,
  r.is_overridden
FROM special_recognized AS r
LEFT JOIN typed AS t
  ON t.customer_id = r.customer_id AND t.month_idx = r.month_idx
LEFT JOIN other AS o
  ON o.customer_id = r.customer_id AND o.month_idx = r.month_idx
LEFT JOIN annual_products AS b
  ON b.customer_id = r.customer_id AND b.month_idx = r.month_idx
