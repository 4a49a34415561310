-- prepaid_span for snowflake; made by hedgerow.warehouse.transpile, not to be edited
WITH counted AS (
  SELECT
    p.*
  FROM stg_credit_purchase AS p
  WHERE
    p.purchase_kind = 'purchase'
    AND (
      p.purchase_status = 'invoiced'
      OR p.purchase_status = 'paid'
      OR p.purchase_status = 'exhausted'
      OR p.purchase_status = 'expired'
    )
), replaced AS (
  SELECT
    c.supersedes_id,
    MIN(c.first_idx) AS replaced_from
  FROM counted AS c
  WHERE
    c.supersedes_id <> ''
  GROUP BY
    c.supersedes_id
)
SELECT
  c.purchase_id,
  c.customer_id,
  c.contract_id,
  c.start_date,
  c.purchase_ppm,
  c.price_paid_cents,
  m.month_idx - c.first_idx + 1 AS part,
  c.term_months AS parts,
  m.month_idx,
  CAST(CASE
    WHEN (
      c.list_credit_cents * (
        m.month_idx - c.first_idx + 1
      )
    ) >= 0
    THEN CAST((
      (
        2 * (
          c.list_credit_cents * (
            m.month_idx - c.first_idx + 1
          )
        ) + (
          c.term_months
        )
      ) - (
        2 * (
          c.list_credit_cents * (
            m.month_idx - c.first_idx + 1
          )
        ) + (
          c.term_months
        )
      ) % NULLIF(2 * (
        c.term_months
      ), 0)
    ) / NULLIF(2 * (
      c.term_months
    ), 0) AS BIGINT)
    ELSE -(
      CAST((
        (
          -2 * (
            c.list_credit_cents * (
              m.month_idx - c.first_idx + 1
            )
          ) + (
            c.term_months
          )
        ) - (
          -2 * (
            c.list_credit_cents * (
              m.month_idx - c.first_idx + 1
            )
          ) + (
            c.term_months
          )
        ) % NULLIF(2 * (
          c.term_months
        ), 0)
      ) / NULLIF(2 * (
        c.term_months
      ), 0) AS BIGINT)
    )
  END AS BIGINT) - CAST(CASE
    WHEN (
      c.list_credit_cents * (
        m.month_idx - c.first_idx
      )
    ) >= 0
    THEN CAST((
      (
        2 * (
          c.list_credit_cents * (
            m.month_idx - c.first_idx
          )
        ) + (
          c.term_months
        )
      ) - (
        2 * (
          c.list_credit_cents * (
            m.month_idx - c.first_idx
          )
        ) + (
          c.term_months
        )
      ) % NULLIF(2 * (
        c.term_months
      ), 0)
    ) / NULLIF(2 * (
      c.term_months
    ), 0) AS BIGINT)
    ELSE -(
      CAST((
        (
          -2 * (
            c.list_credit_cents * (
              m.month_idx - c.first_idx
            )
          ) + (
            c.term_months
          )
        ) - (
          -2 * (
            c.list_credit_cents * (
              m.month_idx - c.first_idx
            )
          ) + (
            c.term_months
          )
        ) % NULLIF(2 * (
          c.term_months
        ), 0)
      ) / NULLIF(2 * (
        c.term_months
      ), 0) AS BIGINT)
    )
  END AS BIGINT) AS list_part,
  CAST(CASE
    WHEN (
      c.price_paid_cents * (
        m.month_idx - c.first_idx + 1
      )
    ) >= 0
    THEN CAST((
      (
        2 * (
          c.price_paid_cents * (
            m.month_idx - c.first_idx + 1
          )
        ) + (
          c.term_months
        )
      ) - (
        2 * (
          c.price_paid_cents * (
            m.month_idx - c.first_idx + 1
          )
        ) + (
          c.term_months
        )
      ) % NULLIF(2 * (
        c.term_months
      ), 0)
    ) / NULLIF(2 * (
      c.term_months
    ), 0) AS BIGINT)
    ELSE -(
      CAST((
        (
          -2 * (
            c.price_paid_cents * (
              m.month_idx - c.first_idx + 1
            )
          ) + (
            c.term_months
          )
        ) - (
          -2 * (
            c.price_paid_cents * (
              m.month_idx - c.first_idx + 1
            )
          ) + (
            c.term_months
          )
        ) % NULLIF(2 * (
          c.term_months
        ), 0)
      ) / NULLIF(2 * (
        c.term_months
      ), 0) AS BIGINT)
    )
  END AS BIGINT) - CAST(CASE
    WHEN (
      c.price_paid_cents * (
        m.month_idx - c.first_idx
      )
    ) >= 0
    THEN CAST((
      (
        2 * (
          c.price_paid_cents * (
            m.month_idx - c.first_idx
          )
        ) + (
          c.term_months
        )
      ) - (
        2 * (
          c.price_paid_cents * (
            m.month_idx - c.first_idx
          )
        ) + (
          c.term_months
        )
      ) % NULLIF(2 * (
        c.term_months
      ), 0)
    ) / NULLIF(2 * (
      c.term_months
    ), 0) AS BIGINT)
    ELSE -(
      CAST((
        (
          -2 * (
            c.price_paid_cents * (
              m.month_idx - c.first_idx
            )
          ) + (
            c.term_months
          )
        ) - (
          -2 * (
            c.price_paid_cents * (
              m.month_idx - c.first_idx
            )
          ) + (
            c.term_months
          )
        ) % NULLIF(2 * (
          c.term_months
        ), 0)
      ) / NULLIF(2 * (
        c.term_months
      ), 0) AS BIGINT)
    )
  END AS BIGINT) AS paid_part,
  CASE WHEN m.month_idx >= COALESCE(r.replaced_from, 999999) THEN 1 ELSE 0 END AS is_superseded,
  CASE
    WHEN CAST(DATE_PART(DAY, c.start_date) AS BIGINT) = 1
    THEN m.month_end
    ELSE CAST(m.month || '-' || LPAD(
      CAST(LEAST_IGNORE_NULLS(CAST(DATE_PART(DAY, c.start_date) AS BIGINT), m.days) AS VARCHAR),
      2,
      '0'
    ) || ' 00:00:00' AS TIMESTAMPNTZ)
  END AS part_end
FROM counted AS c
CROSS JOIN policy_month AS m
LEFT JOIN replaced AS r
  ON r.supersedes_id = c.purchase_id
WHERE
  m.month_idx >= c.first_idx AND m.month_idx < c.first_idx + c.term_months
