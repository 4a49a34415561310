-- forecast_product for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH measured AS (
  SELECT
    u.customer_id AS customer_id,
    u.product_key AS product_key,
    u.month_idx AS month_idx,
    u.period_start AS period_start,
    u.period_end AS period_end,
    u.units_to_date AS units_to_date,
    u.days_elapsed AS days_elapsed,
    u.days_in_period AS days_in_period,
    u.days_reported AS days_reported,
    u.last_period_units AS last_period_units,
    u.projected_units AS projected_units,
    p.list_cents AS list_cents,
    p.discount_ppm AS discount_ppm,
    p.limit_cents AS limit_cents,
    p.charge_cents AS charge_cents,
    u.method AS method
  FROM forecast_usage AS u
  INNER JOIN forecast_price AS p
    ON p.customer_id = u.customer_id
    AND p.product_key = u.product_key
    AND p.period_start = u.period_start
    AND p.period_end = u.period_end
), shown AS (
  SELECT
    l.customer_id AS customer_id,
    l.line_product AS product_key,
    l.month_idx AS month_idx,
    CAST(i.period_start AS Nullable(Date32)) AS period_start,
    CAST(i.period_end AS Nullable(Date32)) AS period_end,
    l.line_cents AS shown_cents,
    CAST(0 AS Nullable(Int64)) AS discount_ppm
  FROM stg_invoice_line AS l
  INNER JOIN policy_month AS m
    ON m.month_idx = l.month_idx AND m.status <> 'closed'
  INNER JOIN stg_invoice AS i
    ON i.invoice_id = l.invoice_id AND i.invoice_type = 'upcoming'
  INNER JOIN customer_key AS k
    ON k.customer_id = l.customer_id AND k.is_special = 0
  UNION ALL
  SELECT
    i.customer_id AS customer_id,
    l.line_product AS product_key,
    i.month_idx AS month_idx,
    CAST(i.period_start AS Nullable(Date32)) AS period_start,
    CAST(i.period_end AS Nullable(Date32)) AS period_end,
    l.product_cents AS shown_cents,
    CASE
      WHEN i.treatment = 'covered_usage'
      THEN i.contract_ppm
      ELSE CAST(0 AS Nullable(Int64))
    END AS discount_ppm
  FROM special_line AS l
  INNER JOIN special_invoice AS i
    ON i.invoice_id = l.invoice_id AND i.invoice_type = 'upcoming'
  INNER JOIN policy_month AS m
    ON m.month_idx = i.month_idx AND m.status <> 'closed'
  WHERE
    i.treatment <> 'free'
    AND i.treatment <> 'credit_charge'
    AND i.treatment <> 'prepaid'
), preview AS (
  SELECT
    s.customer_id AS customer_id,
    s.product_key AS product_key,
    s.month_idx AS month_idx,
    s.period_start AS period_start,
    s.period_end AS period_end,
    s.discount_ppm AS discount_ppm,
    CAST(SUM(s.shown_cents) AS Nullable(Int64)) AS list_cents
  FROM shown AS s
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM measured AS d
      WHERE
        d.customer_id = s.customer_id
        AND d.product_key = s.product_key
        AND d.month_idx = s.month_idx
    )
  GROUP BY
    s.customer_id,
    s.product_key,
    s.month_idx,
    s.period_start,
    s.period_end,
    s.discount_ppm
)
SELECT
  d.customer_id AS customer_id,
  d.product_key AS product_key,
  d.month_idx AS month_idx,
  d.period_start AS period_start,
  d.period_end AS period_end,
  d.units_to_date AS units_to_date,
  d.days_elapsed AS days_elapsed,
  d.days_in_period AS days_in_period,
  d.days_reported AS days_reported,
  d.last_period_units AS last_period_units,
  d.projected_units AS projected_units,
  d.list_cents AS list_cents,
  d.discount_ppm AS discount_ppm,
  d.limit_cents AS limit_cents,
  d.charge_cents AS charge_cents,
  d.method AS method
FROM measured AS d
UNION ALL
SELECT
  p.customer_id AS customer_id,
  p.product_key AS product_key,
  p.month_idx AS month_idx,
  p.period_start AS period_start,
  p.period_end AS period_end,
  CAST(NULL AS Nullable(Int64)) AS units_to_date,
  CAST(NULL AS Nullable(Int64)) AS days_elapsed,
  CAST(DATE_DIFF(
    DAY,
    CAST(p.period_start AS Nullable(Date32)),
    CAST(p.period_end AS Nullable(Date32))
  ) AS Nullable(Int64)) AS days_in_period,
  CAST(NULL AS Nullable(Int64)) AS days_reported,
  CAST(NULL AS Nullable(Int64)) AS last_period_units,
  CAST(NULL AS Nullable(Int64)) AS projected_units,
  p.list_cents AS list_cents,
  p.discount_ppm AS discount_ppm,
  CAST(NULL AS Nullable(Int64)) AS limit_cents,
  CAST(CASE
    WHEN (
      CAST(p.list_cents AS Nullable(Int128)) * (
        1000000 - p.discount_ppm
      )
    ) >= 0
    THEN CAST(intDiv(
      2 * (
        CAST(p.list_cents AS Nullable(Int128)) * (
          1000000 - p.discount_ppm
        )
      ) + (
        1000000
      ),
      nullIf(2 * (
        1000000
      ), 0)
    ) AS Nullable(Int64))
    ELSE -(
      CAST(intDiv(
        -2 * (
          CAST(p.list_cents AS Nullable(Int128)) * (
            1000000 - p.discount_ppm
          )
        ) + (
          1000000
        ),
        nullIf(2 * (
          1000000
        ), 0)
      ) AS Nullable(Int64))
    )
  END AS Nullable(Int64)) AS charge_cents,
  'preview' AS method
FROM preview AS p
