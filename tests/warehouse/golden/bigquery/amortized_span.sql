-- amortized_span for bigquery; made by hedgerow.warehouse.transpile, not to be edited
WITH charge AS (
  SELECT
    c.invoice_id,
    c.customer_id,
    c.charged,
    c.period_start,
    CAST(CAST(EXTRACT(YEAR FROM c.period_start) AS INT64) * 12 + CAST(EXTRACT(MONTH FROM c.period_start) AS INT64) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM c.period_start) AS INT64) > 1
      OR CAST(CAST(c.period_start AS DATE) AS DATETIME) < c.period_start
      THEN 1
      ELSE 0
    END AS INT64) AS first_idx,
    CAST(CAST(EXTRACT(YEAR FROM c.period_end) AS INT64) * 12 + CAST(EXTRACT(MONTH FROM c.period_end) AS INT64) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM c.period_end) AS INT64) > 1
      OR CAST(CAST(c.period_end AS DATE) AS DATETIME) < c.period_end
      THEN 1
      ELSE 0
    END AS INT64) AS own_end_idx
  FROM amortized_charge AS c
  INNER JOIN stg_invoice AS i
    ON i.invoice_id = c.invoice_id AND i.invoice_type = 'completed'
), agreed AS (
  SELECT
    c.invoice_id,
    MAX(k.end_idx) AS end_idx
  FROM charge AS c
  INNER JOIN stg_contract AS k
    ON k.customer_id = c.customer_id
  WHERE
    CAST(k.start_date AS DATETIME) <= c.period_start
    AND CAST(k.end_date AS DATETIME) > c.period_start
  GROUP BY
    c.invoice_id
), ordered AS (
  SELECT
    c.*,
    LEAD(c.first_idx, 1, 0) OVER (
      PARTITION BY c.customer_id
      ORDER BY c.period_start NULLS LAST, c.invoice_id NULLS LAST
    ) AS next_idx,
    LAG(c.first_idx, 1, 0) OVER (
      PARTITION BY c.customer_id
      ORDER BY c.period_start NULLS LAST, c.invoice_id NULLS LAST
    ) AS before_idx
  FROM charge AS c
), spans AS (
  SELECT
    o.invoice_id,
    o.customer_id,
    o.charged,
    o.period_start,
    o.first_idx,
    o.own_end_idx,
    o.next_idx,
    o.before_idx,
    GREATEST(
      1,
      CASE
        WHEN o.next_idx > 0 AND (
          a.end_idx IS NULL OR o.next_idx <= a.end_idx
        )
        THEN o.next_idx - o.first_idx
        WHEN NOT a.end_idx IS NULL
        THEN a.end_idx - o.first_idx
        WHEN o.before_idx > 0
        THEN o.first_idx - o.before_idx
        ELSE o.own_end_idx - o.first_idx
      END
    ) AS parts
  FROM ordered AS o
  LEFT JOIN agreed AS a
    ON a.invoice_id = o.invoice_id
)
SELECT
  s.invoice_id,
  s.customer_id,
  m.month_idx - s.first_idx + 1 AS part,
  s.parts,
  m.month_idx,
  CAST(CASE
    WHEN (
      s.charged * (
        m.month_idx - s.first_idx + 1
      )
    ) >= 0
    THEN DIV(
      (
        2 * (
          s.charged * (
            m.month_idx - s.first_idx + 1
          )
        ) + (
          s.parts
        )
      ),
      NULLIF(2 * (
        s.parts
      ), 0)
    )
    ELSE -(
      DIV(
        (
          -2 * (
            s.charged * (
              m.month_idx - s.first_idx + 1
            )
          ) + (
            s.parts
          )
        ),
        NULLIF(2 * (
          s.parts
        ), 0)
      )
    )
  END AS INT64) - CAST(CASE
    WHEN (
      s.charged * (
        m.month_idx - s.first_idx
      )
    ) >= 0
    THEN DIV(
      (
        2 * (
          s.charged * (
            m.month_idx - s.first_idx
          )
        ) + (
          s.parts
        )
      ),
      NULLIF(2 * (
        s.parts
      ), 0)
    )
    ELSE -(
      DIV(
        (
          -2 * (
            s.charged * (
              m.month_idx - s.first_idx
            )
          ) + (
            s.parts
          )
        ),
        NULLIF(2 * (
          s.parts
        ), 0)
      )
    )
  END AS INT64) AS paid_part
FROM spans AS s
CROSS JOIN policy_month AS m
WHERE
  m.month_idx >= s.first_idx AND m.month_idx < s.first_idx + s.parts
