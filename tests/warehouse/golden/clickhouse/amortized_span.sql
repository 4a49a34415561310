-- amortized_span for clickhouse; made by hedgerow.warehouse.transpile, not to be edited
WITH charge AS (
  SELECT
    c.invoice_id AS invoice_id,
    c.customer_id AS customer_id,
    c.charged AS charged,
    c.period_start AS period_start,
    CAST(CAST(EXTRACT(YEAR FROM c.period_start) AS Nullable(Int64)) * 12 + CAST(EXTRACT(MONTH FROM c.period_start) AS Nullable(Int64)) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM c.period_start) AS Nullable(Int64)) > 1
      OR CAST(CAST(c.period_start AS Nullable(Date32)) AS Nullable(DateTime64(6, 'UTC'))) < c.period_start
      THEN 1
      ELSE 0
    END AS Nullable(Int32)) AS first_idx,
    CAST(CAST(EXTRACT(YEAR FROM c.period_end) AS Nullable(Int64)) * 12 + CAST(EXTRACT(MONTH FROM c.period_end) AS Nullable(Int64)) - 1 + CASE
      WHEN CAST(EXTRACT(DAY FROM c.period_end) AS Nullable(Int64)) > 1
      OR CAST(CAST(c.period_end AS Nullable(Date32)) AS Nullable(DateTime64(6, 'UTC'))) < c.period_end
      THEN 1
      ELSE 0
    END AS Nullable(Int32)) AS own_end_idx
  FROM amortized_charge AS c
  INNER JOIN stg_invoice AS i
    ON i.invoice_id = c.invoice_id AND i.invoice_type = 'completed'
), agreed AS (
  SELECT
    c.invoice_id AS invoice_id,
    MAX(k.end_idx) AS end_idx,
    MAX(
      CASE
        WHEN CAST(k.end_date AS Nullable(DateTime64(6, 'UTC'))) > m.month_start
        THEN 1
        ELSE 0
      END
    ) AS is_running
  FROM charge AS c
  INNER JOIN stg_contract AS k
    ON k.customer_id = c.customer_id
  INNER JOIN policy_month AS m
    ON m.status = 'open'
  WHERE
    CAST(k.start_date AS Nullable(DateTime64(6, 'UTC'))) <= c.period_start
    AND CAST(k.end_date AS Nullable(DateTime64(6, 'UTC'))) > c.period_start
  GROUP BY
    c.invoice_id
), ordered AS (
  SELECT
    c.*,
    lead(c.first_idx, 1, 0) OVER (PARTITION BY c.customer_id ORDER BY c.period_start, c.invoice_id) AS next_idx,
    c.first_idx - lag(
      CASE WHEN FALSE THEN c.first_idx ELSE c.first_idx END,
      1,
      CASE WHEN TRUE THEN c.first_idx ELSE c.first_idx END
    ) OVER (PARTITION BY c.customer_id ORDER BY c.period_start, c.invoice_id) AS before_parts
  FROM charge AS c
), spans AS (
  SELECT
    o.invoice_id AS invoice_id,
    o.customer_id AS customer_id,
    o.charged AS charged,
    o.period_start AS period_start,
    o.first_idx AS first_idx,
    o.own_end_idx AS own_end_idx,
    o.next_idx AS next_idx,
    o.before_parts AS before_parts,
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
  s.invoice_id AS invoice_id,
  s.customer_id AS customer_id,
  m.month_idx - s.first_idx + 1 AS part,
  s.parts AS parts,
  m.month_idx AS month_idx,
  CASE
    WHEN CAST(EXTRACT(DAY FROM s.period_start) AS Nullable(Int64)) = 1
    THEN m.month_end
    ELSE CAST(m.month || '-' || LPAD(
      CAST(LEAST(CAST(EXTRACT(DAY FROM s.period_start) AS Nullable(Int64)), m.days) AS Nullable(String)),
      2,
      '0'
    ) || ' 00:00:00' AS Nullable(DateTime64(6, 'UTC')))
  END AS part_end,
  CAST(CASE
    WHEN (
      s.charged * (
        m.month_idx - s.first_idx + 1
      )
    ) >= 0
    THEN CAST(intDiv(
      2 * (
        s.charged * (
          m.month_idx - s.first_idx + 1
        )
      ) + (
        s.parts
      ),
      nullIf(2 * (
        s.parts
      ), 0)
    ) AS Nullable(Int64))
    ELSE -(
      CAST(intDiv(
        -2 * (
          s.charged * (
            m.month_idx - s.first_idx + 1
          )
        ) + (
          s.parts
        ),
        nullIf(2 * (
          s.parts
        ), 0)
      ) AS Nullable(Int64))
    )
  END AS Nullable(Int64)) - CAST(CASE
    WHEN (
      s.charged * (
        m.month_idx - s.first_idx
      )
    ) >= 0
    THEN CAST(intDiv(
      2 * (
        s.charged * (
          m.month_idx - s.first_idx
        )
      ) + (
        s.parts
      ),
      nullIf(2 * (
        s.parts
      ), 0)
    ) AS Nullable(Int64))
    ELSE -(
      CAST(intDiv(
        -2 * (
          s.charged * (
            m.month_idx - s.first_idx
          )
        ) + (
          s.parts
        ),
        nullIf(2 * (
          s.parts
        ), 0)
      ) AS Nullable(Int64))
    )
  END AS Nullable(Int64)) AS paid_part
FROM spans AS s
CROSS JOIN policy_month AS m
WHERE
  m.month_idx >= s.first_idx AND m.month_idx < s.first_idx + s.parts
