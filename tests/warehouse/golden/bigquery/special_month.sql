-- special_month for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH keys AS (
  SELECT
    i.customer_id,
    i.month_idx,
    MAX(i.period_end) AS last_end,
    CAST(NULL AS DATETIME) AS part_end
  FROM stg_invoice AS i
  INNER JOIN special_customer AS s
    ON s.customer_id = i.customer_id
  GROUP BY
    i.customer_id,
    i.month_idx
  UNION ALL
  SELECT
    p.customer_id,
    p.month_idx,
    CAST(NULL AS DATETIME) AS last_end,
    p.part_end
  FROM prepaid_span AS p
  UNION ALL
  SELECT
    a.customer_id,
    a.month_idx,
    CAST(NULL AS DATETIME) AS last_end,
    a.part_end
  FROM amortized_span AS a
  UNION ALL
  SELECT
    b.customer_id,
    b.month_idx,
    CAST(NULL AS DATETIME) AS last_end,
    CAST(NULL AS DATETIME) AS part_end
  FROM subscription_month AS b
  UNION ALL
  SELECT
    e.customer_id,
    e.month_idx,
    CAST(NULL AS DATETIME) AS last_end,
    CAST(NULL AS DATETIME) AS part_end
  FROM stg_credit_event AS e
  UNION ALL
  SELECT
    v.customer_id,
    v.month_idx,
    CAST(NULL AS DATETIME) AS last_end,
    CAST(NULL AS DATETIME) AS part_end
  FROM stg_override AS v
  WHERE
    v.field_name = 'total_mrr' OR v.field_name = 'product_analytics_mrr'
), ended AS (
  SELECT
    k.customer_id,
    k.month_idx,
    COALESCE(MAX(k.last_end), MAX(k.part_end), MAX(m.month_end)) AS last_end
  FROM keys AS k
  INNER JOIN policy_month AS m
    ON m.month_idx = k.month_idx
  GROUP BY
    k.customer_id,
    k.month_idx
), months AS (
  SELECT
    e.customer_id,
    e.month_idx,
    e.last_end,
    CAST(e.last_end - INTERVAL '1' SECOND AS DATE) AS last_day
  FROM ended AS e
), moved AS (
  SELECT
    n.customer_id,
    n.month_idx,
    c.span_config
  FROM months AS n
  INNER JOIN stg_billing_configuration AS c
    ON c.customer_id = n.customer_id
  WHERE
    c.from_at < n.last_end AND c.to_at >= n.last_end
), contracted AS (
  SELECT
    n.customer_id,
    n.month_idx,
    c.contract_ppm,
    c.is_package_charged,
    c.contract_id,
    ROW_NUMBER() OVER (
      PARTITION BY n.customer_id, n.month_idx
      ORDER BY c.start_date DESC, c.contract_id DESC
    ) AS nth
  FROM months AS n
  INNER JOIN stg_contract AS c
    ON c.customer_id = n.customer_id
  WHERE
    CAST(c.start_date AS DATETIME) < n.last_end
    AND CAST(c.end_date AS DATETIME) >= n.last_end
), bought AS (
  SELECT
    p.customer_id,
    p.purchase_id,
    p.start_date,
    p.purchase_ppm,
    p.term_months,
    CAST(EXTRACT(YEAR FROM p.start_date) AS INT64) * 12 + CAST(EXTRACT(MONTH FROM p.start_date) AS INT64) - 1 AS start_idx,
    CAST(EXTRACT(DAY FROM p.start_date) AS INT64) AS start_day
  FROM stg_credit_purchase AS p
  WHERE
    p.purchase_kind = 'purchase'
    AND (
      p.purchase_status = 'invoiced'
      OR p.purchase_status = 'paid'
      OR p.purchase_status = 'exhausted'
      OR p.purchase_status = 'expired'
    )
), prepaid AS (
  SELECT
    n.customer_id,
    n.month_idx,
    p.purchase_ppm,
    ROW_NUMBER() OVER (
      PARTITION BY n.customer_id, n.month_idx
      ORDER BY p.start_date DESC, p.purchase_id DESC
    ) AS nth
  FROM months AS n
  INNER JOIN bought AS p
    ON p.customer_id = n.customer_id
  INNER JOIN policy_month AS m
    ON m.month_idx = n.month_idx
  WHERE
    CAST(p.start_date AS DATETIME) < n.last_end
    AND n.month_idx - p.start_idx - CASE
      WHEN CAST(EXTRACT(DAY FROM n.last_day) AS INT64) < LEAST(p.start_day, m.days)
      THEN 1
      ELSE 0
    END < p.term_months
)
SELECT
  n.customer_id,
  n.month_idx,
  n.last_end,
  COALESCE(d.span_config, a.account_config, 'paid') AS billing_config,
  COALESCE(v.override_units, c.contract_ppm, p.purchase_ppm, 0) AS contract_ppm,
  COALESCE(c.is_package_charged, 1) AS is_package_charged,
  COALESCE(c.contract_id, '') AS contract_id
FROM months AS n
LEFT JOIN stg_account AS a
  ON a.customer_id = n.customer_id
LEFT JOIN moved AS d
  ON d.customer_id = n.customer_id AND d.month_idx = n.month_idx
LEFT JOIN contracted AS c
  ON c.customer_id = n.customer_id AND c.month_idx = n.month_idx AND c.nth = 1
LEFT JOIN prepaid AS p
  ON p.customer_id = n.customer_id AND p.month_idx = n.month_idx AND p.nth = 1
LEFT JOIN stg_override AS v
  ON v.customer_id = n.customer_id
  AND v.month_idx = n.month_idx
  AND v.field_name = 'discount_percent'
