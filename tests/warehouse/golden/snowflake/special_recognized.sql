-- special_recognized for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH kinds AS (
  SELECT
    t.*,
    CASE WHEN t.billing_config = 'annual_upfront' THEN 1 ELSE 0 END AS is_upfront,
    CASE
      WHEN t.billing_config = 'annual_upfront' OR t.billing_config = 'annual_amortized'
      THEN 1
      ELSE 0
    END AS is_annual,
    t.payg_charge + t.standard_charge + t.subscription_cents AS rate_charge
  FROM special_total AS t
), based AS (
  SELECT
    k.*,
    k.rate_charge + k.prepaid_rows + k.list_part + k.amortized_part AS list_straight,
    k.list_part - k.paid_part AS discount_straight,
    CASE
      WHEN k.is_upfront = 1
      THEN k.rate_charge + k.usage_list
      ELSE k.rate_charge + k.prepaid_rows + k.amortized_part
    END AS list_usage,
    CASE WHEN k.is_upfront = 1 THEN k.usage_list - k.usage_net ELSE 0 END AS discount_usage
  FROM kinds AS k
), totals AS (
  SELECT
    b.*,
    CASE WHEN b.is_upfront = 1 AND b.annual_basis = 'usage' THEN 0 ELSE b.is_upfront END AS is_straight,
    b.list_straight - b.discount_straight - b.credit_cents - (
      b.refund_cents - b.usage_refund
    ) AS computed_straight,
    b.list_usage - b.discount_usage - b.credit_cents - b.refund_cents AS computed_usage
  FROM based AS b
)
SELECT
  t.customer_id,
  t.month_idx,
  t.billing_config,
  t.discount_ppm,
  t.is_annual,
  t.is_straight,
  CASE
    WHEN t.is_straight = 1 OR t.is_upfront = 0
    THEN t.list_straight
    ELSE t.list_usage
  END + COALESCE(
    t.override_cents - CASE
      WHEN t.is_straight = 1 OR t.is_upfront = 0
      THEN t.computed_straight
      ELSE t.computed_usage
    END,
    0
  ) AS list_cents,
  CASE
    WHEN t.is_straight = 1 OR t.is_upfront = 0
    THEN t.discount_straight
    ELSE t.discount_usage
  END AS discount_cents,
  t.credit_cents,
  CASE
    WHEN t.is_straight = 1 OR t.is_upfront = 0
    THEN t.refund_cents - t.usage_refund
    ELSE t.refund_cents
  END AS refund_cents,
  COALESCE(
    t.override_cents,
    CASE
      WHEN t.is_straight = 1 OR t.is_upfront = 0
      THEN t.computed_straight
      ELSE t.computed_usage
    END
  ) AS total_cents,
  COALESCE(t.override_cents, t.computed_straight) AS straight_line_cents,
  COALESCE(
    t.override_cents,
    CASE WHEN t.is_upfront = 1 THEN t.computed_usage ELSE t.computed_straight END
  ) AS usage_basis_cents,
  CASE
    WHEN t.is_annual = 1
    THEN t.rate_charge - t.credit_cents - t.rate_refund
    ELSE 0
  END AS standard_cents,
  t.cover_cents,
  t.tax_kept * t.includes_tax_paid AS tax_cents,
  t.unallocated_refund,
  t.has_annual_row,
  t.is_upfront,
  t.subscription_type,
  t.is_relabelled,
  CASE WHEN t.override_cents IS NULL THEN 0 ELSE 1 END AS is_overridden
FROM totals AS t
