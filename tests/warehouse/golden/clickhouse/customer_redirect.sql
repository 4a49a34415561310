-- customer_redirect for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  r.source_customer_id AS source_customer_id,
  r.target_id AS customer_id,
  r.redirect_kind AS kind,
  r.redirect_note AS note
FROM redirect AS r
