-- invoice_charge for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH lines AS (
  SELECT
    l.invoice_id AS invoice_id,
    CAST(SUM(l.product_cents) AS Nullable(Int64)) AS products
  FROM special_line AS l
  GROUP BY
    l.invoice_id
), covered AS (
  SELECT
    c.invoice_id AS invoice_id,
    c.cover_cents AS cover_cents,
    1 AS may_draw
  FROM startup_cover AS c
), base AS (
  SELECT
    i.invoice_id AS invoice_id,
    i.source_customer_id AS source_customer_id,
    i.customer_id AS customer_id,
    i.invoice_organization AS invoice_organization,
    i.month_idx AS month_idx,
    i.invoice_type AS invoice_type,
    i.invoice_class AS invoice_class,
    i.provider_role AS provider_role,
    i.period_start AS period_start,
    i.period_end AS period_end,
    i.final_at AS final_at,
    i.invoice_tax AS invoice_tax,
    i.stated_discount AS stated_discount,
    i.invoice_credit AS invoice_credit,
    i.billing_config AS billing_config,
    i.contract_ppm AS contract_ppm,
    i.is_package_charged AS is_package_charged,
    i.treatment AS treatment,
    COALESCE(l.products, 0) AS products,
    COALESCE(c.cover_cents, 0) AS cover_cents,
    COALESCE(c.may_draw, 0) AS may_draw
  FROM special_invoice AS i
  LEFT JOIN lines AS l
    ON l.invoice_id = i.invoice_id
  LEFT JOIN covered AS c
    ON c.invoice_id = i.invoice_id
)
SELECT
  b.invoice_id AS invoice_id,
  b.customer_id AS customer_id,
  b.source_customer_id AS source_customer_id,
  b.invoice_organization AS invoice_organization,
  b.month_idx AS month_idx,
  b.invoice_type AS invoice_type,
  b.invoice_class AS invoice_class,
  b.provider_role AS provider_role,
  b.treatment AS treatment,
  b.billing_config AS billing_config,
  b.period_start AS period_start,
  b.period_end AS period_end,
  b.final_at AS final_at,
  b.contract_ppm AS contract_ppm,
  b.stated_discount AS stated_discount,
  b.products AS products_cents,
  b.invoice_tax AS tax_cents,
  b.cover_cents AS cover_cents,
  b.may_draw AS may_draw,
  CASE
    WHEN b.treatment = 'standard'
    OR b.treatment = 'standard_ex_tax'
    OR (
      b.treatment = 'startup' AND b.may_draw = 0
    )
    THEN b.invoice_credit
    ELSE 0
  END AS credit_cents,
  CASE
    WHEN b.treatment = 'standard' OR b.treatment = 'startup'
    THEN b.products + b.invoice_tax * m.includes_tax_paid - CASE WHEN b.may_draw = 1 THEN b.cover_cents ELSE 0 END
    WHEN b.treatment = 'standard_ex_tax'
    THEN b.products + b.invoice_tax * m.includes_tax_annual
    ELSE 0
  END AS charge_cents,
  CASE
    WHEN b.treatment = 'covered_usage'
    THEN CASE
      WHEN b.stated_discount IS NULL
      THEN b.products
      ELSE b.products - b.stated_discount
    END
    WHEN b.treatment = 'startup' AND b.may_draw = 1
    THEN b.products + b.invoice_tax - b.cover_cents
    WHEN b.treatment = 'standard_ex_tax'
    THEN GREATEST(b.products - b.invoice_credit, 0)
    WHEN b.invoice_credit = 0
    THEN b.products + b.invoice_tax
    ELSE GREATEST(b.products + b.invoice_tax - b.invoice_credit, 0)
  END AS kept_cents,
  CASE
    WHEN b.treatment = 'covered_usage' OR b.treatment = 'standard_ex_tax'
    THEN b.products
    ELSE b.products + b.invoice_tax
  END AS kept_of_cents
FROM base AS b
INNER JOIN policy_month AS m
  ON m.month_idx = b.month_idx
