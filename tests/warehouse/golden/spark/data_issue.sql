-- data_issue for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH provider_count AS (
  SELECT
    p.customer_id,
    CAST(COUNT(*) AS BIGINT) AS accounts,
    CAST(COUNT(*) - COUNT(DISTINCT p.source_customer_id) AS BIGINT) AS doubled,
    CAST(SUM(CASE WHEN p.provider_role = 'credits' THEN 1 ELSE 0 END) AS BIGINT) AS credits_accounts,
    CAST(SUM(CASE WHEN p.provider_role = 'usage' THEN 1 ELSE 0 END) AS BIGINT) AS usage_accounts
  FROM stg_provider_customer AS p
  GROUP BY
    p.customer_id
), running AS (
  SELECT
    s.customer_id,
    CAST(COUNT(*) AS BIGINT) AS subscriptions,
    MIN(s.start_date) AS first_start
  FROM stg_subscription AS s
  CROSS JOIN policy_month AS m
  WHERE
    s.monthly_cents IS NULL
    AND m.status = 'open'
    AND CAST(s.start_date AS TIMESTAMP_NTZ) < m.month_end
    AND (
      s.end_date IS NULL OR CAST(s.end_date AS TIMESTAMP_NTZ) >= m.month_end
    )
  GROUP BY
    s.customer_id
), subscription_count AS (
  SELECT
    s.customer_id,
    s.provider_customer_id,
    CAST(COUNT(*) AS BIGINT) AS subscriptions
  FROM stg_subscription AS s
  CROSS JOIN policy_month AS m
  WHERE
    s.monthly_cents IS NULL
    AND m.status = 'open'
    AND CAST(s.start_date AS TIMESTAMP_NTZ) < m.month_end
    AND (
      s.end_date IS NULL OR CAST(s.end_date AS TIMESTAMP_NTZ) >= m.month_end
    )
  GROUP BY
    s.customer_id,
    s.provider_customer_id
), paid_plan AS (
  SELECT
    c.customer_id,
    c.billing_config
  FROM customer AS c
  WHERE
    c.billing_config = 'paid'
    OR c.billing_config = 'startup'
    OR c.billing_config = 'annual_upfront'
), gapped AS (
  SELECT
    c.customer_no
  FROM customer_fact AS c
  GROUP BY
    c.customer_no
  HAVING
    MAX(c.month_idx) - MIN(c.month_idx) + 1 > COUNT(*)
), gap AS (
  SELECT
    k.customer_id,
    c.month_idx,
    c.month_idx - LAG(c.month_idx, 1, c.month_idx - 1) OVER (PARTITION BY c.customer_no ORDER BY c.month_idx NULLS LAST) - 1 AS gap_months
  FROM customer_fact AS c
  INNER JOIN gapped AS g
    ON g.customer_no = c.customer_no
  INNER JOIN customer_key AS k
    ON k.customer_no = c.customer_no
), first_purchase AS (
  SELECT
    p.customer_id,
    MIN(p.paid_at) AS first_paid_at,
    MIN(p.purchase_id) AS purchase_id
  FROM stg_credit_purchase AS p
  WHERE
    p.purchase_kind = 'purchase'
    AND p.purchase_status <> 'draft'
    AND p.purchase_status <> 'void'
  GROUP BY
    p.customer_id
)
SELECT
  'unmapped_line' AS code,
  'REV-3' AS rule,
  l.customer_id,
  l.month_idx,
  l.invoice_id AS record_id,
  CASE
    WHEN l.stated_product = ''
    THEN 'the line names no product'
    ELSE 'unknown product ' || l.stated_product
  END AS detail
FROM stg_invoice_line AS l
WHERE
  l.line_product = ''
  AND NOT EXISTS(
    SELECT
      1
    FROM amortized_charge AS h
    WHERE
      h.invoice_id = l.invoice_id
  )
