-- special_line for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  i.invoice_id,
  l.line_product,
  CAST(SUM(
    CASE
      WHEN l.line_kind = 'platform_package'
      AND i.treatment = 'covered_usage'
      AND i.is_package_charged = 0
      THEN 0
      ELSE l.line_cents
    END
  ) AS BIGINT) AS product_cents,
  CAST(SUM(
    CASE
      WHEN l.line_kind = 'platform_package'
      AND i.treatment = 'covered_usage'
      AND i.is_package_charged = 0
      THEN l.line_cents
      ELSE 0
    END
  ) AS BIGINT) AS comped_cents
FROM stg_invoice_line AS l
INNER JOIN special_invoice AS i
  ON i.invoice_id = l.invoice_id
GROUP BY
  i.invoice_id,
  l.line_product
