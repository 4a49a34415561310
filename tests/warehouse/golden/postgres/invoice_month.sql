-- invoice_month for postgres; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  i.customer_id,
  i.month_idx,
  MAX(CASE WHEN i.invoice_type = 'annual' THEN 1 ELSE 0 END) AS has_annual,
  MAX(CASE WHEN i.invoice_class = 'annual' THEN 1 ELSE 0 END) AS has_annual_class,
  MAX(CASE WHEN i.invoice_class = 'startup' THEN 1 ELSE 0 END) AS has_startup_class,
  MAX(
    CASE
      WHEN i.invoice_type = 'completed'
      THEN i.period_end
      ELSE CAST('1900-01-01 00:00:00' AS TIMESTAMP)
    END
  ) AS completed_end,
  MAX(
    CASE
      WHEN i.invoice_type = 'upcoming'
      THEN i.period_end
      ELSE CAST('1900-01-01 00:00:00' AS TIMESTAMP)
    END
  ) AS upcoming_end,
  MAX(
    CASE
      WHEN i.invoice_type = 'upcoming_duplicated'
      THEN i.period_end
      ELSE CAST('1900-01-01 00:00:00' AS TIMESTAMP)
    END
  ) AS duplicated_end,
  CAST(SUM(i.invoice_tax) AS BIGINT) AS month_tax
FROM stg_invoice AS i
GROUP BY
  i.customer_id,
  i.month_idx