UNION ALL
SELECT
  'non_default_price' AS code,
  'REV-3' AS rule,
  l.customer_id,
  l.month_idx,
  l.invoice_id AS record_id,
  l.line_product || ' is billed at ' || l.line_price || ', the default is ' || l.default_price AS detail
FROM stg_invoice_line AS l
INNER JOIN paid_plan AS p
  ON p.customer_id = l.customer_id
WHERE
  l.line_price <> '' AND l.default_price <> '' AND l.line_price <> l.default_price
UNION ALL
SELECT
  'multiple_accounts' AS code,
  CASE WHEN p.billing_config = 'annual_upfront' THEN 'REV-152' ELSE 'REV-3' END AS rule,
  p.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  CAST(n.accounts AS STRING) || ' payment-provider customers; exactly 1 is expected' AS detail
FROM paid_plan AS p
INNER JOIN provider_count AS n
  ON n.customer_id = p.customer_id
WHERE
  n.doubled > 0
UNION ALL
SELECT
  'multiple_subscriptions' AS code,
  CASE WHEN p.billing_config = 'annual_upfront' THEN 'REV-152' ELSE 'REV-3' END AS rule,
  p.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  CAST(r.subscriptions AS STRING) || ' running subscriptions; exactly 1 is expected' AS detail
FROM paid_plan AS p
INNER JOIN running AS r
  ON r.customer_id = p.customer_id
WHERE
  r.subscriptions > 1
UNION ALL
SELECT
  'multiple_subscriptions' AS code,
  'REV-152' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  s.provider_customer_id AS record_id,
  CAST(s.subscriptions AS STRING) || ' running subscriptions on one provider customer; exactly 1 is expected' AS detail
FROM customer AS c
INNER JOIN subscription_count AS s
  ON s.customer_id = c.customer_id
WHERE
  c.billing_config = 'annual_amortized' AND s.subscriptions > 1
UNION ALL
SELECT
  'startup_without_expiry' AS code,
  'REV-7' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  'credit_expires_at is missing; read as on credits while a balance is left' AS detail
FROM customer AS c
INNER JOIN stg_account AS a
  ON a.customer_id = c.customer_id
WHERE
  c.billing_config = 'startup' AND a.is_startup = 1 AND a.credit_expires_at IS NULL
UNION ALL
SELECT
  'startup_flag_unclear' AS code,
  'REV-4' AS rule,
  a.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  'is_startup_plan_customer is neither true nor false; read as true' AS detail
FROM stg_account AS a
WHERE
  a.is_startup_unclear = 1
UNION ALL
SELECT
  'amortized_unmerged' AS code,
  'REV-14' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  'only the ' || CASE WHEN COALESCE(n.credits_accounts, 0) > 0 THEN 'credits' ELSE 'usage' END || ' customer is here; its partner is not merged to it' AS detail
FROM customer AS c
INNER JOIN provider_count AS n
  ON n.customer_id = c.customer_id
WHERE
  c.billing_config = 'annual_amortized' AND n.accounts = 1
UNION ALL
SELECT
  'amortized_pair_incomplete' AS code,
  'REV-152' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  'exactly one credits and one usage customer are expected at the payment provider' AS detail
FROM customer AS c
LEFT JOIN provider_count AS n
  ON n.customer_id = c.customer_id
WHERE
  c.billing_config = 'annual_amortized'
  AND (
    COALESCE(n.credits_accounts, 0) <> 1 OR COALESCE(n.usage_accounts, 0) <> 1
  )
UNION ALL
SELECT
  'config_mismatch' AS code,
  'REV-17' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  'has a single provider customer beside a credits and usage pair; computed as ' || c.billing_config AS detail
FROM customer AS c
INNER JOIN provider_count AS n
  ON n.customer_id = c.customer_id
WHERE
  (
    n.credits_accounts > 0 OR n.usage_accounts > 0
  )
  AND (
    n.accounts > n.credits_accounts + n.usage_accounts
    OR c.billing_config <> 'annual_amortized'
  )
