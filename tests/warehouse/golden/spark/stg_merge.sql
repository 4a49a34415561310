-- stg_merge for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  m.source_customer_id,
  m.canonical_customer_id,
  m.kind AS merge_kind,
  COALESCE(m.note, '') AS merge_note
FROM raw_merges AS m
