-- special_total for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH shares AS (
  SELECT
    p.invoice_id,
    CAST(SUM(p.share_cents) AS BIGINT) AS shares
  FROM special_product AS p
  GROUP BY
    p.invoice_id
), billed AS (
  SELECT
    c.customer_id,
    c.month_idx,
    CAST(SUM(
      CASE
        WHEN c.treatment = 'standard' OR c.treatment = 'startup'
        THEN c.charge_cents
        ELSE 0
      END
    ) AS BIGINT) AS standard_charge,
    CAST(SUM(CASE WHEN c.treatment = 'standard_ex_tax' THEN c.charge_cents ELSE 0 END) AS BIGINT) AS payg_charge,
    CAST(SUM(c.credit_cents) AS BIGINT) AS credit_cents,
    CAST(SUM(CASE WHEN c.may_draw = 1 THEN c.cover_cents ELSE 0 END) AS BIGINT) AS cover_cents,
    CAST(SUM(CASE WHEN c.treatment = 'prepaid' THEN c.products_cents ELSE 0 END) AS BIGINT) AS prepaid_rows,
    CAST(SUM(
      CASE
        WHEN c.treatment = 'covered_usage' AND c.stated_discount IS NULL
        THEN c.products_cents
        ELSE 0
      END
    ) AS BIGINT) AS usage_list,
    CAST(SUM(
      CASE
        WHEN c.treatment = 'covered_usage' AND NOT c.stated_discount IS NULL
        THEN c.products_cents
        ELSE 0
      END
    ) AS BIGINT) AS usage_list_stated,
    CAST(SUM(
      CASE
        WHEN c.treatment = 'covered_usage'
        THEN COALESCE(c.stated_discount, 0)
        ELSE 0
      END
    ) AS BIGINT) AS usage_discount_stated,
    CAST(SUM(
      CASE
        WHEN c.tax_cents <> 0 AND (
          c.treatment = 'standard' OR c.treatment = 'startup'
        )
        THEN c.kept_cents - COALESCE(s.shares, 0)
        ELSE 0
      END
    ) AS BIGINT) AS tax_kept
  FROM invoice_charge AS c
  LEFT JOIN shares AS s
    ON s.invoice_id = c.invoice_id
  GROUP BY
    c.customer_id,
    c.month_idx
), split AS (
  SELECT
    p.customer_id,
    p.month_idx,
    CAST(SUM(p.list_part) AS BIGINT) AS list_part,
    CAST(SUM(p.paid_part) AS BIGINT) AS paid_part,
    1 AS has_row
  FROM prepaid_span AS p
  WHERE
    p.is_superseded = 0
  GROUP BY
    p.customer_id,
    p.month_idx
), amortized AS (
  SELECT
    a.customer_id,
    a.month_idx,
    CAST(SUM(a.paid_part) AS BIGINT) AS amortized_part,
    1 AS has_row
  FROM amortized_span AS a
  GROUP BY
    a.customer_id,
    a.month_idx
), refunded AS (
  SELECT
    r.customer_id,
    r.month_idx,
    CAST(SUM(r.refund_cents) AS BIGINT) AS refund_cents,
    CAST(SUM(r.usage_refund_cents) AS BIGINT) AS usage_refund,
    CAST(SUM(r.rate_refund_cents) AS BIGINT) AS rate_refund,
    CAST(SUM(r.product_refund_cents) AS BIGINT) AS by_product
  FROM special_refund AS r
  GROUP BY
    r.customer_id,
    r.month_idx
), subscribed AS (
  SELECT
    b.customer_id,
    b.month_idx,
    CAST(SUM(b.subscription_cents) AS BIGINT) AS subscription_cents,
    MAX(b.row_type) AS row_type
  FROM subscription_month AS b
  GROUP BY
    b.customer_id,
    b.month_idx
), relabelled AS (
  SELECT
    x.customer_id,
    x.month_idx,
    1 AS is_relabelled
  FROM stg_override AS x
  WHERE
    x.field_name = 'selected_type'
)
SELECT
  n.customer_id,
  n.month_idx,
  n.billing_config,
  CASE
    WHEN n.billing_config = 'annual_upfront' OR n.billing_config = 'annual_amortized'
    THEN n.contract_ppm
    ELSE 0
  END AS discount_ppm,
  m.annual_basis,
  m.includes_tax_paid,
  CASE
    WHEN (
      n.billing_config = 'annual_upfront' AND COALESCE(p.has_row, 0) = 1
    )
    OR (
      n.billing_config = 'annual_amortized' AND COALESCE(a.has_row, 0) = 1
    )
    THEN 1
    ELSE 0
  END AS has_annual_row,
  CAST(CASE WHEN n.billing_config = 'free' THEN 0 ELSE COALESCE(b.standard_charge, 0) END AS BIGINT) AS standard_charge,
  CAST(CASE WHEN n.billing_config = 'free' THEN 0 ELSE COALESCE(b.payg_charge, 0) END AS BIGINT) AS payg_charge,
  CAST(COALESCE(b.credit_cents, 0) AS BIGINT) AS credit_cents,
  CAST(COALESCE(b.cover_cents, 0) AS BIGINT) AS cover_cents,
  CAST(COALESCE(b.prepaid_rows, 0) AS BIGINT) AS prepaid_rows,
  CAST(COALESCE(b.usage_list, 0) + COALESCE(b.usage_list_stated, 0) AS BIGINT) AS usage_list,
  CAST(CAST(CASE
    WHEN (
      CAST(COALESCE(b.usage_list, 0) AS DECIMAL) * (
        1000000 - n.contract_ppm
      )
    ) >= 0
    THEN CAST(DIV(
      2 * (
        CAST(COALESCE(b.usage_list, 0) AS DECIMAL) * (
          1000000 - n.contract_ppm
        )
      ) + (
        1000000
      ),
      NULLIF(2 * (
        1000000
      ), 0)
    ) AS BIGINT)
    ELSE -(
      CAST(DIV(
        -2 * (
          CAST(COALESCE(b.usage_list, 0) AS DECIMAL) * (
            1000000 - n.contract_ppm
          )
        ) + (
          1000000
        ),
        NULLIF(2 * (
          1000000
        ), 0)
      ) AS BIGINT)
    )
  END AS BIGINT) + COALESCE(b.usage_list_stated, 0) - COALESCE(b.usage_discount_stated, 0) AS BIGINT) AS usage_net,
  CAST(COALESCE(b.tax_kept, 0) AS BIGINT) AS tax_kept,
  CAST(CASE
    WHEN n.billing_config = 'annual_upfront'
    THEN COALESCE(p.list_part, 0)
    ELSE 0
  END AS BIGINT) AS list_part,
  CAST(CASE
    WHEN n.billing_config = 'annual_upfront'
    THEN COALESCE(p.paid_part, 0)
    ELSE 0
  END AS BIGINT) AS paid_part,
  CAST(CASE
    WHEN n.billing_config = 'annual_amortized'
    THEN COALESCE(a.amortized_part, 0)
    ELSE 0
  END AS BIGINT) AS amortized_part,
  CAST(COALESCE(r.refund_cents, 0) AS BIGINT) AS refund_cents,
  CAST(COALESCE(r.usage_refund, 0) AS BIGINT) AS usage_refund,
  CAST(COALESCE(r.rate_refund, 0) AS BIGINT) AS rate_refund,
  CAST(COALESCE(r.refund_cents, 0) - COALESCE(r.by_product, 0) AS BIGINT) AS unallocated_refund,
  CAST(CASE
    WHEN n.billing_config = 'free'
    THEN 0
    ELSE COALESCE(s.subscription_cents, 0)
  END AS BIGINT) AS subscription_cents,
  COALESCE(s.row_type, '') AS subscription_type,
  v.override_units AS override_cents,
  COALESCE(x.is_relabelled, 0) AS is_relabelled
FROM special_month AS n
INNER JOIN policy_month AS m
  ON m.month_idx = n.month_idx
LEFT JOIN billed AS b
  ON b.customer_id = n.customer_id AND b.month_idx = n.month_idx
LEFT JOIN split AS p
  ON p.customer_id = n.customer_id AND p.month_idx = n.month_idx
LEFT JOIN amortized AS a
  ON a.customer_id = n.customer_id AND a.month_idx = n.month_idx
LEFT JOIN refunded AS r
  ON r.customer_id = n.customer_id AND r.month_idx = n.month_idx
LEFT JOIN subscribed AS s
  ON s.customer_id = n.customer_id AND s.month_idx = n.month_idx
LEFT JOIN stg_override AS v
  ON v.customer_id = n.customer_id
  AND v.month_idx = n.month_idx
  AND v.field_name = 'total_mrr'
LEFT JOIN relabelled AS x
  ON x.customer_id = n.customer_id AND x.month_idx = n.month_idx
