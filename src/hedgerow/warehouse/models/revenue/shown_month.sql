-- model: shown_month
-- owner: revops
-- grain: month_idx
-- materialized: work
-- rules: REV-69
-- description: Months that figures are shown for: every closed one, and open or forward ones that any invoice or
--   subscription row reaches. A split prepayment alone does not speak for the other customers: without their rows a
--   month to come is unknown, not churn.
-- column month_idx: Month
-- column status: closed, open or forward
-- column annual_basis: straight_line or usage
-- column retention_min_base_cents: Least annual revenue of a base customer
SELECT m.month_idx, m.status, m.annual_basis, m.retention_min_base_cents
FROM policy_month AS m
WHERE m.status = 'closed'
  OR EXISTS (SELECT 1 FROM invoice_month AS i WHERE i.month_idx = m.month_idx)
  OR EXISTS (SELECT 1 FROM subscription_month AS b WHERE b.month_idx = m.month_idx)
