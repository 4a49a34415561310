-- customer_member for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  r.source_customer_id,
  r.customer_id,
  r.kind,
  r.note
FROM customer_redirect AS r
UNION ALL
SELECT
  c.customer_id AS source_customer_id,
  c.customer_id,
  'itself' AS kind,
  '' AS note
FROM customer AS c
WHERE
  c.billed_via = ''
