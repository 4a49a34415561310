"""The SQL lint: every construct outside the portable subset is found, and its portable twin is not."""

from __future__ import annotations

import pytest

from hedgerow.warehouse.model import load_models
from hedgerow.warehouse.subset import MODELS, problems, raw_tables_read

BAD = {
    "lag_default": ["SELECT LAG(t.x) OVER (ORDER BY t.k) AS p FROM t",
                    "SELECT LEAD(t.x, 1) OVER (ORDER BY t.k) AS n FROM t"],
    "correlated": ["SELECT (SELECT MAX(u.x) FROM u WHERE u.k = t.k) AS top FROM t",
                   "SELECT t.k FROM t WHERE t.x = (SELECT COALESCE(MAX(u.x), 0) FROM u WHERE u.k = t.k)"],
    "not_in": ["SELECT t.k FROM t WHERE t.k NOT IN (1, 2)", "SELECT t.k FROM t WHERE NOT (t.k IN (SELECT u.k FROM u))"],
    "rollup": ["SELECT t.k FROM t GROUP BY ROLLUP (t.k)", "SELECT t.k FROM t GROUP BY CUBE (t.k)",
               "SELECT t.k FROM t GROUP BY GROUPING SETS ((t.k), ())"],
    "round": ["SELECT ROUND(t.x, 2) AS r FROM t"],
    "cast_double": ["SELECT CAST(CAST(t.x AS DOUBLE) / CAST(2 AS DOUBLE) AS BIGINT) AS r FROM t",
                    "SELECT CAST(CASE WHEN t.k = 1 THEN CAST(t.x AS DOUBLE) ELSE 0 END AS INTEGER) AS r FROM t"],
    "division": ["SELECT t.x / 2 AS r FROM t", "SELECT CAST(t.x AS DOUBLE) / 2 AS r FROM t",
                 "SELECT CAST(t.x AS DECIMAL(18, 2)) / CAST(t.y AS DECIMAL(18, 2)) AS r FROM t"],
    "zero_division": ["SELECT CAST(t.x AS DOUBLE) / CAST(t.y AS DOUBLE) AS r FROM t", "SELECT t.x // 0 AS r FROM t",
                      "SELECT CAST(t.x AS DOUBLE) / CAST(0 AS DOUBLE) AS r FROM t"],
    "decimal": ["SELECT CAST(t.x AS DECIMAL(18, 2)) AS r FROM t", "SELECT t.x * 1.5 AS r FROM t"],
    "date_diff": ["SELECT DATE_DIFF('month', t.a, t.b) AS d FROM t", "SELECT DATE_DIFF('day', t.a, t.b) AS d FROM t"],
    "quantile": ["SELECT QUANTILE_CONT(t.x, 0) AS q FROM t", "SELECT MEDIAN(t.x) AS q FROM t"],
    "string_agg": ["SELECT t.k, STRING_AGG(t.s, ',' ORDER BY t.s) AS s1 FROM t GROUP BY t.k"],
    "arg_max": ["SELECT t.k, ARG_MAX(t.s, t.x) AS best FROM t GROUP BY t.k"],
    "bool_or": ["SELECT t.k, BOOL_OR(t.b) AS any_b FROM t GROUP BY t.k", "SELECT COUNT_IF(t.b) AS n FROM t"],
    "any_value": ["SELECT t.k, ANY_VALUE(t.s) AS s1 FROM t GROUP BY t.k"],
    "first_value": ["SELECT FIRST_VALUE(t.s) OVER (ORDER BY t.k) AS s1 FROM t"],
    "split_part": ["SELECT SPLIT_PART(t.s, '@', 2) AS d FROM t"],
    "values": ["WITH v AS (SELECT * FROM (VALUES (1), (2)) AS w(k)) SELECT v.k FROM v"],
    "generate_series": ["SELECT g.k FROM GENERATE_SERIES(1, 3) AS g(k)"],
    "list": ["SELECT LIST(t.s) AS l FROM t", "SELECT [t.a, t.b] AS l FROM t", "SELECT UNNEST([1, 2]) AS k"],
    "pivot": ["SELECT * FROM t PIVOT (SUM(x) FOR k IN (1, 2))"],
    "try_cast": ["SELECT TRY_CAST(t.s AS BIGINT) AS n FROM t"],
    "group_by_all": ["SELECT t.k, COUNT(*) AS n FROM t GROUP BY ALL"],
    "distinct_on": ["SELECT DISTINCT ON (t.k) t.k, t.x FROM t"],
    "star": ["SELECT * EXCLUDE (k) FROM t", "SELECT * REPLACE (1 AS k) FROM t"],
    "bare_alias": ["SELECT x + 1 AS y, y * 2 AS z FROM t", "SELECT k, SUM(x) AS x FROM t GROUP BY k",
                   "SELECT t.k, t.a AS x FROM t WHERE x > 0"],
    "asof": ["SELECT t.k FROM t ASOF JOIN u ON t.a >= u.a", "SELECT t.k FROM t POSITIONAL JOIN u"],
    "outer_null_test": ["SELECT t.k FROM t LEFT JOIN u ON u.k = t.k WHERE u.k IS NULL",
                        "SELECT CASE WHEN u.x IS NOT NULL THEN 1 ELSE 0 END AS has FROM t LEFT JOIN u ON u.k = t.k",
                        "SELECT u.k FROM t RIGHT JOIN u ON u.k = t.k WHERE t.k IS NULL",
                        "SELECT u.k FROM t FULL JOIN u ON u.k = t.k WHERE t.k IS NULL"],
    "empty_aggregate": ["SELECT SUM(t.x) AS total FROM t",
                        "SELECT t.k, SUM(t.x) FILTER (WHERE t.b) AS s1 FROM t GROUP BY t.k",
                        "SELECT SUM(t.x) OVER (ORDER BY t.k ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS s1 FROM t"],
    "far_date": ["SELECT COALESCE(t.d, DATE '9999-12-31') AS d1 FROM t"],
    "average": ["SELECT AVG(t.x) AS a FROM t"],
    "lateral": ["SELECT t.k, u.x FROM t, LATERAL (SELECT v.x FROM v WHERE v.k = t.k) AS u"],
    "epoch": ["SELECT EPOCH(t.a) AS e FROM t"],
    "make_date": ["SELECT MAKE_DATE(2026, 1, 1) AS d"],
    "contains": ["SELECT t.k FROM t WHERE CONTAINS(t.s, 'x')"],
    "mode": ["SELECT MODE(t.x) AS m FROM t"],
    "bits": ["SELECT t.a & 1 AS odd FROM t"],
    "star_join": ["SELECT t.*, u.x FROM t JOIN u ON u.k = t.k", "SELECT * FROM t LEFT JOIN u ON u.k = t.k"],
    "window_distinct": ["SELECT COUNT(DISTINCT t.x) OVER (PARTITION BY t.k) AS n FROM t"],
    "qualify_names": ["SELECT t.x + 1 FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY t.x) = 1",
                      "SELECT t.* FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY t.x) = 1"],
    "qualify_order": ["SELECT t.x FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY t.x) = 1 LIMIT 1"],
    "qualify_alias": ["SELECT COALESCE(t.x, 0) AS x FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY x) = 1"],
    "bare_null": ["SELECT NULL AS x FROM t"],
    "date_trunc": ["SELECT DATE_TRUNC('month', t.a) AS m FROM t"],
    "unparsed": ["SELECT FROM WHERE", "SELECT (1"],
}

