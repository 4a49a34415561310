-- model: stg_merge
-- owner: revops
-- grain: source_customer_id
-- materialized: view
-- rules: REV-20, REV-22
-- description: The one reader of merges: source ids straight to canonical ids.
-- column source_customer_id: Id that is replaced
-- column canonical_customer_id: Id that stays
-- column merge_kind: Why they are one customer
-- column merge_note: In words
SELECT m.source_customer_id, m.canonical_customer_id, m.kind AS merge_kind, COALESCE(m.note, '') AS merge_note
FROM raw_merges AS m
