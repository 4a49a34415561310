-- customer_month for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_id AS customer_id,
  c.month_idx AS month_idx,
  c.billing_config AS billing_config,
  c.selected_type AS selected_type,
  c.classification AS classification,
  c.list_cents AS list_cents,
  c.discount_cents AS discount_cents,
  c.credit_applied_cents AS credit_applied_cents,
  c.refund_cents AS refund_cents,
  c.total_cents AS total_cents,
  c.mrr_cents AS mrr_cents,
  LEAST(c.total_cents, 0) AS carried_cents,
  c.tax_cents AS tax_cents,
  c.total_cents - c.tax_cents AS ex_tax_cents,
  c.straight_line_cents AS straight_line_cents,
  c.usage_basis_cents AS usage_basis_cents,
  c.is_straight_line_annual AS is_straight_line_annual,
  c.discount_ppm AS discount_ppm,
  c.standard_cents AS standard_cents,
  c.covered_cents AS covered_cents,
  c.other_products_cents AS other_products_cents,
  c.basis_gap_cents AS basis_gap_cents,
  c.unallocated_refund_cents AS unallocated_refund_cents,
  c.is_overridden AS is_overridden
FROM customer_fact AS c
INNER JOIN customer_key AS k
  ON k.customer_no = c.customer_no