GOOD = [
    "SELECT LAG(t.x, 1, 0) OVER (PARTITION BY t.k ORDER BY t.m NULLS FIRST) AS p FROM t",
    "SELECT t.x // 2 AS half, t.x % 2 AS odd, t.x // t.days AS daily FROM t",
    "SELECT CAST(t.x AS DOUBLE) / CAST(NULLIF(t.y, 0) AS DOUBLE) AS ratio FROM t",
    "SELECT CAST(t.x AS DOUBLE) / CAST(100 AS DOUBLE) AS ratio FROM t",
    "SELECT CAST(CAST(t.a AS HUGEINT) * t.b // 1000000 AS BIGINT) AS part FROM t",
    "SELECT t.k, CAST(SUM(t.x) AS BIGINT) AS x FROM t GROUP BY t.k ORDER BY x",  # qualified: the column everywhere
    "SELECT t.k AS k, COALESCE(u.x, 0) AS x FROM t LEFT JOIN u ON u.k = t.k WHERE t.x IS NULL",
    "SELECT t.k FROM t WHERE t.k IN (1, 2) AND NOT EXISTS (SELECT 1 FROM u WHERE u.k = t.k)",
    "SELECT t.k FROM t WHERE t.x > (SELECT COALESCE(MAX(u.x), 0) FROM u)",  # scalar, but not correlated
    "SELECT COALESCE(SUM(t.x), 0) AS total, COUNT(*) AS n FROM t",
    "SELECT COALESCE(SUM(t.x) OVER (ORDER BY t.m ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING), 0) AS before FROM t",
    "SELECT MAX(t.x) OVER (ORDER BY t.m ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS peak FROM t",
    "SELECT COALESCE(SUM(t.x) FILTER (WHERE t.b), 0) AS s1 FROM t",
    "SELECT t.k, t.a FROM t QUALIFY ROW_NUMBER() OVER (PARTITION BY t.k ORDER BY t.a DESC) = 1",
    "SELECT DATE_DIFF('day', CAST(t.a AS DATE), CAST(t.b AS DATE)) AS days FROM t WHERE t.a < DATE '2199-12-31'",
    "SELECT CAST(DATE_TRUNC('month', t.a) AS DATE) AS m, CAST(NULL AS BIGINT) AS x FROM t",
    "SELECT t.k, COUNT(*) OVER (PARTITION BY t.k) AS n FROM t WHERE EXISTS (SELECT * FROM u WHERE u.k = t.k)",
    "WITH v AS (SELECT 1 AS k UNION ALL SELECT 2 AS k) SELECT v.k FROM v",
    "SELECT u.k FROM (SELECT t.k, t.x AS y FROM t) AS u WHERE u.y > 0",
    "SELECT t.k, t.y FROM t JOIN u ON u.k = t.k WHERE u.x IS NULL",  # an inner join leaves nulls as they are
]


