"""Construct by construct on a few rows full of NULLs, negatives, ties and big numbers: equal to DuckDB, or refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from .compare import differences, export_all
from .conftest import OpenEngine

T = r"""
SELECT * FROM (VALUES
  (1::BIGINT, 7::BIGINT, 2::BIGINT, 'ab', '', DATE '2026-01-31', TIMESTAMP '2026-01-31 23:59:59.123456', true),
  (2, -7, 2, 'héllo', NULL, DATE '2026-02-28', TIMESTAMP '2026-02-01 00:00:00', false),
  (3, 7, -2, 'c', 'x', NULL, NULL, NULL),
  (4, 9007199254740993, 1, '\N', '''"', DATE '1950-12-31', TIMESTAMP '1960-02-29 12:30:00', true),
  (5, 9007199254740993, 3, 'D,' || chr(10) || 'e', 'y', DATE '2199-12-31', TIMESTAMP '2199-03-31 23:59:59', false),
  (6, NULL, 5, NULL, NULL, DATE '2026-03-01', TIMESTAMP '2026-03-31 23:59:59', NULL),
  (7, 4611686018427387904, 7, 'null', ' ', DATE '2026-03-01', TIMESTAMP '2026-03-31 23:59:59', true)
) AS v(id, a, b, s, e, d, ts, f)
"""
U = "SELECT * FROM (VALUES (1::BIGINT, 10::BIGINT, 'm'), (3, 30, 'n'), (3, 31, 'o'), (9, NULL, 'p')) AS v(id, x, w)"

CONSTRUCTS = {
    "division_truncates": "SELECT id, a // b AS q, a % b AS m, -a // b AS n, (a + 1) // 2 // 3 AS nested FROM t",
    "division_by_nothing": "SELECT id, a // NULLIF(b, 2) AS q FROM t",
    "wide_product": "SELECT id, CAST(CAST(a AS HUGEINT) * 1000000 // 3000000 AS BIGINT) AS r FROM t",
    "wide_comparison": "SELECT id FROM t WHERE CAST(a AS HUGEINT) * 1000000 > CAST(b AS HUGEINT) * 9999999",
    "sums": "SELECT s, CAST(SUM(b) AS BIGINT) AS r, COUNT(*) FILTER (WHERE f) AS n, "
            "CAST(SUM(b) FILTER (WHERE id = 99) AS BIGINT) AS none FROM t GROUP BY s",
    "sum_over_nothing": "SELECT CAST(SUM(a) AS BIGINT) AS r, MIN(a) AS low, COUNT(*) AS n FROM t WHERE id = 99",
    "literals": "SELECT id, 5 AS lit, -1 AS low, 300 AS high, 'x' AS word, TRUE AS yes, id > 3 AS big, "
                "CAST(NULL AS BIGINT) AS none, COUNT(*) OVER () AS n, ROW_NUMBER() OVER (ORDER BY id) AS rn FROM t",
    "frames": "SELECT id, CAST(COALESCE(SUM(b) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING), 0) AS BIGINT) AS p, "  # noqa: E501
              "CAST(COALESCE(SUM(b) OVER (PARTITION BY f ORDER BY id RANGE BETWEEN 1 FOLLOWING AND 2 FOLLOWING), 0) AS BIGINT) "  # noqa: E501
              "AS n, MAX(CASE WHEN f THEN id END) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS m FROM t",  # noqa: E501
    "lag_and_lead": "SELECT id, LAG(b, 1, 0) OVER (ORDER BY id) AS p, LEAD(s, 1, '') OVER (ORDER BY id) AS n, "
                    "LAG(CAST(b AS INTEGER), 1, CAST(b AS INTEGER) - 1) OVER (ORDER BY id) AS q, "
                    "LAG(d, 1, DATE '2026-01-01') OVER (ORDER BY id) AS day FROM t",
    "order_of_text": "SELECT id, ROW_NUMBER() OVER (ORDER BY s NULLS FIRST, id) AS r, s > 'a' AS after FROM t",
    "order_with_nulls": "SELECT id, RANK() OVER (ORDER BY a NULLS FIRST) AS r, RANK() OVER (ORDER BY a DESC NULLS LAST) AS q, "  # noqa: E501
                        "ROW_NUMBER() OVER (ORDER BY a, id) AS p FROM t",
    "first_of_each": "SELECT COALESCE(u.w, t.s) AS s, t.id FROM t LEFT JOIN u ON u.id = t.id "
               "QUALIFY ROW_NUMBER() OVER (PARTITION BY t.s ORDER BY t.id DESC, u.x DESC NULLS LAST) = 1",
    "outer_join": "SELECT t.id, u.x, u.w, u.id IS NULL AS is_alone, COALESCE(u.x, 0) AS x0 FROM t LEFT JOIN u ON u.id = t.id",  # noqa: E501
    "exists": "SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.id = t.id AND u.x < t.a)",
    "union": "SELECT id, CAST(NULL AS VARCHAR) AS s, 0 AS n FROM t UNION ALL SELECT id, w, x FROM u",
    "text": "SELECT id, s || '-' || e AS both, LENGTH(s) AS n, SUBSTR(s, 1, 2) AS two, UPPER('é') AS up, "
            "COALESCE(s, '') || CAST(id AS VARCHAR) AS k, e = '' AS is_empty, NULLIF(e, '') AS filled FROM t",
    "dates": "SELECT id, CAST(DATE_TRUNC('month', d) AS DATE) AS m, CAST(DATE_TRUNC('month', ts) AS DATE) AS n, "
             "CAST(EXTRACT(YEAR FROM d) AS BIGINT) * 12 + EXTRACT(MONTH FROM d) - 1 AS idx, CAST(ts AS DATE) AS day, "
             "DATE_DIFF('day', DATE '2026-01-01', d) AS days, CAST(d + INTERVAL 1 MONTH AS DATE) AS later FROM t WHERE id <> 5",  # noqa: E501
    "date_limits": "SELECT id, COALESCE(d, DATE '2199-12-31') AS d, COALESCE(ts, TIMESTAMP '2199-12-31 00:00:00') AS ts, "  # noqa: E501
                   "ts < TIMESTAMP '2026-02-01 00:00:00' AS early, d < DATE '1960-01-01' AS old FROM t",
    "booleans": "SELECT id, f, NOT f AS g, COALESCE(f, FALSE) AS h, f IS NULL AS n, CASE WHEN f THEN 1 ELSE 0 END AS c FROM t",  # noqa: E501
    "case_with_nulls": "SELECT id, CASE WHEN a > 0 THEN a END AS p, CASE s WHEN 'ab' THEN NULL ELSE s END AS q, "
                       "GREATEST(COALESCE(a, 0), 0) AS g, a IS DISTINCT FROM b AS r FROM t",
    "shadowed_alias": "SELECT id, b AS a, a AS z FROM t WHERE a > 7",
    "whole_rows": "SELECT * FROM t",
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {name: tmp_path / f"{name}.parquet" for name in "tu"}
    for name, sql in (("t", T), ("u", U)):
        duckdb.sql(sql).write_parquet(str(found[name]))
    return found


def exported(open_one: OpenEngine, name: str, files: dict[str, Path], folder: Path, *, is_table: bool) -> dict[str, Path]:  # noqa: E501
    engine = open_one(name)
    for table, path in files.items():
        engine.load(table, path)

    def build(_: object) -> list[str]:
        for construct, sql in CONSTRUCTS.items():
            engine.create(f"m_{construct}", sql, is_table=is_table)
        return [f"m_{construct}" for construct in CONSTRUCTS]

    return export_all(engine, build, folder)


@pytest.mark.parametrize("is_table", [True, False], ids=["table", "view"])
@pytest.mark.parametrize("name", [
    "clickhouse", "postgres", pytest.param("spark", marks=[pytest.mark.engines, pytest.mark.slow])])
def test_constructs_are_equal(name: str, is_table: bool, open_one: OpenEngine, files: dict[str, Path], tmp_path: Path) -> None:  # noqa: E501
    expected = exported(open_one, "duckdb", files, tmp_path / "duckdb", is_table=is_table)
    found = exported(open_one, name, files, tmp_path / name, is_table=is_table)
    assert not (lines := differences(expected, found)), "\n".join(lines)


@pytest.mark.parametrize("name", ["clickhouse", "postgres"])
def test_query_gives_duckdb_values(name: str, open_one: OpenEngine, files: dict[str, Path]) -> None:
    sql = "SELECT id, SUM(b) OVER () AS total, s, d, ts, f, CAST(b AS DOUBLE) AS x, TRUE AS yes FROM t ORDER BY id DESC"
    answers = []
    for engine in (open_one("duckdb"), open_one(name)):
        engine.load("t", files["t"])
        answers.append(engine.query(sql))
    assert answers[0] == answers[1]
    assert [type(value) for value in answers[0][0]] == [type(value) for value in answers[1][0]]
