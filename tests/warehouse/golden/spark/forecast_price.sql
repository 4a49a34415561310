-- forecast_price for spark; made by hedgerow.warehouse.transpile, not to be edited
WITH assigned AS (
  SELECT
    customer_id,
    assigned_product,
    assigned_price,
    coupon_ppm,
    limit_cents
  FROM (
    SELECT
      a.customer_id,
      a.assigned_product,
      a.assigned_price,
      a.coupon_ppm,
      a.limit_cents,
      ROW_NUMBER() OVER (
        PARTITION BY a.customer_id, a.assigned_product
        ORDER BY a.from_date DESC, a.source_customer_id NULLS LAST
      ) AS _q1
    FROM stg_price_assignment AS a
    INNER JOIN policy_month AS m
      ON m.status = 'open'
    WHERE
      a.from_date <= m.as_of
  ) AS _t
  WHERE
    _q1 = 1
), agreed AS (
  SELECT
    u.customer_id,
    u.product_key,
    u.month_idx,
    u.period_start,
    u.period_end,
    u.projected_units,
    CASE
      WHEN COALESCE(a.assigned_price, '') <> ''
      THEN a.assigned_price
      ELSE k.default_price_id
    END AS price_id,
    CASE
      WHEN n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized'
      THEN n.contract_ppm
      ELSE COALESCE(a.coupon_ppm, 0)
    END AS discount_ppm,
    a.limit_cents
  FROM forecast_usage AS u
  INNER JOIN stg_product AS k
    ON k.product_key = u.product_key
  LEFT JOIN assigned AS a
    ON a.customer_id = u.customer_id AND a.assigned_product = u.product_key
  LEFT JOIN special_month AS n
    ON n.customer_id = u.customer_id AND n.month_idx = u.month_idx
), tiered AS (
  SELECT
    g.customer_id,
    g.product_key,
    g.period_start,
    g.period_end,
    MAX(1) AS is_tiered,
    CAST(SUM(
      t.tier_flat + CAST(CAST(GREATEST(
        LEAST(g.projected_units, COALESCE(t.upper_units, g.projected_units)) - t.lower_units,
        0
      ) AS DECIMAL(38, 0)) * t.unit_e10 DIV 100000000 AS BIGINT)
    ) AS BIGINT) AS whole_cents,
    CAST(SUM(
      CAST(CAST(GREATEST(
        LEAST(g.projected_units, COALESCE(t.upper_units, g.projected_units)) - t.lower_units,
        0
      ) AS DECIMAL(38, 0)) * t.unit_e10 % 100000000 AS BIGINT)
    ) AS BIGINT) AS cent_parts
  FROM agreed AS g
  INNER JOIN stg_price_tier AS t
    ON t.price_id = g.price_id
  WHERE
    t.tier_no = 1 OR g.projected_units > t.lower_units
  GROUP BY
    g.customer_id,
    g.product_key,
    g.period_start,
    g.period_end
), priced AS (
  SELECT
    g.customer_id,
    g.product_key,
    g.period_start,
    g.period_end,
    g.discount_ppm,
    g.limit_cents,
    COALESCE(p.flat_fee, 0) AS flat_fee,
    COALESCE(t.whole_cents, 0) + CAST(CASE
      WHEN (
        COALESCE(t.cent_parts, 0)
      ) >= 0
      THEN (
        2 * (
          COALESCE(t.cent_parts, 0)
        ) + (
          100000000
        )
      ) DIV NULLIF(2 * (
        100000000
      ), 0)
      ELSE -(
        (
          -2 * (
            COALESCE(t.cent_parts, 0)
          ) + (
            100000000
          )
        ) DIV NULLIF(2 * (
          100000000
        ), 0)
      )
    END AS BIGINT) AS list_cents
  FROM agreed AS g
  LEFT JOIN tiered AS t
    ON t.customer_id = g.customer_id
    AND t.product_key = g.product_key
    AND t.period_start = g.period_start
    AND t.period_end = g.period_end
  LEFT JOIN stg_price AS p
    ON p.price_id = g.price_id
  WHERE
    COALESCE(t.is_tiered, 0) = 1 OR COALESCE(p.has_flat_fee, 0) = 1
), reduced AS (
  SELECT
    p.customer_id,
    p.product_key,
    p.period_start,
    p.period_end,
    p.discount_ppm,
    p.limit_cents,
    p.flat_fee,
    p.list_cents,
    CAST(CASE
      WHEN (
        CAST(p.list_cents AS DECIMAL(38, 0)) * (
          1000000 - p.discount_ppm
        )
      ) >= 0
      THEN (
        2 * (
          CAST(p.list_cents AS DECIMAL(38, 0)) * (
            1000000 - p.discount_ppm
          )
        ) + (
          1000000
        )
      ) DIV NULLIF(2 * (
        1000000
      ), 0)
      ELSE -(
        (
          -2 * (
            CAST(p.list_cents AS DECIMAL(38, 0)) * (
              1000000 - p.discount_ppm
            )
          ) + (
            1000000
          )
        ) DIV NULLIF(2 * (
          1000000
        ), 0)
      )
    END AS BIGINT) AS discounted_cents
  FROM priced AS p
)
SELECT
  r.customer_id,
  r.product_key,
  r.period_start,
  r.period_end,
  r.list_cents,
  r.discount_ppm,
  r.limit_cents,
  r.flat_fee,
  LEAST(r.discounted_cents, COALESCE(r.limit_cents, r.discounted_cents)) + r.flat_fee AS charge_cents
FROM reduced AS r
