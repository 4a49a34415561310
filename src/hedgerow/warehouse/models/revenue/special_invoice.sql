-- model: special_invoice
-- owner: revops
-- grain: invoice_id
-- materialized: work
-- rules: REV-1, REV-2, REV-4, REV-8, REV-11, REV-12, REV-17
-- description: Invoices of special customers with the way each one counts.
-- column invoice_id: Invoice
-- column source_customer_id: Billing customer before merging
-- column customer_id: Canonical customer
-- column invoice_organization: Organization
-- column month_idx: Month
-- column invoice_type: Type of row
-- column invoice_class: Classification
-- column provider_role: Provider customer that was billed
-- column period_start: First instant
-- column period_end: First instant after
-- column final_at: When it was finalized
-- column invoice_tax: Tax, cents
-- column stated_discount: Credit discount that the invoice states, or null
-- column invoice_credit: Balance credit applied, cents
-- column billing_config: Configuration in force in the month
-- column contract_ppm: Credit discount in force, millionths
-- column is_package_charged: 1 when the support package is charged
-- column treatment: free, credit_charge, prepaid, covered_usage, standard_ex_tax, startup or standard
WITH charged AS (
  SELECT h.invoice_id, 1 AS is_credit_charge FROM amortized_charge AS h
)
SELECT
  i.invoice_id, i.source_customer_id, i.customer_id, i.invoice_organization, i.month_idx, i.invoice_type, i.invoice_class, i.provider_role,
  i.period_start, i.period_end, i.final_at, i.invoice_tax, i.stated_discount, i.invoice_credit,
  n.billing_config, n.contract_ppm, n.is_package_charged,
  CASE
    WHEN COALESCE(h.is_credit_charge, 0) = 1 THEN 'credit_charge'
    WHEN n.billing_config = 'free' THEN 'free'
    WHEN i.invoice_type = 'annual' THEN 'prepaid'
    WHEN (n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized') AND i.invoice_class = 'annual'
      THEN 'covered_usage'
    WHEN n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized' THEN 'standard_ex_tax'
    WHEN n.billing_config = 'startup' AND i.invoice_class = 'startup' THEN 'startup'
    ELSE 'standard'
  END AS treatment
FROM stg_invoice AS i
INNER JOIN special_month AS n ON n.customer_id = i.customer_id AND n.month_idx = i.month_idx
LEFT JOIN charged AS h ON h.invoice_id = i.invoice_id
