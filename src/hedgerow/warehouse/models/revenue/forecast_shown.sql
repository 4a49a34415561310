-- model: forecast_shown
-- owner: revops
-- grain: customer_id, month_idx
-- materialized: work
-- rules: REV-69, REV-103, REV-104
-- description: What the months from the open one on hold today: the total, and the part of it that rests on upcoming rows; the rest is completed.
-- column customer_id: Canonical customer
-- column month_idx: Open or forward month
-- column billing_config: Configuration in force
-- column is_fixed: 1 when usage does not move the total: a split prepayment or charge, a free account, a total set by hand
-- column fixed_by: Which of these, or empty
-- column total_cents: Total of the month as it stands
-- column upcoming_cents: Part that rests on upcoming rows
-- column credit_cents: Balance credit on upcoming rows, already taken off that part
-- column subscribed_cents: Part of that which is a subscription without invoices
-- column shown_end: Last end of an upcoming row, 1970-01-01 without one
-- column tax_cents: Tax of the month's invoices
-- column products_cents: Products of the month's invoices
WITH ahead AS (
  SELECT k.customer_no, k.customer_id, k.is_special, c.month_idx, COALESCE(x.billing_config, k.plain_config) AS billing_config, c.total_cents,
    COALESCE(x.is_overridden, 0) AS is_overridden, COALESCE(x.is_straight_line_annual, 0) AS is_straight_line_annual,
    m.includes_tax_paid, m.annual_basis
  FROM customer_fact AS c
  INNER JOIN policy_month AS m ON m.month_idx = c.month_idx AND m.status <> 'closed'
  INNER JOIN customer_key AS k ON k.customer_no = c.customer_no
  LEFT JOIN special_fact AS x ON x.customer_no = c.customer_no AND x.month_idx = c.month_idx
),
both_kinds AS (
  SELECT a.customer_id, a.month_idx, a.includes_tax_paid
  FROM ahead AS a
  INNER JOIN invoice_month AS i ON i.customer_no = a.customer_no AND i.month_idx = a.month_idx
  WHERE a.is_special = 0 AND i.completed_end > CAST('1970-01-01 00:00:00' AS TIMESTAMP)
    AND GREATEST(i.upcoming_end, i.duplicated_end) > CAST('1970-01-01 00:00:00' AS TIMESTAMP)
),
both_invoice AS (
  SELECT b.customer_id, b.month_idx, i.invoice_id, i.invoice_tax * b.includes_tax_paid AS tax_part
  FROM both_kinds AS b
  INNER JOIN stg_invoice AS i ON i.customer_id = b.customer_id AND i.month_idx = b.month_idx
  WHERE i.invoice_type = 'upcoming' OR i.invoice_type = 'upcoming_duplicated'
),
both_part AS (
  SELECT b.customer_id, b.month_idx, b.tax_part AS part_cents FROM both_invoice AS b
  UNION ALL
  SELECT b.customer_id, b.month_idx, l.line_cents AS part_cents
  FROM both_invoice AS b INNER JOIN stg_invoice_line AS l ON l.invoice_id = b.invoice_id
),
both_sum AS (
  SELECT p.customer_id, p.month_idx, CAST(SUM(p.part_cents) AS BIGINT) AS upcoming_cents FROM both_part AS p GROUP BY p.customer_id, p.month_idx
),
special_row AS (
  SELECT c.customer_id, c.month_idx, c.contract_ppm, c.treatment, c.period_end, c.charge_cents, c.credit_cents, c.products_cents, c.tax_cents,
    c.stated_discount,
    CASE WHEN c.invoice_type = 'upcoming' OR c.invoice_type = 'upcoming_duplicated' THEN 1 ELSE 0 END AS is_upcoming
  FROM invoice_charge AS c
  INNER JOIN policy_month AS m ON m.month_idx = c.month_idx AND m.status <> 'closed'
),
special_sum AS (
  SELECT r.customer_id, r.month_idx, MAX(r.contract_ppm) AS contract_ppm,
    MAX(CASE WHEN r.is_upcoming = 1 THEN r.period_end ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMP) END) AS shown_end,
    CAST(SUM(CASE WHEN r.is_upcoming = 1 THEN r.charge_cents ELSE 0 END) AS BIGINT) AS charge_cents,
    CAST(SUM(CASE WHEN r.is_upcoming = 1 THEN r.credit_cents ELSE 0 END) AS BIGINT) AS credit_cents,
    CAST(SUM(CASE WHEN r.treatment = 'covered_usage' AND r.stated_discount IS NULL THEN r.products_cents ELSE 0 END) AS BIGINT) AS covered_all,
    CAST(SUM(CASE WHEN r.treatment = 'covered_usage' AND r.stated_discount IS NULL AND r.is_upcoming = 0 THEN r.products_cents ELSE 0 END)
      AS BIGINT) AS covered_before,
    CAST(SUM(CASE WHEN r.treatment = 'covered_usage' AND r.stated_discount IS NOT NULL AND r.is_upcoming = 1
      THEN r.products_cents - r.stated_discount ELSE 0 END) AS BIGINT) AS stated_net,
    CAST(SUM(r.tax_cents) AS BIGINT) AS tax_cents,
    CAST(SUM(r.products_cents) AS BIGINT) AS products_cents
  FROM special_row AS r
  GROUP BY r.customer_id, r.month_idx
),
subscribed AS (
  SELECT b.customer_id, b.month_idx, CAST(SUM(b.subscription_cents) AS BIGINT) AS subscribed_cents
  FROM subscription_month AS b WHERE b.row_type <> 'completed' GROUP BY b.customer_id, b.month_idx
)
SELECT a.customer_id, a.month_idx, a.billing_config, 0 AS is_fixed, '' AS fixed_by, a.total_cents,
  CASE WHEN i.completed_end = CAST('1970-01-01 00:00:00' AS TIMESTAMP)
      AND GREATEST(i.upcoming_end, i.duplicated_end) > CAST('1970-01-01 00:00:00' AS TIMESTAMP) THEN a.total_cents
    ELSE COALESCE(b.upcoming_cents, 0) END AS upcoming_cents,
  CAST(0 AS BIGINT) AS credit_cents, CAST(0 AS BIGINT) AS subscribed_cents, GREATEST(i.upcoming_end, i.duplicated_end) AS shown_end, i.month_tax AS tax_cents,
  a.total_cents - i.month_tax * a.includes_tax_paid AS products_cents
