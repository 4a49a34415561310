-- amortized_span for postgres; made by hedgerow.warehouse.transpile, not to be edited
WITH charge AS (
  SELECT
    c.invoice_id,
    c.customer_id,
    c.charged,
    c.period_start,
    CAST(CAST(EXTRACT(YEAR FROM c.period_start) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM c.period_start) AS BIGINT) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM c.period_start) AS BIGINT) > 1
      OR CAST(CAST(c.period_start AS DATE) AS TIMESTAMP) < c.period_start
      THEN 1
      ELSE 0
    END AS INT) AS first_idx,
    CAST(CAST(EXTRACT(YEAR FROM c.period_end) AS BIGINT) * 12 + CAST(EXTRACT(MONTH FROM c.period_end) AS BIGINT) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM c.period_end) AS BIGINT) > 1
      OR CAST(CAST(c.period_end AS DATE) AS TIMESTAMP) < c.period_end
      THEN 1
      ELSE 0
    END AS INT) AS own_end_idx
  FROM amortized_charge AS c
  INNER JOIN stg_invoice AS i
    ON i.invoice_id = c.invoice_id AND i.invoice_type = 'completed'
), agreed AS (
  SELECT
    c.invoice_id,
    MAX(k.end_idx) AS end_idx,
    MAX(CASE WHEN CAST(k.end_date AS TIMESTAMP) > m.month_start THEN 1 ELSE 0 END) AS is_running
  FROM charge AS c
  INNER JOIN stg_contract AS k
    ON k.customer_id = c.customer_id
  INNER JOIN policy_month AS m
    ON m.status = 'open'
  WHERE
    CAST(k.start_date AS TIMESTAMP) <= c.period_start
    AND CAST(k.end_date AS TIMESTAMP) > c.period_start
  GROUP BY
    c.invoice_id
), ordered AS (
  SELECT
    c.*,
    LEAD(c.first_idx, 1, 0) OVER (PARTITION BY c.customer_id ORDER BY c.period_start, c.invoice_id) AS next_idx,
    c.first_idx - LAG(c.first_idx, 1, c.first_idx) OVER (PARTITION BY c.customer_id ORDER BY c.period_start, c.invoice_id) AS before_parts
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
    o.before_parts,
    GREATEST(
      1,
      CASE
        WHEN o.next_idx > 0
        THEN o.next_idx - o.first_idx
        WHEN COALESCE(a.is_running, 1) = 0
        THEN a.end_idx - o.first_idx
        ELSE LEAST(
          GREATEST(o.own_end_idx - o.first_idx, o.before_parts),
          COALESCE(a.end_idx, 999999) - o.first_idx
        )
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
  CASE
    WHEN CAST(EXTRACT(DAY FROM s.period_start) AS BIGINT) = 1
    THEN m.month_end
    ELSE CAST(m.month || '-' || LPAD(
      CAST(LEAST(CAST(EXTRACT(DAY FROM s.period_start) AS BIGINT), m.days) AS TEXT),
      2,
      '0'
    ) || ' 00:00:00' AS TIMESTAMP)
  END AS part_end,
  CAST(CASE
    WHEN (
      s.charged * (
        m.month_idx - s.first_idx + 1
      )
    ) >= 0
    THEN CAST(DIV(
      2 * (
        s.charged * (
          m.month_idx - s.first_idx + 1
        )
      ) + (
        s.parts
      ),
      NULLIF(2 * (
        s.parts
      ), 0)
    ) AS BIGINT)
    ELSE -(
      CAST(DIV(
        -2 * (
          s.charged * (
            m.month_idx - s.first_idx + 1
          )
        ) + (
          s.parts
        ),
        NULLIF(2 * (
          s.parts
        ), 0)
      ) AS BIGINT)
    )
  END AS BIGINT) - CAST(CASE
    WHEN (
      s.charged * (
        m.month_idx - s.first_idx
      )
    ) >= 0
    THEN CAST(DIV(
      2 * (
        s.charged * (
          m.month_idx - s.first_idx
        )
      ) + (
        s.parts
      ),
      NULLIF(2 * (
        s.parts
      ), 0)
    ) AS BIGINT)
    ELSE -(
      CAST(DIV(
        -2 * (
          s.charged * (
            m.month_idx - s.first_idx
          )
        ) + (
          s.parts
        ),
        NULLIF(2 * (
          s.parts
        ), 0)
      ) AS BIGINT)
    )
  END AS BIGINT) AS paid_part
FROM spans AS s
CROSS JOIN policy_month AS m
WHERE
  m.month_idx >= s.first_idx AND m.month_idx < s.first_idx + s.parts
