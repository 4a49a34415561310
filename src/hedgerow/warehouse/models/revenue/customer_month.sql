-- model: customer_month
-- owner: revops
-- grain: customer_id, month_idx
-- materialized: query
-- rules: REV-25, REV-28, REV-29
-- description: The summary: one row per customer and month that has any row. A month without a row is 0.
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column billing_config: Configuration in force
-- column selected_type: annual if any annual row exists, else the type of the row that ends last
-- column classification: standard, annual or startup
-- column list_cents: Total before discount; tax stands inside for the paid plan
-- column discount_cents: Prepaid-credit discount of annual customers
-- column credit_applied_cents: Balance credit, standard invoices only
-- column refund_cents: Refunds of invoices of the month
-- column total_cents: list - discount - credit - refund; can be negative
-- column mrr_cents: Total, not below 0
-- column carried_cents: Negative remainder, carried as credit balance
-- column tax_cents: Tax inside the total
-- column ex_tax_cents: Total without tax
-- column straight_line_cents: Total with the split price paid
-- column usage_basis_cents: Total with usage less credit discount
-- column is_straight_line_annual: 1 when the total is the split price paid
-- column discount_ppm: Credit discount in force, millionths
-- column standard_cents: Part of an annual month billed at standard rate
-- column covered_cents: Covered by start-up credit
-- column other_products_cents: Lines of unknown products
-- column basis_gap_cents: Total less the sum of products where the two come from different sources
-- column unallocated_refund_cents: Refunds that name no product
-- column is_overridden: 1 when replaced by hand
SELECT
  k.customer_id,
  c.month_idx,
  COALESCE(s.billing_config, k.plain_config) AS billing_config,
  CASE WHEN c.type_no = 3 THEN 'annual' WHEN c.type_no = 2 THEN 'upcoming_duplicated' WHEN c.type_no = 1 THEN 'upcoming'
    ELSE 'completed' END AS selected_type,
  CASE WHEN c.class_no = 2 THEN 'annual' WHEN c.class_no = 1 THEN 'startup' ELSE 'standard' END AS classification,
  COALESCE(s.list_cents, c.total_cents) AS list_cents,
  COALESCE(s.discount_cents, 0) AS discount_cents,
  COALESCE(s.credit_applied_cents, 0) AS credit_applied_cents,
  COALESCE(s.refund_cents, 0) AS refund_cents,
  c.total_cents,
  c.mrr_cents,
  LEAST(c.total_cents, 0) AS carried_cents,
  c.tax_cents,
  c.total_cents - c.tax_cents AS ex_tax_cents,
  COALESCE(s.straight_line_cents, c.total_cents) AS straight_line_cents,
  COALESCE(s.usage_basis_cents, c.total_cents) AS usage_basis_cents,
  COALESCE(s.is_straight_line_annual, 0) AS is_straight_line_annual,
  COALESCE(s.discount_ppm, 0) AS discount_ppm,
  COALESCE(s.standard_cents, 0) AS standard_cents,
  COALESCE(s.covered_cents, 0) AS covered_cents,
  c.other_products_cents,
  COALESCE(s.basis_gap_cents, 0) AS basis_gap_cents,
  COALESCE(s.unallocated_refund_cents, 0) AS unallocated_refund_cents,
  COALESCE(s.is_overridden, 0) AS is_overridden
FROM customer_fact AS c
INNER JOIN customer_key AS k ON k.customer_no = c.customer_no
LEFT JOIN special_fact AS s ON s.customer_no = c.customer_no AND s.month_idx = c.month_idx
