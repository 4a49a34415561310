-- stg_invoice for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  i.invoice_id AS invoice_id,
  i.customer_id AS source_customer_id,
  COALESCE(r.target_id, i.customer_id) AS customer_id,
  COALESCE(i.organization_id, '') AS invoice_organization,
  COALESCE(p.provider_role, 'single') AS provider_role,
  i.type AS invoice_type,
  i.classification AS invoice_class,
  i.period_start AS period_start,
  i.period_end AS period_end,
  COALESCE(i.finalized_at, i.period_end) AS final_at,
  CAST(CAST(EXTRACT(YEAR FROM i.period_end) AS Nullable(Int64)) * 12 + CAST(EXTRACT(MONTH FROM i.period_end) AS Nullable(Int64)) - 1 - CASE
    WHEN CAST(EXTRACT(DAY FROM i.period_end) AS Nullable(Int64)) = 1
    AND CAST(CAST(i.period_end AS Nullable(Date32)) AS Nullable(DateTime64(6, 'UTC'))) = i.period_end
    THEN 1
    ELSE 0
  END AS Nullable(Int32)) AS month_idx,
  COALESCE(i.tax_cents, 0) AS invoice_tax,
  i.discount_cents AS stated_discount,
  COALESCE(i.credit_applied_cents, 0) AS invoice_credit
FROM raw_invoices AS i
LEFT JOIN redirect AS r
  ON r.source_customer_id = i.customer_id
LEFT JOIN stg_provider_customer AS p
  ON p.provider_customer_id = i.provider_customer_id
WHERE
  COALESCE(i.status, 'paid') <> 'void' AND COALESCE(i.status, 'paid') <> 'draft'
