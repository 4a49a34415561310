-- model: trial_month
-- owner: revops
-- grain: customer_id, month_idx
-- materialized: work
-- rules: REV-41
-- description: Months in which an account only evaluated.
-- column customer_id: Canonical customer
-- column month_idx: Flagged month
SELECT DISTINCT t.customer_id, m.month_idx
FROM stg_trial_flag AS t
CROSS JOIN policy_month AS m
WHERE m.month_idx >= t.from_month_idx AND m.month_idx <= t.until_idx
