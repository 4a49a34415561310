-- model: amortized_span
-- owner: revops
-- grain: invoice_id, part
-- materialized: table
-- rules: REV-12, REV-13, REV-30
-- description: Recurring credit charges, each split over the months from the one it first covers to the next charge;
--   the last one runs to the end of its contract. While the contract runs, the last known charge is not the last one:
--   it is read to cover its own period, or as long as the charge before, up to the contract's end.
-- column invoice_id: Credit charge
-- column customer_id: Canonical customer
-- column part: Which part, from 1
-- column parts: How many parts
-- column month_idx: Month it counts in
-- column part_end: First instant after the sub-period
-- column paid_part: Part of the charge, cents
WITH charge AS (
  SELECT c.invoice_id, c.customer_id, c.charged, c.period_start,
    CAST(CAST(EXTRACT(YEAR FROM c.period_start) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM c.period_start) AS BIGINT) - 1
      + CASE WHEN CAST(EXTRACT(DAY FROM c.period_start) AS BIGINT) > 1 OR CAST(CAST(c.period_start AS DATE) AS TIMESTAMP) < c.period_start THEN 1 ELSE 0 END AS INTEGER) AS first_idx,
    CAST(CAST(EXTRACT(YEAR FROM c.period_end) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM c.period_end) AS BIGINT) - 1
      + CASE WHEN CAST(EXTRACT(DAY FROM c.period_end) AS BIGINT) > 1 OR CAST(CAST(c.period_end AS DATE) AS TIMESTAMP) < c.period_end THEN 1 ELSE 0 END AS INTEGER) AS own_end_idx
  FROM amortized_charge AS c
  INNER JOIN stg_invoice AS i ON i.invoice_id = c.invoice_id AND i.invoice_type = 'completed'
),
agreed AS (
  SELECT c.invoice_id, MAX(k.end_idx) AS end_idx, MAX(CASE WHEN CAST(k.end_date AS TIMESTAMP) > m.month_start THEN 1 ELSE 0 END) AS is_running
  FROM charge AS c
  INNER JOIN stg_contract AS k ON k.customer_id = c.customer_id
  INNER JOIN policy_month AS m ON m.status = 'open'
  WHERE CAST(k.start_date AS TIMESTAMP) <= c.period_start AND CAST(k.end_date AS TIMESTAMP) > c.period_start
  GROUP BY c.invoice_id
),
ordered AS (
  SELECT c.*,
    LEAD(c.first_idx, 1, 0) OVER (PARTITION BY c.customer_id ORDER BY c.period_start, c.invoice_id) AS next_idx,
    c.first_idx - LAG(c.first_idx, 1, c.first_idx) OVER (PARTITION BY c.customer_id ORDER BY c.period_start, c.invoice_id) AS before_parts
  FROM charge AS c
),
spans AS (
  SELECT o.invoice_id, o.customer_id, o.charged, o.period_start, o.first_idx, o.own_end_idx, o.next_idx, o.before_parts,
    GREATEST(1, CASE
      WHEN o.next_idx > 0 THEN o.next_idx - o.first_idx
      WHEN COALESCE(a.is_running, 1) = 0 THEN a.end_idx - o.first_idx
      ELSE LEAST(GREATEST(o.own_end_idx - o.first_idx, o.before_parts), COALESCE(a.end_idx, 999999) - o.first_idx) END) AS parts
  FROM ordered AS o
  LEFT JOIN agreed AS a ON a.invoice_id = o.invoice_id
)
SELECT
  s.invoice_id,
  s.customer_id,
  m.month_idx - s.first_idx + 1 AS part,
  s.parts,
  m.month_idx,
  CASE WHEN CAST(EXTRACT(DAY FROM s.period_start) AS BIGINT) = 1 THEN m.month_end
    ELSE CAST(m.month || '-' || LPAD(CAST(LEAST(CAST(EXTRACT(DAY FROM s.period_start) AS BIGINT), m.days) AS VARCHAR), 2, '0') || ' 00:00:00'
      AS TIMESTAMP) END AS part_end,
  half_up(s.charged * (m.month_idx - s.first_idx + 1), s.parts)
    - half_up(s.charged * (m.month_idx - s.first_idx), s.parts) AS paid_part
FROM spans AS s
CROSS JOIN policy_month AS m
WHERE m.month_idx >= s.first_idx AND m.month_idx < s.first_idx + s.parts
