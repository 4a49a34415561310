-- model: stg_credit_purchase
-- owner: revops
-- grain: purchase_id
-- materialized: view
-- rules: REV-20, REV-32
-- description: The one reader of prepaid credit and start-up grants, with the month of the first sub-period (anchored
--   on the start day).
-- column purchase_id: Purchase
-- column customer_id: Canonical customer
-- column contract_id: Contract
-- column purchase_kind: purchase or startup_grant
-- column list_credit_cents: Credit at list value
-- column purchase_ppm: Credit discount, millionths
-- column price_paid_cents: Price paid
-- column start_date: First day of the term
-- column term_months: Length in months
-- column first_idx: Month of the first sub-period's last second
-- column purchase_status: State
-- column paid_at: When the credit invoice was paid
-- column supersedes_id: Earlier purchase that this one replaces
SELECT
  p.purchase_id,
  COALESCE(r.target_id, p.customer_id) AS customer_id,
  COALESCE(p.contract_id, '') AS contract_id,
  p.kind AS purchase_kind,
  p.list_credit_cents,
  COALESCE(p.discount_ppm, 0) AS purchase_ppm,
  p.price_paid_cents,
  p.start_date,
  CAST(p.term_months AS INTEGER) AS term_months,
  CAST(CAST(EXTRACT(YEAR FROM p.start_date) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM p.start_date) AS BIGINT) - 1
    + CASE WHEN CAST(EXTRACT(DAY FROM p.start_date) AS BIGINT) > 1 THEN 1 ELSE 0 END AS INTEGER) AS first_idx,
  p.status AS purchase_status,
  p.paid_at,
  COALESCE(p.supersedes_purchase_id, '') AS supersedes_id
FROM raw_credit_purchases AS p
LEFT JOIN redirect AS r ON r.source_customer_id = p.customer_id
