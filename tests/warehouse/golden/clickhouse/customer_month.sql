-- customer_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_id AS customer_id,
  c.month_idx AS month_idx,
  COALESCE(s.billing_config, k.plain_config) AS billing_config,
  CASE
    WHEN c.type_no = 3
    THEN 'annual'
    WHEN c.type_no = 2
    THEN 'upcoming_duplicated'
    WHEN c.type_no = 1
    THEN 'upcoming'
    ELSE 'completed'
  END AS selected_type,
  CASE
    WHEN c.class_no = 2
    THEN 'annual'
    WHEN c.class_no = 1
    THEN 'startup'
    ELSE 'standard'
  END AS classification,
  COALESCE(s.list_cents, c.total_cents) AS list_cents,
  COALESCE(s.discount_cents, 0) AS discount_cents,
  COALESCE(s.credit_applied_cents, 0) AS credit_applied_cents,
  COALESCE(s.refund_cents, 0) AS refund_cents,
  c.total_cents AS total_cents,
  c.mrr_cents AS mrr_cents,
  LEAST(c.total_cents, 0) AS carried_cents,
  c.tax_cents AS tax_cents,
  c.total_cents - c.tax_cents AS ex_tax_cents,
  COALESCE(s.straight_line_cents, c.total_cents) AS straight_line_cents,
  COALESCE(s.usage_basis_cents, c.total_cents) AS usage_basis_cents,
  COALESCE(s.is_straight_line_annual, 0) AS is_straight_line_annual,
  COALESCE(s.discount_ppm, 0) AS discount_ppm,
  COALESCE(s.standard_cents, 0) AS standard_cents,
  COALESCE(s.covered_cents, 0) AS covered_cents,
  c.other_products_cents AS other_products_cents,
  COALESCE(s.basis_gap_cents, 0) AS basis_gap_cents,
  COALESCE(s.unallocated_refund_cents, 0) AS unallocated_refund_cents,
  COALESCE(s.is_overridden, 0) AS is_overridden
FROM customer_fact AS c
INNER JOIN customer_key AS k
  ON k.customer_no = c.customer_no
LEFT JOIN special_fact AS s
  ON s.customer_no = c.customer_no AND s.month_idx = c.month_idx
