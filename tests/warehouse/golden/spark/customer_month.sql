-- customer_month for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_id,
  c.month_idx,
  c.billing_config,
  c.selected_type,
  c.classification,
  c.list_cents,
  c.discount_cents,
  c.credit_applied_cents,
  c.refund_cents,
  c.total_cents,
  c.mrr_cents,
  LEAST(c.total_cents, 0) AS carried_cents,
  c.tax_cents,
  c.total_cents - c.tax_cents AS ex_tax_cents,
  c.straight_line_cents,
  c.usage_basis_cents,
  c.is_straight_line_annual,
  c.discount_ppm,
  c.standard_cents,
  c.covered_cents,
  c.other_products_cents,
  c.basis_gap_cents,
  c.unallocated_refund_cents,
  c.is_overridden
FROM customer_fact AS c
INNER JOIN customer_key AS k
  ON k.customer_no = c.customer_no
