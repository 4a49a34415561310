-- special_invoice for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH charged AS (
  SELECT
    h.invoice_id,
    1 AS is_credit_charge
  FROM amortized_charge AS h
)
SELECT
  i.invoice_id,
  i.source_customer_id,
  i.customer_id,
  i.invoice_organization,
  i.month_idx,
  i.invoice_type,
  i.invoice_class,
  i.provider_role,
  i.period_start,
  i.period_end,
  i.final_at,
  i.invoice_tax,
  i.stated_discount,
  i.invoice_credit,
  n.billing_config,
  n.contract_ppm,
  n.is_package_charged,
  CASE
    WHEN COALESCE(h.is_credit_charge, 0) = 1
    THEN 'credit_charge'
    WHEN n.billing_config = 'free'
    THEN 'free'
    WHEN i.invoice_type = 'annual'
    THEN 'prepaid'
    WHEN (
      n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized'
    )
    AND i.invoice_class = 'annual'
    THEN 'covered_usage'
    WHEN n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized'
    THEN 'standard_ex_tax'
    WHEN n.billing_config = 'startup' AND i.invoice_class = 'startup'
    THEN 'startup'
    ELSE 'standard'
  END AS treatment
FROM stg_invoice AS i
INNER JOIN special_month AS n
  ON n.customer_id = i.customer_id AND n.month_idx = i.month_idx
LEFT JOIN charged AS h
  ON h.invoice_id = i.invoice_id
