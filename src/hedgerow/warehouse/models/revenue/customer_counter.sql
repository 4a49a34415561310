-- model: customer_counter
-- owner: revops
-- grain: customer_id, month_idx
-- materialized: query
-- rules: REV-155
-- description: How many months a customer has paid for and how long ago it last paid. Months to come count as months;
--   reports on closed months filter them out.
-- column customer_id: Canonical customer
-- column month_idx: Month
-- column paying_month_number: How many months with revenue up to this one
-- column months_since_last_payment: 0 in a paying month; null before the first
-- column gap_months: Months without any row just before this one
WITH paid AS (
  SELECT c.customer_id, c.month_idx, c.total_cents,
    MAX(CASE WHEN c.total_cents > 0 THEN c.month_idx ELSE -1 END) OVER (PARTITION BY c.customer_id ORDER BY c.month_idx NULLS FIRST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS last_paid_idx,
    CAST(SUM(CASE WHEN c.total_cents > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY c.customer_id ORDER BY c.month_idx NULLS FIRST
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS paying_month_number,
    LAG(c.month_idx, 1, c.month_idx - 1) OVER (PARTITION BY c.customer_id ORDER BY c.month_idx) AS before_idx
  FROM customer_month AS c
)
SELECT p.customer_id, p.month_idx, p.paying_month_number,
  CASE WHEN p.last_paid_idx < 0 THEN CAST(NULL AS INTEGER) ELSE p.month_idx - p.last_paid_idx END AS months_since_last_payment,
  p.month_idx - p.before_idx - 1 AS gap_months
FROM paid AS p
