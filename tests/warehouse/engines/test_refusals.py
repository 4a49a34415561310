"""Constructs that answer otherwise on some engine are refused; their safe neighbours are not."""

from __future__ import annotations

import pytest

from hedgerow.warehouse.subset import problems, unportable

BAD_AND_GOOD = {
    "LAG(x, 1) OVER (ORDER BY k)": "LAG(x, 1, 0) OVER (ORDER BY k)",
    "FIRST_VALUE(x) OVER (ORDER BY k)": "MIN(x) OVER (ORDER BY k)",
    "a / b": "a // b",
    "a // 0": "a // NULLIF(b, 0)",
    "CAST(CAST(a AS DOUBLE) AS BIGINT)": "CAST(a AS DOUBLE) / CAST(b AS DOUBLE)",
    "ROUND(CAST(a AS DOUBLE))": "ABS(a)",
    "CAST(a AS DECIMAL(18, 2))": "CAST(a AS BIGINT)",
    "a * 1.5": "a * 3 // 2",
    "DATE '2300-01-01'": "DATE '2299-12-31'",
    "DATE_TRUNC('month', d)": "CAST(DATE_TRUNC('month', d) AS DATE)",
    "DATE_DIFF('hour', t, u)": "DATE_DIFF('day', d, e)",
    "COUNT(DISTINCT a) OVER (PARTITION BY b)": "COUNT(a) OVER (PARTITION BY b)",
    "ANY_VALUE(a)": "MAX(a)",
    "BOOL_OR(f)": "MAX(CASE WHEN f THEN 1 ELSE 0 END)",
    "NULL": "CAST(NULL AS BIGINT)",
    "a & 1": "a % 2",
    "AVG(a)": "CAST(SUM(a) AS BIGINT)",
    "STRING_AGG(s, ',' ORDER BY s)": "MIN(s)",
}


@pytest.mark.parametrize("bad", BAD_AND_GOOD)
def test_unsafe_construct_is_named(bad: str) -> None:
    found = unportable(f"SELECT {bad} AS r FROM t", file="m.sql")
    assert len(found) == 1, found
    assert found[0].code == "unportable_sql"
    assert found[0].where.file == "m.sql"
    assert problems(f"SELECT {bad} AS r FROM t", "m.sql"), "the lint lets it pass"


@pytest.mark.parametrize("good", BAD_AND_GOOD.values())
def test_safe_neighbour_passes(good: str) -> None:
    assert unportable(f"SELECT {good} AS r FROM t") == []


@pytest.mark.parametrize("bad", [
    "SELECT a.*, b.x FROM a JOIN b ON a.k = b.k",
    "SELECT k FROM t WHERE k NOT IN (SELECT k FROM u)",
    "SELECT k, COUNT(*) AS n FROM t GROUP BY ALL",
    "SELECT * FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY k) = 1",
    "SELECT COALESCE(k, 0) AS k FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY k) = 1",
    "SELECT * EXCLUDE (k) FROM t",
    "SELECT k FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY k) = 1 ORDER BY k",
    "SELECT k FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY k) = 1 LIMIT 2",
])
def test_unsafe_shape_is_named(bad: str) -> None:
    assert len(unportable(bad)) == 1
    assert problems(bad, "m.sql"), "the lint lets it pass"


def test_a_comment_allows_nothing_at_the_gate() -> None:
    sql = "-- subset: allow average: shown only in a test\nSELECT AVG(t.x) AS a FROM t"
    assert problems(sql, "m.sql") == []
    assert len(unportable(sql)) == 1


def test_a_text_that_cannot_be_read_is_a_problem_and_no_crash() -> None:
    assert [p.code for p in unportable("SELECT (1", file="m.sql")] == ["unparsed"]


@pytest.mark.parametrize("good", [
    "SELECT a.* FROM a",
    "SELECT k FROM t WHERE k NOT IN (1, 2)",
    "SELECT COALESCE(t.k, 0) AS k FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY t.k) = 1",
    "SELECT COUNT(*) AS n FROM a JOIN b ON a.k = b.k",
])
def test_safe_shape_passes(good: str) -> None:
    assert unportable(good) == []


def test_all_faults_are_collected() -> None:
    assert len(unportable("SELECT a / b AS x, ROUND(c) AS y, LEAD(d) OVER (ORDER BY k) AS z FROM t")) == 3
