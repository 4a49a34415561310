"""What our own rewrites add to sqlglot. That the answers are equal is shown by test_constructs and test_equality."""

from __future__ import annotations

import pytest

from hedgerow.warehouse.transpile import DIALECTS, UnableToTranspile, to_dialect


@pytest.mark.parametrize(("dialect", "expected"), [
    ("clickhouse", "CAST(intDiv(a - b, c) AS Nullable(Int64))"),
    ("postgres", "CAST(DIV(a - b, c) AS BIGINT)"),
    ("snowflake", "CAST(((a - b) - (a - b) % c) / c AS BIGINT)"),
    ("spark", "(a - b) DIV c"),
    ("bigquery", "DIV((a - b), c)"),
])
def test_integer_division_never_goes_through_fractions(dialect: str, expected: str) -> None:
    assert to_dialect("SELECT (a - b) // c AS r FROM t", dialect) == f"SELECT {expected} AS r FROM t"


@pytest.mark.parametrize("dialect", ["clickhouse", "postgres", "snowflake"])
def test_a_division_inside_a_division_is_rewritten_too(dialect: str) -> None:
    text = to_dialect("SELECT a // 2 // 3 AS r FROM t", dialect)
    assert "TRUNC(" not in text
    assert text.count("intDiv" if dialect == "clickhouse" else "DIV(" if dialect == "postgres" else "AS BIGINT") >= 2


def test_qualify_keeps_a_table_column_apart_from_the_output_of_the_same_name() -> None:
    sql = ("SELECT COALESCE(r.t, u.c) AS c FROM u LEFT JOIN r ON r.s = u.c "
           "QUALIFY ROW_NUMBER() OVER (PARTITION BY u.c ORDER BY u.z NULLS FIRST) = 1")
    for dialect in ("postgres", "spark"):
        text = to_dialect(sql, dialect)
        assert "PARTITION BY u.c ORDER BY" in text, text
        assert text.endswith("WHERE _q1 = 1")


def test_clickhouse_dates_are_the_wide_ones() -> None:
    text = to_dialect("SELECT DATE '2199-12-31' AS d, TIMESTAMP '1960-01-01 00:00:00' AS t", "clickhouse")
    assert "AS Nullable(Date32))" in text
    assert "AS Nullable(DateTime64(6, 'UTC')))" in text


def test_wide_integers_have_a_name_everywhere() -> None:
    texts = {d: to_dialect("SELECT CAST(CAST(a AS HUGEINT) * b // c AS BIGINT) AS r FROM t", d) for d in DIALECTS}
    assert "Int128" in texts.pop("clickhouse")
    assert not [text for text in texts.values() if "INT128" in text]


def test_duckdb_text_stays_as_it_is() -> None:
    assert to_dialect("select 1 -- as written", "duckdb") == "select 1 -- as written"


def test_unknown_dialect_is_refused() -> None:
    with pytest.raises(UnableToTranspile) as caught:
        to_dialect("SELECT 1 AS x", "oracle")
    assert caught.value.code == "unknown_dialect"


def test_what_a_dialect_cannot_say_is_an_error_and_not_a_warning() -> None:
    sql = "SELECT SUM(a) OVER (ORDER BY m RANGE BETWEEN 1 PRECEDING AND 1 PRECEDING) AS r FROM t"
    with pytest.raises(UnableToTranspile) as caught:
        to_dialect(sql, "bigquery", name="spike")
    assert caught.value.code == "unsupported_sql"
    assert "spike in bigquery" in caught.value.message
    assert to_dialect(sql.replace("ORDER BY m", "ORDER BY m NULLS FIRST"), "bigquery")
