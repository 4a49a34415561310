-- stg_account for postgres; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  a.customer_id,
  COALESCE(a.name, '') AS account_name,
  COALESCE(a.domain, '') AS account_domain,
  COALESCE(a.billing_config, 'paid') AS account_config,
  COALESCE(a.tax_status, '') AS tax_status,
  COALESCE(a.shared_billing_id, '') AS shared_id,
  CASE
    WHEN LOWER(TRIM(COALESCE(a.is_startup_plan_customer, ''))) IN ('', 'false', '0', 'no')
    THEN 0
    ELSE 1
  END AS is_startup,
  CASE
    WHEN LOWER(TRIM(COALESCE(a.is_startup_plan_customer, ''))) IN ('', 'false', '0', 'no', 'true', '1', 'yes')
    THEN 0
    ELSE 1
  END AS is_startup_unclear,
  a.credit_expires_at,
  COALESCE(a.parent_customer_id, '') AS parent_id,
  COALESCE(a.owner_id, '') AS account_owner,
  COALESCE(a.segment, '') AS account_segment,
  COALESCE(a.region, '') AS account_region,
  COALESCE(a.health, '') AS account_health,
  a.last_contact_at
FROM raw_accounts AS a
