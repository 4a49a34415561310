-- model: prepaid_span
-- owner: revops
-- grain: purchase_id, part
-- materialized: table
-- rules: REV-8, REV-19, REV-30, REV-32, REV-156
-- description: Prepaid credit split over its term by cumulative rounding; sub-periods are anchored on the start day.
--   Rows of a purchase that ran out and was replaced stay, marked as superseded, and count nowhere.
-- column purchase_id: Purchase
-- column customer_id: Canonical customer
-- column contract_id: Contract
-- column start_date: First day of the term
-- column purchase_ppm: Credit discount, millionths
-- column price_paid_cents: Price of the whole purchase
-- column part: Which part, from 1
-- column parts: How many parts
-- column month_idx: Month it counts in
-- column list_part: Part of the credit at list value, cents
-- column paid_part: Part of the price paid, cents
-- column is_superseded: 1 when a later purchase replaced this part
-- column part_end: First instant after the sub-period
WITH counted AS (
  SELECT p.* FROM stg_credit_purchase AS p
  WHERE p.purchase_kind = 'purchase'
    AND (p.purchase_status = 'invoiced' OR p.purchase_status = 'paid' OR p.purchase_status = 'exhausted'
      OR p.purchase_status = 'expired')
),
replaced AS (
  SELECT c.supersedes_id, MIN(c.first_idx) AS replaced_from
  FROM counted AS c WHERE c.supersedes_id <> '' GROUP BY c.supersedes_id
)
SELECT
  c.purchase_id,
  c.customer_id,
  c.contract_id,
  c.start_date,
  c.purchase_ppm,
  c.price_paid_cents,
  m.month_idx - c.first_idx + 1 AS part,
  c.term_months AS parts,
  m.month_idx,
  half_up(c.list_credit_cents * (m.month_idx - c.first_idx + 1), c.term_months)
    - half_up(c.list_credit_cents * (m.month_idx - c.first_idx), c.term_months) AS list_part,
  half_up(c.price_paid_cents * (m.month_idx - c.first_idx + 1), c.term_months)
    - half_up(c.price_paid_cents * (m.month_idx - c.first_idx), c.term_months) AS paid_part,
  CASE WHEN m.month_idx >= COALESCE(r.replaced_from, 999999) THEN 1 ELSE 0 END AS is_superseded,
  CASE WHEN CAST(EXTRACT(DAY FROM c.start_date) AS BIGINT) = 1 THEN m.month_end
    ELSE CAST(m.month || '-' || LPAD(CAST(LEAST(CAST(EXTRACT(DAY FROM c.start_date) AS BIGINT), m.days) AS VARCHAR), 2, '0') || ' 00:00:00'
      AS TIMESTAMP) END AS part_end
FROM counted AS c
CROSS JOIN policy_month AS m
LEFT JOIN replaced AS r ON r.supersedes_id = c.purchase_id
WHERE m.month_idx >= c.first_idx AND m.month_idx < c.first_idx + c.term_months
