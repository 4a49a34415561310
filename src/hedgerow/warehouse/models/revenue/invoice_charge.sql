-- model: invoice_charge
-- owner: revops
-- grain: invoice_id
-- materialized: table
-- rules: REV-2, REV-5, REV-11, REV-28, REV-29, REV-154
-- description: What each invoice of a special customer counts: the charge, what lowers it, and the share in which its
--   products are lowered.
-- column invoice_id: Invoice
-- column customer_id: Canonical customer
-- column source_customer_id: Billing customer before merging
-- column invoice_organization: Organization
-- column month_idx: Month
-- column invoice_type: Type of row
-- column invoice_class: Classification
-- column provider_role: Provider customer that was billed
-- column treatment: How it counts
-- column billing_config: Configuration in force
-- column period_start: First instant
-- column period_end: First instant after
-- column final_at: When it was finalized
-- column contract_ppm: Credit discount in force, millionths
-- column stated_discount: Credit discount that the invoice states, or null
-- column products_cents: Product lines after coupons
-- column tax_cents: Tax
-- column cover_cents: Covered by start-up credit
-- column may_draw: 1 when start-up credit was in force
-- column credit_cents: Balance credit that lowers revenue
-- column charge_cents: Charge that counts before credit and refund
-- column kept_cents: Part of kept_of_cents that is not covered
-- column kept_of_cents: Products and tax that credit covers in proportion
WITH lines AS (
  SELECT l.invoice_id, CAST(SUM(l.product_cents) AS BIGINT) AS products FROM special_line AS l GROUP BY l.invoice_id
),
covered AS (
  SELECT c.invoice_id, c.cover_cents, 1 AS may_draw FROM startup_cover AS c
),
base AS (
  SELECT
    i.invoice_id, i.source_customer_id, i.customer_id, i.invoice_organization, i.month_idx, i.invoice_type, i.invoice_class, i.provider_role,
    i.period_start, i.period_end, i.final_at, i.invoice_tax, i.stated_discount, i.invoice_credit, i.billing_config, i.contract_ppm,
    i.is_package_charged, i.treatment,
    COALESCE(l.products, 0) AS products,
    COALESCE(c.cover_cents, 0) AS cover_cents,
    COALESCE(c.may_draw, 0) AS may_draw
  FROM special_invoice AS i
  LEFT JOIN lines AS l ON l.invoice_id = i.invoice_id
  LEFT JOIN covered AS c ON c.invoice_id = i.invoice_id
)
SELECT
  b.invoice_id, b.customer_id, b.source_customer_id, b.invoice_organization, b.month_idx, b.invoice_type, b.invoice_class, b.provider_role,
  b.treatment, b.billing_config, b.period_start, b.period_end, b.final_at, b.contract_ppm, b.stated_discount,
  b.products AS products_cents,
  b.invoice_tax AS tax_cents,
  b.cover_cents,
  b.may_draw,
  CASE WHEN b.treatment = 'standard' OR b.treatment = 'standard_ex_tax' OR (b.treatment = 'startup' AND b.may_draw = 0)
    THEN b.invoice_credit ELSE 0 END AS credit_cents,
  CASE
    WHEN b.treatment = 'standard' OR b.treatment = 'startup'
      THEN b.products + b.invoice_tax * m.includes_tax_paid - CASE WHEN b.may_draw = 1 THEN b.cover_cents ELSE 0 END
    WHEN b.treatment = 'standard_ex_tax' THEN b.products + b.invoice_tax * m.includes_tax_annual
    ELSE 0
  END AS charge_cents,
  CASE
    WHEN b.treatment = 'covered_usage' THEN CASE WHEN b.stated_discount IS NULL THEN b.products ELSE b.products - b.stated_discount END
    WHEN b.treatment = 'startup' AND b.may_draw = 1 THEN b.products + b.invoice_tax - b.cover_cents
    WHEN b.treatment = 'standard_ex_tax' THEN GREATEST(b.products - b.invoice_credit, 0)
    WHEN b.invoice_credit = 0 THEN b.products + b.invoice_tax
    ELSE GREATEST(b.products + b.invoice_tax - b.invoice_credit, 0)
  END AS kept_cents,
  CASE WHEN b.treatment = 'covered_usage' OR b.treatment = 'standard_ex_tax' THEN b.products ELSE b.products + b.invoice_tax END
    AS kept_of_cents
FROM base AS b
INNER JOIN policy_month AS m ON m.month_idx = b.month_idx
