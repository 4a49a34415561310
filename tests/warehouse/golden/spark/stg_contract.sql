-- stg_contract for spark; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  c.contract_id,
  COALESCE(r.target_id, c.customer_id) AS customer_id,
  COALESCE(c.kind, 'new') AS contract_kind,
  c.start_date,
  c.end_date,
  CAST(CAST(EXTRACT(YEAR FROM c.end_date) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM c.end_date) AS BIGINT) - 1 + CASE WHEN CAST(EXTRACT(DAY FROM c.end_date) AS BIGINT) > 1 THEN 1 ELSE 0 END AS INT) AS end_idx,
  c.discount_ppm AS contract_ppm,
  CASE WHEN COALESCE(c.platform_package_charged_to_credits, TRUE) THEN 1 ELSE 0 END AS is_package_charged
FROM raw_contracts AS c
LEFT JOIN redirect AS r
  ON r.source_customer_id = c.customer_id
