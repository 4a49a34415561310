-- model: stg_organization
-- owner: revops
-- grain: organization_id
-- materialized: view
-- rules: REV-20
-- description: The one reader of organizations.
-- column organization_id: Organization
-- column customer_id: Canonical customer
SELECT o.organization_id, COALESCE(r.target_id, o.customer_id) AS customer_id
FROM raw_organizations AS o
LEFT JOIN redirect AS r ON r.source_customer_id = o.customer_id