UNION ALL
SELECT
  'subscription_before_payment' AS code,
  'REV-152' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  f.purchase_id AS record_id,
  'the subscription started before the credit invoice was paid' AS detail
FROM customer AS c
INNER JOIN first_purchase AS f
  ON f.customer_id = c.customer_id
INNER JOIN running AS r
  ON r.customer_id = c.customer_id
WHERE
  c.billing_config = 'annual_upfront'
  AND (
    f.first_paid_at IS NULL
    OR CAST(r.first_start AS TIMESTAMP_NTZ) < CAST(CAST(f.first_paid_at AS DATE) AS TIMESTAMP_NTZ)
  )
UNION ALL
SELECT DISTINCT
  c.billing_config AS code,
  'REV-17' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  CASE
    WHEN c.billing_config = 'legacy'
    THEN 'imported as it is'
    ELSE 'computed on the sum; the configuration is not supported'
  END AS detail
FROM customer AS c
WHERE
  c.billing_config = 'legacy' OR c.billing_config = 'unsupported'
UNION ALL
SELECT DISTINCT
  'package_comped' AS code,
  'REV-153' AS rule,
  c.customer_id,
  c.month_idx,
  c.invoice_id AS record_id,
  'the support package is not charged against credit' AS detail
FROM invoice_charge AS c
INNER JOIN special_line AS l
  ON l.invoice_id = c.invoice_id
WHERE
  l.comped_cents <> 0
UNION ALL
SELECT
  'billed_via' AS code,
  'REV-16' AS rule,
  r.source_customer_id AS customer_id,
  CAST(NULL AS INT) AS month_idx,
  r.target_id AS record_id,
  'shown with 0; billed through ' || r.target_id AS detail
FROM redirect AS r
WHERE
  r.redirect_kind = 'billed_via'
UNION ALL
SELECT
  'gap_no_invoice' AS code,
  'REV-65' AS rule,
  g.customer_id,
  g.month_idx,
  '' AS record_id,
  'no invoice for ' || CAST(g.gap_months AS STRING) || ' month(s) before this one; read as 0' AS detail
FROM gap AS g
WHERE
  g.gap_months > 0
UNION ALL
SELECT
  'split_outside_configuration' AS code,
  'REV-8' AS rule,
  n.customer_id,
  n.month_idx,
  p.purchase_id AS record_id,
  'a part of the prepayment falls into a month configured as ' || n.billing_config || ' and counts nowhere' AS detail
FROM prepaid_span AS p
INNER JOIN special_month AS n
  ON n.customer_id = p.customer_id AND n.month_idx = p.month_idx
WHERE
  n.billing_config <> 'annual_upfront' AND p.is_superseded = 0
UNION ALL
SELECT
  'unallocated_refund' AS code,
  'REV-34' AS rule,
  k.customer_id,
  c.month_idx,
  '' AS record_id,
  'a refund names no product; it lowers the total only' AS detail
FROM special_fact AS c
INNER JOIN customer_key AS k
  ON k.customer_no = c.customer_no
WHERE
  c.unallocated_refund_cents <> 0
UNION ALL
SELECT
  'trial_flag_overdue' AS code,
  'REV-41' AS rule,
  t.customer_id,
  t.from_month_idx AS month_idx,
  '' AS record_id,
  'a trial flag is still open after more than ' || CAST(60 AS STRING) || ' days' AS detail
FROM stg_trial_flag AS t
CROSS JOIN policy_month AS m
WHERE
  m.status = 'open' AND t.is_open_ended = 1 AND t.set_on < m.trial_flag_since
UNION ALL
SELECT
  'unknown_account' AS code,
  'REV-3' AS rule,
  c.customer_id,
  CAST(NULL AS INT) AS month_idx,
  '' AS record_id,
  'has invoices and is not in accounts; read as paid' AS detail
FROM customer AS c
WHERE
  NOT c.first_month_idx IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM stg_account AS a
    WHERE
      a.customer_id = c.customer_id
  )