FROM ahead AS a
INNER JOIN invoice_month AS i ON i.customer_no = a.customer_no AND i.month_idx = a.month_idx
LEFT JOIN both_sum AS b ON b.customer_id = a.customer_id AND b.month_idx = a.month_idx
WHERE a.is_special = 0
UNION ALL
SELECT a.customer_id, a.month_idx, a.billing_config,
  CASE WHEN a.is_overridden = 1 OR a.billing_config = 'free' OR a.billing_config = 'annual_amortized' OR a.is_straight_line_annual = 1
    THEN 1 ELSE 0 END AS is_fixed,
  CASE WHEN a.is_overridden = 1 THEN 'override' WHEN a.billing_config = 'free' THEN 'free'
    WHEN a.billing_config = 'annual_amortized' OR a.is_straight_line_annual = 1 THEN 'split' ELSE '' END AS fixed_by,
  a.total_cents,
  CASE WHEN a.is_overridden = 1 THEN CAST(0 AS BIGINT)
    ELSE COALESCE(s.charge_cents, 0) - COALESCE(s.credit_cents, 0)
      + CASE WHEN a.billing_config = 'free' THEN 0 ELSE COALESCE(b.subscribed_cents, 0) END
      + CASE WHEN a.billing_config = 'annual_upfront' AND a.is_straight_line_annual = 0
        THEN half_up(CAST(COALESCE(s.covered_all, 0) AS HUGEINT) * (1000000 - COALESCE(s.contract_ppm, 0)), 1000000)
          - half_up(CAST(COALESCE(s.covered_before, 0) AS HUGEINT) * (1000000 - COALESCE(s.contract_ppm, 0)), 1000000)
          + COALESCE(s.stated_net, 0)
        ELSE 0 END END AS upcoming_cents,
  COALESCE(s.credit_cents, 0) AS credit_cents,
  CASE WHEN a.billing_config = 'free' THEN CAST(0 AS BIGINT) ELSE COALESCE(b.subscribed_cents, 0) END AS subscribed_cents,
  COALESCE(s.shown_end, CAST('1970-01-01 00:00:00' AS TIMESTAMP)) AS shown_end,
  COALESCE(s.tax_cents, 0) AS tax_cents, COALESCE(s.products_cents, 0) AS products_cents
FROM ahead AS a
LEFT JOIN special_sum AS s ON s.customer_id = a.customer_id AND s.month_idx = a.month_idx
LEFT JOIN subscribed AS b ON b.customer_id = a.customer_id AND b.month_idx = a.month_idx
WHERE a.is_special = 1
