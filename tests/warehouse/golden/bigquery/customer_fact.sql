-- customer_fact for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH plain AS (
  SELECT
    p.customer_no,
    p.month_idx,
    CAST(SUM(p.product_cents) AS INT64) AS lines,
    CAST(SUM(CASE WHEN p.scope_no = 1 THEN p.product_cents ELSE 0 END) AS INT64) AS other_cents
  FROM plain_product AS p
  GROUP BY
    p.customer_no,
    p.month_idx
), special AS (
  SELECT
    p.customer_id,
    p.month_idx,
    CAST(SUM(p.mrr_cents) AS INT64) AS products,
    CAST(SUM(CASE WHEN p.product_key = '' THEN p.mrr_cents ELSE 0 END) AS INT64) AS other_cents
  FROM special_product_month AS p
  GROUP BY
    p.customer_id,
    p.month_idx
), configured AS (
  SELECT
    k.customer_no,
    COALESCE(a.account_config, 'paid') AS billing_config
  FROM customer_key AS k
  LEFT JOIN stg_account AS a
    ON a.customer_id = k.customer_id
  WHERE
    k.is_special = 0
), typed AS (
  SELECT
    i.customer_no,
    i.month_idx,
    i.month_tax,
    i.is_special,
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
      WHEN i.class_no = 2
      THEN 'annual'
      WHEN i.class_no = 1
      THEN 'startup'
      ELSE 'standard'
    END AS row_class
  FROM invoice_month AS i
), short_way AS (
  SELECT
    t.customer_no,
    t.month_idx,
    a.billing_config,
    t.row_type,
    t.row_class,
    COALESCE(p.lines, 0) AS ex_tax,
    t.month_tax * m.includes_tax_paid AS tax,
    COALESCE(p.other_cents, 0) AS other_cents
  FROM typed AS t
  INNER JOIN policy_month AS m
    ON m.month_idx = t.month_idx
  INNER JOIN configured AS a
    ON a.customer_no = t.customer_no
  LEFT JOIN plain AS p
    ON p.customer_no = t.customer_no AND p.month_idx = t.month_idx
  WHERE
    t.is_special = 0
)
SELECT
  t.customer_no,
  t.month_idx,
  t.billing_config,
  t.row_type AS selected_type,
  t.row_class AS classification,
  t.ex_tax + t.tax AS list_cents,
  CAST(0 AS INT64) AS discount_cents,
  CAST(0 AS INT64) AS credit_applied_cents,
  CAST(0 AS INT64) AS refund_cents,
  t.ex_tax + t.tax AS total_cents,
  GREATEST(t.ex_tax + t.tax, 0) AS mrr_cents,
  t.tax AS tax_cents,
  t.ex_tax + t.tax AS straight_line_cents,
  t.ex_tax + t.tax AS usage_basis_cents,
  0 AS is_straight_line_annual,
  CAST(0 AS INT64) AS discount_ppm,
  CAST(0 AS INT64) AS standard_cents,
  CAST(0 AS INT64) AS covered_cents,
  t.other_cents AS other_products_cents,
  CAST(0 AS INT64) AS basis_gap_cents,
  CAST(0 AS INT64) AS unallocated_refund_cents,
  0 AS is_overridden
FROM short_way AS t
UNION ALL
SELECT
  k.customer_no,
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
  GREATEST(r.total_cents, 0) AS mrr_cents,
  r.tax_cents,
  r.straight_line_cents,
  r.usage_basis_cents,
  r.is_straight AS is_straight_line_annual,
  r.discount_ppm,
  r.standard_cents,
  r.cover_cents AS covered_cents,
  COALESCE(b.other_cents, 0) AS other_products_cents,
  CASE
    WHEN r.is_straight = 1
    THEN r.total_cents - COALESCE(b.products, 0) + r.unallocated_refund
    ELSE 0
  END AS basis_gap_cents,
  r.unallocated_refund AS unallocated_refund_cents,
  r.is_overridden
FROM special_recognized AS r
INNER JOIN customer_key AS k
  ON k.customer_id = r.customer_id
LEFT JOIN typed AS t
  ON t.customer_no = k.customer_no AND t.month_idx = r.month_idx
LEFT JOIN special AS b
  ON b.customer_id = r.customer_id AND b.month_idx = r.month_idx
