"""What an engine refuses to run, because it or another would answer differently, or not at all.

``hedgerow.warehouse.subset`` is the lint for authors, with reasons that may be overruled by a comment. This is the
last gate before an engine: compiled text without comments, nothing overruled.

Every entry was tried on DuckDB 2.0, ClickHouse 26.9, Spark 4.3 and PostgreSQL 15, or stands in the manuals of
Snowflake and BigQuery. ``docs/guides/engines.md`` tells what goes wrong with each, and what to write in its place.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from hedgerow.kernel.problem import Problem, Where

# Dates of ClickHouse end in 2299; the year 9999 is cut down to that in silence.
LAST_SAFE_YEAR = 2299

_BANNED: dict[type[exp.Expr], str] = {
    exp.FirstValue: "FIRST_VALUE skips NULLs on ClickHouse: use ROW_NUMBER and MAX(CASE WHEN rn = 1 THEN … END)",
    exp.LastValue: "LAST_VALUE skips NULLs on ClickHouse: use ROW_NUMBER and MAX(CASE WHEN rn = 1 THEN … END)",
    exp.AnyValue: "ANY_VALUE is missing in PostgreSQL and picks freely elsewhere: use MIN or MAX",
    exp.ArgMax: "ARG_MAX is missing in PostgreSQL: use ROW_NUMBER",
    exp.ArgMin: "ARG_MIN is missing in PostgreSQL: use ROW_NUMBER",
    exp.LogicalOr: "BOOL_OR is missing in ClickHouse: use MAX(CASE WHEN … THEN 1 ELSE 0 END)",
    exp.LogicalAnd: "BOOL_AND is missing in ClickHouse: use MIN(CASE WHEN … THEN 1 ELSE 0 END)",
    exp.Avg: "AVG is binary floating point: divide two CAST(SUM(…) AS BIGINT)",
    exp.Round: "ROUND goes to even on some engines and away from zero on others: round with integers",
    exp.Lateral: "LATERAL is missing in ClickHouse: use ROW_NUMBER and a join",
    exp.Pivot: "PIVOT differs everywhere: use MAX(CASE …)",
    exp.TryCast: "TRY_CAST is missing in PostgreSQL: the landing checks the values",
    exp.BitwiseAnd: "bit operators are missing in ClickHouse",
    exp.BitwiseOr: "bit operators are missing in ClickHouse",
    exp.TimeToUnix: "EPOCH truncates on Spark and is missing in ClickHouse",
    exp.DateFromParts: "MAKE_DATE is missing in ClickHouse and PostgreSQL: read the date from a table of months",
    exp.SplitPart: "SPLIT_PART is missing in ClickHouse: the landing splits",
    exp.Contains: "CONTAINS is missing in PostgreSQL: use LIKE or POSITION",
}


def unportable(sql: str, *, file: str = "") -> list[Problem]:
    """Everything in a DuckDB text that does not mean the same on all engines; an empty list when it is clean."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    found = dict.fromkeys(message for node in tree.walk() for message in _faults(node))
    return [Problem("unportable_sql", message, Where(file=file)) for message in found]


def _faults(node: exp.Expr) -> Iterator[str]:
    if message := _BANNED.get(type(node)):
        yield message
    for check in (_window_fault, _division_fault, _date_fault, _type_fault, _shape_fault):
        if message := check(node):
            yield message


def _window_fault(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Lag | exp.Lead) and node.args.get("default") is None:
        return f"{node.key.upper()} without its third argument gives 0 instead of NULL on ClickHouse: {_text(node)}"
    if isinstance(node, exp.Window) and node.this.find(exp.Distinct):
        return f"DISTINCT in a window is missing in PostgreSQL and Spark: {_text(node)}"
    return _qualify_fault(node)


