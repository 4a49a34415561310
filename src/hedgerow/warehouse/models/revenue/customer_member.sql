-- model: customer_member
-- owner: revops
-- grain: source_customer_id
-- materialized: query
-- rules: REV-22, REV-40
-- description: Every billing customer id and the canonical customer that it counts under; itself when it was not
--   merged.
-- column source_customer_id: Billing customer id in the sources
-- column customer_id: Canonical customer
-- column kind: Kind of merge, billed_via, or itself
-- column note: In words
SELECT r.source_customer_id, r.customer_id, r.kind, r.note FROM customer_redirect AS r
UNION ALL
SELECT c.customer_id AS source_customer_id, c.customer_id, 'itself' AS kind, '' AS note FROM customer AS c WHERE c.billed_via = ''
