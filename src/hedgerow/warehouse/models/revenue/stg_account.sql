-- model: stg_account
-- owner: revops
-- grain: customer_id
-- materialized: view
-- rules: REV-20, REV-4
-- description: The one reader of accounts. Start-up metadata is text and is read here (AUTO-11).
-- column customer_id: Billing customer id, not yet merged
-- column account_name: Shown name
-- column account_domain: E-mail domain
-- column account_config: Billing configuration before any dated move; paid when none is stated
-- column tax_status: with_tax or without_tax
-- column shared_id: Shared billing account of a multi-organization customer
-- column is_startup: 1 when the metadata reads as true
-- column is_startup_unclear: 1 when the metadata is neither a known true nor a known false
-- column credit_expires_at: When start-up credit expires
-- column parent_id: Parent company
-- column account_owner: Owner today
-- column account_segment: Segment today
-- column account_region: Hosting region
-- column account_health: Health as the CS tool states it
-- column last_contact_at: Last real contact
SELECT
  a.customer_id,
  COALESCE(a.name, '') AS account_name,
  COALESCE(a.domain, '') AS account_domain,
  COALESCE(a.billing_config, 'paid') AS account_config,
  COALESCE(a.tax_status, '') AS tax_status,
  COALESCE(a.shared_billing_id, '') AS shared_id,
  CASE WHEN LOWER(TRIM(COALESCE(a.is_startup_plan_customer, ''))) IN ('', 'false', '0', 'no') THEN 0 ELSE 1 END AS is_startup,
  CASE WHEN LOWER(TRIM(COALESCE(a.is_startup_plan_customer, ''))) IN ('', 'false', '0', 'no', 'true', '1', 'yes') THEN 0 ELSE 1 END
    AS is_startup_unclear,
  a.credit_expires_at,
  COALESCE(a.parent_customer_id, '') AS parent_id,
  COALESCE(a.owner_id, '') AS account_owner,
  COALESCE(a.segment, '') AS account_segment,
  COALESCE(a.region, '') AS account_region,
  COALESCE(a.health, '') AS account_health,
  a.last_contact_at
FROM raw_accounts AS a
