-- special_refund for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  i.customer_id,
  i.month_idx,
  f.refund_product,
  CAST(SUM(f.refund_amount) AS BIGINT) AS refund_cents,
  CAST(SUM(CASE WHEN i.treatment = 'covered_usage' THEN f.refund_amount ELSE 0 END) AS BIGINT) AS usage_refund_cents,
  CAST(SUM(CASE WHEN i.treatment = 'standard_ex_tax' THEN f.refund_amount ELSE 0 END) AS BIGINT) AS rate_refund_cents,
  CAST(SUM(
    CASE
      WHEN i.treatment = 'standard_ex_tax'
      THEN f.refund_amount * f.is_by_product
      ELSE 0
    END
  ) AS BIGINT) AS product_rate_refund_cents,
  CAST(SUM(
    CASE
      WHEN i.treatment = 'credit_charge' OR i.treatment = 'prepaid'
      THEN 0
      ELSE f.refund_amount * f.is_by_product
    END
  ) AS BIGINT) AS product_refund_cents
FROM stg_refund AS f
INNER JOIN special_invoice AS i
  ON i.invoice_id = f.invoice_id
WHERE
  i.treatment <> 'free'
GROUP BY
  i.customer_id,
  i.month_idx,
  f.refund_product
