-- forecast_usage for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH report AS (
  SELECT
    u.source_customer_id,
    u.customer_id,
    u.usage_organization,
    u.usage_product,
    u.month_idx,
    u.period_start,
    u.period_end,
    u.report_at,
    u.usage_units,
    DATE_DIFF(CAST(u.report_at AS DATE), CAST(u.period_start AS DATE), DAY) AS full_days,
    CASE WHEN u.period_end > m.as_of THEN 1 ELSE 0 END AS is_running
  FROM stg_usage_report AS u
  INNER JOIN policy_month AS m
    ON m.status = 'open'
  WHERE
    u.period_start <= m.as_of AND CAST(u.report_at AS DATE) <= m.as_of
), last_report AS (
  SELECT
    r.customer_id,
    r.usage_product,
    r.month_idx,
    r.period_start,
    r.period_end,
    r.usage_units,
    r.is_running
  FROM report AS r
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY r.source_customer_id, r.usage_organization, r.usage_product, r.period_start, r.period_end
      ORDER BY r.report_at DESC
    ) = 1
), period AS (
  SELECT
    l.customer_id,
    l.usage_product,
    l.month_idx,
    l.period_start,
    l.period_end,
    l.is_running,
    CAST(SUM(l.usage_units) AS INT64) AS units
  FROM last_report AS l
  GROUP BY
    l.customer_id,
    l.usage_product,
    l.month_idx,
    l.period_start,
    l.period_end,
    l.is_running
), day_count AS (
  SELECT
    r.customer_id,
    r.usage_product,
    r.period_start,
    r.period_end,
    COUNT(DISTINCT CASE WHEN r.full_days > 0 THEN r.full_days END) AS days_reported,
    GREATEST(MAX(r.full_days), 0) AS days_elapsed
  FROM report AS r
  WHERE
    r.is_running = 1
  GROUP BY
    r.customer_id,
    r.usage_product,
    r.period_start,
    r.period_end
), full_before AS (
  SELECT
    n.customer_id,
    n.usage_product,
    n.period_start,
    n.period_end,
    b.units AS last_period_units
  FROM period AS n
  INNER JOIN period AS b
    ON b.customer_id = n.customer_id
    AND b.usage_product = n.usage_product
    AND b.period_end <= n.period_start
  WHERE
    n.is_running = 1
  QUALIFY
    ROW_NUMBER() OVER (
      PARTITION BY n.customer_id, n.usage_product, n.period_start, n.period_end
      ORDER BY b.period_end DESC, b.period_start DESC
    ) = 1
)
SELECT
  n.customer_id,
  n.usage_product AS product_key,
  n.month_idx,
  n.period_start,
  n.period_end,
  n.units AS units_to_date,
  CAST(d.days_elapsed AS INT64) AS days_elapsed,
  CAST(DATE_DIFF(CAST(n.period_end AS DATE), CAST(n.period_start AS DATE), DAY) AS INT64) AS days_in_period,
  CAST(d.days_reported AS INT64) AS days_reported,
  b.last_period_units,
  CASE
    WHEN d.days_reported >= 3
    THEN CAST(CASE
      WHEN (
        CAST(n.units AS BIGNUMERIC) * DATE_DIFF(CAST(n.period_end AS DATE), CAST(n.period_start AS DATE), DAY)
      ) >= 0
      THEN DIV(
        (
          2 * (
            CAST(n.units AS BIGNUMERIC) * DATE_DIFF(CAST(n.period_end AS DATE), CAST(n.period_start AS DATE), DAY)
          ) + (
            d.days_elapsed
          )
        ),
        NULLIF(2 * (
          d.days_elapsed
        ), 0)
      )
      ELSE -(
        DIV(
          (
            -2 * (
              CAST(n.units AS BIGNUMERIC) * DATE_DIFF(CAST(n.period_end AS DATE), CAST(n.period_start AS DATE), DAY)
            ) + (
              d.days_elapsed
            )
          ),
          NULLIF(2 * (
            d.days_elapsed
          ), 0)
        )
      )
    END AS INT64)
    ELSE GREATEST(n.units, COALESCE(b.last_period_units, 0))
  END AS projected_units,
  CASE
    WHEN d.days_reported >= 3
    THEN 'run_rate'
    WHEN n.units > COALESCE(b.last_period_units, -1)
    THEN 'units_to_date'
    ELSE 'last_period'
  END AS method
FROM period AS n
INNER JOIN day_count AS d
  ON d.customer_id = n.customer_id
  AND d.usage_product = n.usage_product
  AND d.period_start = n.period_start
  AND d.period_end = n.period_end
LEFT JOIN full_before AS b
  ON b.customer_id = n.customer_id
  AND b.usage_product = n.usage_product
  AND b.period_start = n.period_start
  AND b.period_end = n.period_end
WHERE
  n.is_running = 1
