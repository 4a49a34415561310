-- model: tested_customer
-- owner: revops
-- grain: customer_no
-- materialized: work
-- rules: REV-41, REV-42, REV-43, REV-44
-- description: Customers whose series an adjustment could change: a month large enough for a spike, an annual discount,
--   a trial flag, a one-time credit. All others keep one series.
-- column customer_no: Canonical customer's number
WITH marked AS (
  SELECT t.customer_id FROM trial_month AS t
  UNION
  SELECT o.customer_id FROM one_time_month AS o
)
SELECT c.customer_no
FROM customer_fact AS c
INNER JOIN policy_month AS m ON m.month_idx = c.month_idx
WHERE c.mrr_cents >= m.spike_min_increase_cents
UNION
SELECT c.customer_no FROM special_fact AS c WHERE c.discount_ppm > 0 OR c.is_straight_line_annual = 1
UNION
SELECT k.customer_no FROM marked AS d INNER JOIN customer_key AS k ON k.customer_id = d.customer_id
