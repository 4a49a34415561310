-- model: stg_contract
-- owner: revops
-- grain: contract_id
-- materialized: view
-- rules: REV-20, REV-153
-- description: The one reader of contracts.
-- column contract_id: Contract
-- column customer_id: Canonical customer
-- column contract_kind: new, renewal, runout or coterm_expansion
-- column start_date: First day
-- column end_date: Day after the last day
-- column end_idx: First month that a charge of this contract no longer covers
-- column contract_ppm: Credit discount, millionths; null when the contract names none
-- column is_package_charged: 1 when the support package is charged against credit
SELECT
  c.contract_id,
  COALESCE(r.target_id, c.customer_id) AS customer_id,
  COALESCE(c.kind, 'new') AS contract_kind,
  c.start_date,
  c.end_date,
  CAST(CAST(EXTRACT(YEAR FROM c.end_date) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM c.end_date) AS BIGINT) - 1
    + CASE WHEN CAST(EXTRACT(DAY FROM c.end_date) AS BIGINT) > 1 THEN 1 ELSE 0 END AS INTEGER) AS end_idx,
  c.discount_ppm AS contract_ppm,
  CASE WHEN COALESCE(c.platform_package_charged_to_credits, TRUE) THEN 1 ELSE 0 END AS is_package_charged
FROM raw_contracts AS c
LEFT JOIN redirect AS r ON r.source_customer_id = c.customer_id
