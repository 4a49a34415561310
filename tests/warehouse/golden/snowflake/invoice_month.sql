-- invoice_month for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  k.customer_no,
  i.month_idx,
  MAX(k.is_special) AS is_special,
  MAX(CASE WHEN i.invoice_type = 'annual' THEN 1 ELSE 0 END) AS has_annual,
  MAX(
    CASE
      WHEN i.invoice_class = 'annual'
      THEN 2
      WHEN i.invoice_class = 'startup'
      THEN 1
      ELSE 0
    END
  ) AS class_no,
  MAX(
    CASE
      WHEN i.invoice_type = 'completed'
      THEN i.period_end
      ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMPNTZ)
    END
  ) AS completed_end,
  MAX(
    CASE
      WHEN i.invoice_type = 'upcoming'
      THEN i.period_end
      ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMPNTZ)
    END
  ) AS upcoming_end,
  MAX(
    CASE
      WHEN i.invoice_type = 'upcoming_duplicated'
      THEN i.period_end
      ELSE CAST('1970-01-01 00:00:00' AS TIMESTAMPNTZ)
    END
  ) AS duplicated_end,
  CAST(SUM(i.invoice_tax) AS BIGINT) AS month_tax
FROM stg_invoice AS i
INNER JOIN customer_key AS k
  ON k.customer_id = i.customer_id
GROUP BY
  k.customer_no,
  i.month_idx
