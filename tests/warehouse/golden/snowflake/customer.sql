-- customer for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH known AS (
  SELECT
    a.customer_id
  FROM stg_account AS a
  UNION
  SELECT
    c.customer_id
  FROM customer_month AS c
), firsts AS (
  SELECT
    c.customer_id,
    MIN(c.month_idx) AS first_month_idx
  FROM customer_month AS c
  WHERE
    c.mrr_cents > 0
  GROUP BY
    c.customer_id
), moved AS (
  SELECT
    c.customer_id,
    c.span_config
  FROM stg_billing_configuration AS c
  INNER JOIN policy_month AS m
    ON m.status = 'open'
  WHERE
    c.from_at < m.month_end AND c.to_at >= m.month_end
)
SELECT
  k.customer_id,
  CASE
    WHEN COALESCE(a.account_name, '') = ''
    THEN k.customer_id
    ELSE a.account_name
  END AS name,
  COALESCE(a.account_domain, '') AS domain,
  COALESCE(d.span_config, a.account_config, 'paid') AS billing_config,
  COALESCE(a.account_owner, '') AS owner_id,
  COALESCE(p.person_name, '') AS owner_name,
  COALESCE(a.account_segment, '') AS segment,
  COALESCE(a.account_region, '') AS region,
  COALESCE(r.target_id, '') AS billed_via,
  f.first_month_idx,
  COALESCE(a.account_health, '') AS health,
  a.last_contact_at
FROM known AS k
LEFT JOIN stg_account AS a
  ON a.customer_id = k.customer_id
LEFT JOIN redirect AS r
  ON r.source_customer_id = k.customer_id
LEFT JOIN firsts AS f
  ON f.customer_id = k.customer_id
LEFT JOIN moved AS d
  ON d.customer_id = k.customer_id
LEFT JOIN stg_person AS p
  ON p.person_id = a.account_owner
WHERE
  r.source_customer_id IS NULL OR r.redirect_kind = 'billed_via'
