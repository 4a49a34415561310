-- model: shown_month
-- owner: revops
-- grain: month_idx
-- materialized: work
-- rules: REV-69
-- description: Months that figures are shown for: every closed one, and open or forward ones that any invoice,
--   prepayment or subscription row reaches. Without such rows a month to come is unknown, not churn.
-- column month_idx: Month
-- column status: closed, open or forward
-- column annual_basis: straight_line or usage
-- column retention_min_base_cents: Least annual revenue of a base customer
SELECT m.month_idx, m.status, m.annual_basis, m.retention_min_base_cents
FROM policy_month AS m
WHERE m.status = 'closed' OR EXISTS (SELECT 1 FROM customer_fact AS c WHERE c.month_idx = m.month_idx)
