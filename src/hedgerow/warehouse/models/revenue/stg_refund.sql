-- model: stg_refund
-- owner: revops
-- grain: refund_id
-- materialized: view
-- rules: REV-20, REV-34, REV-49
-- description: The one reader of refunds, with the class of their reason unless one was set by hand.
-- column refund_id: Refund or credit note
-- column invoice_id: Invoice that is corrected
-- column refund_product: Product, or empty
-- column is_by_product: 1 when the refund names its product
-- column refund_amount: Positive cents given back
-- column refund_class: promo, outage, billing_correction or none
SELECT
  f.refund_id,
  f.invoice_id,
  COALESCE(k.product_key, '') AS refund_product,
  CASE WHEN f.product_key IS NULL OR f.product_key = '' THEN 0 ELSE 1 END AS is_by_product,
  f.cents AS refund_amount,
  COALESCE(f.adjustment_class, c.adjustment_class, 'none') AS refund_class
FROM raw_refunds AS f
LEFT JOIN stg_product AS k ON k.product_key = f.product_key
LEFT JOIN reason_class AS c ON c.reason = f.reason AND c.reason_source = 'refund'
