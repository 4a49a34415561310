-- model: redirect
-- owner: revops
-- grain: source_customer_id
-- materialized: work
-- rules: REV-16, REV-22, REV-40
-- description: Every billing customer whose rows count under another one: merged accounts, and organizations that are
--   billed through a shared account (the lowest id of the group, shorter ids first).
-- column source_customer_id: Billing customer id as it stands in the sources
-- column target_id: Canonical customer
-- column redirect_kind: Kind of merge, or billed_via
-- column redirect_note: In words
WITH grouped AS (
  SELECT
    a.customer_id,
    a.shared_id,
    ROW_NUMBER() OVER (PARTITION BY a.shared_id ORDER BY LENGTH(a.customer_id), a.customer_id) AS nth
  FROM stg_account AS a
  WHERE a.account_config = 'multi_org_shared' AND a.shared_id <> ''
),
shared AS (
  SELECT g.customer_id, f.customer_id AS lead_id
  FROM grouped AS g
  INNER JOIN grouped AS f ON f.shared_id = g.shared_id AND f.nth = 1
)
SELECT
  m.source_customer_id,
  COALESCE(s.lead_id, m.canonical_customer_id) AS target_id,
  m.merge_kind AS redirect_kind,
  m.merge_note AS redirect_note
FROM stg_merge AS m
LEFT JOIN shared AS s ON s.customer_id = m.canonical_customer_id
UNION ALL
SELECT s.customer_id AS source_customer_id, s.lead_id AS target_id, 'billed_via' AS redirect_kind, '' AS redirect_note
FROM shared AS s
WHERE s.customer_id <> s.lead_id
  AND NOT EXISTS (SELECT 1 FROM stg_merge AS m WHERE m.source_customer_id = s.customer_id)
