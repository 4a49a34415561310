-- stg_credit_purchase for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  p.purchase_id,
  COALESCE(r.target_id, p.customer_id) AS customer_id,
  COALESCE(p.contract_id, '') AS contract_id,
  p.kind AS purchase_kind,
  p.list_credit_cents,
  COALESCE(p.discount_ppm, 0) AS purchase_ppm,
  p.price_paid_cents,
  p.start_date,
  CAST(p.term_months AS INT) AS term_months,
  CAST(CAST(DATE_PART(YEAR, p.start_date) AS BIGINT) * 12 + CAST(DATE_PART(MONTH, p.start_date) AS BIGINT) - 1 + CASE WHEN CAST(DATE_PART(DAY, p.start_date) AS BIGINT) > 1 THEN 1 ELSE 0 END AS INT) AS first_idx,
  p.status AS purchase_status,
  p.paid_at,
  COALESCE(p.supersedes_purchase_id, '') AS supersedes_id
FROM raw_credit_purchases AS p
LEFT JOIN redirect AS r
  ON r.source_customer_id = p.customer_id