def _qualify_fault(node: exp.Expr) -> str | None:
    """QUALIFY becomes a condition around the SELECT on PostgreSQL and Spark."""
    if not isinstance(node, exp.Select) or not node.args.get("qualify"):
        return None
    if any(e.is_star or not e.alias_or_name for e in node.expressions):
        return "a SELECT with QUALIFY needs a name for every column"
    if node.args.get("order") or node.args.get("limit"):
        return "QUALIFY beside ORDER BY or LIMIT: put it into a CTE"
    made = {e.alias for e in node.expressions if isinstance(e, exp.Alias) and not isinstance(e.this, exp.Window)}
    windows = node.args["qualify"].find_all(exp.Window)
    loose = {c.name for window in windows for c in window.find_all(exp.Column) if not c.table}
    if both := sorted(made & loose):
        name = both[0]
        return f"QUALIFY over {', '.join(both)}: is the table's column or the output meant? (a.{name}, or a CTE)"
    return None


def _division_fault(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Div) and not any(side.find(exp.Cast) for side in (node.left, node.right)):
        return f"'/' on integers truncates on PostgreSQL: use // or CAST one side to DOUBLE: {_text(node)}"
    if isinstance(node, exp.IntDiv) and isinstance(node.right, exp.Literal) and node.right.name == "0":
        return f"division by zero: {_text(node)}"
    return None


def _date_fault(node: exp.Expr) -> str | None:
    if isinstance(node, exp.DateDiff | exp.TimestampDiff):
        unit = (node.text("unit") or "day").lower()
        if unit != "day":
            return f"date_diff in {unit}s counts borders on DuckDB and whole units on Spark: {_text(node)}"
    if isinstance(node, exp.Cast) and node.is_type("date", "timestamp") and node.this.is_string:
        year = node.this.name[:4]
        if year.isdigit() and int(year) > LAST_SAFE_YEAR:
            return f"{node.this.name} lies after {LAST_SAFE_YEAR}, where the dates of ClickHouse end"
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc) and not isinstance(node.parent, exp.Cast):
        return f"date_trunc gives a date here and a timestamp there: CAST it AS DATE: {_text(node)}"
    return None


def _type_fault(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Cast):
        if node.is_type("decimal"):
            return f"DECIMAL has other scales on every engine: use whole units in BIGINT: {_text(node)}"
        if node.is_type("bigint", "int") and isinstance(node.this, exp.Cast) and node.this.is_type("double", "float"):
            return f"a DOUBLE cast to an integer rounds here and truncates there: {_text(node)}"
    if isinstance(node, exp.Literal) and node.is_number and not node.name.isdigit():
        return f"{node.name} is a decimal here and a double there: use whole units, or CAST('…' AS DOUBLE)"
    if isinstance(node, exp.Alias) and isinstance(node.this, exp.Null):
        return f"a bare NULL has no type on ClickHouse: CAST(NULL AS …) AS {node.alias}"
    return None


def _shape_fault(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Select) and node.args.get("joins") and any(e.is_star for e in node.expressions):
        return f"* beside a JOIN: ClickHouse puts the table's alias into the names; name the columns: {_head(node)}"
    if isinstance(node, exp.Group) and (node.args.get("all") or node.args.get("rollup") or node.args.get("cube")):
        return "GROUP BY ALL, ROLLUP and CUBE: name the columns"
    if isinstance(node, exp.Not) and isinstance(node.this, exp.In) and node.this.args.get("query"):
        return f"NOT IN (SELECT …) is empty as soon as one value is NULL: use NOT EXISTS: {_text(node)}"
    if isinstance(node, exp.GroupConcat) and node.find(exp.Order):
        return "STRING_AGG with ORDER BY is missing in ClickHouse"
    if isinstance(node, exp.Star) and (node.args.get("except_") or node.args.get("except") or node.args.get("replace")):
        return "* EXCLUDE / REPLACE: name the columns"
    return None


def _head(node: exp.Select) -> str:
    return ", ".join(_text(expression) for expression in node.expressions)[:60]


def _text(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb", comments=False)