@pytest.mark.parametrize(("code", "sql"), [(code, sql) for code, texts in BAD.items() for sql in texts])
def test_constructs_outside_the_subset_are_found(code: str, sql: str) -> None:
    assert code in {p.code for p in problems(sql, "bad.sql")}


@pytest.mark.parametrize("sql", GOOD)
def test_portable_texts_pass(sql: str) -> None:
    assert problems(sql, "good.sql") == []


def test_every_finding_of_a_text_is_named_with_its_line() -> None:
    sql = "\n".join(["-- header", "SELECT", "  t.k,", "  t.x / 2 AS half,", "  LAG(t.x) OVER (",
                     "    ORDER BY t.k) AS p", "FROM t", "WHERE t.k NOT IN (1)"])
    found = problems(sql, "three.sql")
    assert [(p.where.file, p.where.line, p.code) for p in found] == [
        ("three.sql", 4, "division"), ("three.sql", 5, "lag_default"), ("three.sql", 8, "not_in")]


def test_a_reasoned_comment_allows_one_code_on_its_line_and_the_next_only() -> None:
    sql = "SELECT\n  -- subset: allow average: shown only in a test\n  AVG(t.x) AS a,\n  AVG(t.y) AS b\nFROM t"
    assert [(p.where.line, p.code) for p in problems(sql, "x.sql")] == [(4, "average")]


@pytest.mark.parametrize("comment", [
    "-- subset: allow average:", "-- subset: allow average", "-- subset: allow mode: why"])
def test_a_comment_without_reason_or_for_another_code_allows_nothing(comment: str) -> None:
    assert [p.code for p in problems(f"{comment}\nSELECT AVG(t.x) AS a FROM t", "x.sql")] == ["average"]


def test_raw_tables_are_seen_in_joins_ctes_and_subqueries() -> None:
    sql = ("WITH a AS (SELECT r.k FROM raw_users AS r) SELECT a.k FROM a LEFT JOIN raw_events AS e ON e.k = a.k "
           "WHERE EXISTS (SELECT 1 FROM raw_deals AS d WHERE d.k = a.k)")
    assert raw_tables_read(sql) == {"raw_users", "raw_events", "raw_deals"}


def test_all_models_are_portable() -> None:
    files = sorted(MODELS.glob("*/*.sql"))
    found = [p for file in files for p in problems(file.read_text(encoding="utf-8"), str(file.relative_to(MODELS)))]
    assert len(files) == len(load_models())
    assert files
    assert found == [], "\n".join(map(str, found))
