-- model: stg_invoice
-- owner: revops
-- grain: invoice_id
-- materialized: view
-- rules: REV-19, REV-20, REV-22, REV-31, REV-33
-- description: The one reader of invoices: canonical customer, month of the last second of the period, void and draft
--   rows gone.
-- column invoice_id: Invoice
-- column source_customer_id: Billing customer before merging
-- column customer_id: Canonical customer
-- column invoice_organization: Organization
-- column provider_role: Which provider customer was billed: credits, usage or single
-- column invoice_type: completed, upcoming, upcoming_duplicated or annual
-- column invoice_class: standard, annual or startup
-- column period_start: First instant
-- column period_end: First instant after
-- column final_at: When it was finalized
-- column month_idx: Month of (period_end - 1 second)
-- column invoice_tax: Tax in cents
-- column stated_discount: Credit discount that the invoice states, or null
-- column invoice_credit: Balance credit applied, in cents
SELECT
  i.invoice_id,
  i.customer_id AS source_customer_id,
  COALESCE(r.target_id, i.customer_id) AS customer_id,
  COALESCE(i.organization_id, '') AS invoice_organization,
  COALESCE(p.provider_role, 'single') AS provider_role,
  i.type AS invoice_type,
  i.classification AS invoice_class,
  i.period_start,
  i.period_end,
  COALESCE(i.finalized_at, i.period_end) AS final_at,
  CAST(CAST(EXTRACT(YEAR FROM i.period_end) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM i.period_end) AS BIGINT) - 1
    - CASE WHEN CAST(EXTRACT(DAY FROM i.period_end) AS BIGINT) = 1 AND CAST(CAST(i.period_end AS DATE) AS TIMESTAMP) = i.period_end
      THEN 1 ELSE 0 END AS INTEGER) AS month_idx,
  COALESCE(i.tax_cents, 0) AS invoice_tax,
  i.discount_cents AS stated_discount,
  COALESCE(i.credit_applied_cents, 0) AS invoice_credit
FROM raw_invoices AS i
LEFT JOIN redirect AS r ON r.source_customer_id = i.customer_id
LEFT JOIN stg_provider_customer AS p ON p.provider_customer_id = i.provider_customer_id
WHERE COALESCE(i.status, 'paid') <> 'void' AND COALESCE(i.status, 'paid') <> 'draft'
