-- customer for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH known AS (
  SELECT
    a.customer_id
  FROM stg_account AS a
  UNION DISTINCT
  SELECT
    c.customer_id
  FROM customer_key AS c
), paid AS (
  SELECT
    c.customer_no,
    MIN(c.month_idx) AS first_month_idx
  FROM customer_fact AS c
  WHERE
    c.mrr_cents > 0
  GROUP BY
    c.customer_no
), firsts AS (
  SELECT
    n.customer_id,
    p.first_month_idx
  FROM paid AS p
  INNER JOIN customer_key AS n
    ON n.customer_no = p.customer_no
), moved AS (
  SELECT
    c.customer_id,
    c.span_config
  FROM stg_billing_configuration AS c
  INNER JOIN policy_month AS m
    ON m.status = 'open'
  WHERE
    c.from_at < m.month_end AND c.to_at >= m.month_end
), redirected AS (
  SELECT
    r.source_customer_id,
    r.target_id,
    CASE WHEN r.redirect_kind = 'billed_via' THEN 0 ELSE 1 END AS is_merged
  FROM redirect AS r
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
LEFT JOIN redirected AS r
  ON r.source_customer_id = k.customer_id
LEFT JOIN firsts AS f
  ON f.customer_id = k.customer_id
LEFT JOIN moved AS d
  ON d.customer_id = k.customer_id
LEFT JOIN stg_person AS p
  ON p.person_id = a.account_owner
WHERE
  COALESCE(r.is_merged, 0) = 0
