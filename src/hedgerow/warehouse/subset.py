"""The portable SQL subset as a check: what other engines compute differently in silence, or refuse.

Models are written in DuckDB's dialect and run elsewhere after transpiling (docs/decisions/0003). One list serves two
readers. ``problems`` is the lint for authors: a finding that is known to be harmless in its place is allowed by a
comment on its line or the one above, with the reason: ``-- subset: allow first_value: customer_id is never null``.
``unportable`` is the last gate before an engine: compiled text, nothing allowed, without mere advice.

Every entry was tried on DuckDB 2.0, ClickHouse 26.9, Spark 4.3 and PostgreSQL 15, or stands in the manuals of
Snowflake and BigQuery. ``python -m hedgerow.warehouse.subset`` checks every model of the package.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedgerow.kernel.problem import Problem, Where

MODELS = Path(__file__).parent / "models"
_LAST_YEAR = 2299  # ClickHouse's Date32 ends here; later days wrap in silence
_LONGEST_QUOTE = 80

Found = tuple[str, str, exp.Expr]

_ALLOW = re.compile(r"--\s*subset: allow ([a-z_]+): \S")

# A node of this type is a finding wherever it stands.
_NEVER: dict[type[exp.Expr], tuple[str, str]] = {
    exp.TryCast: ("try_cast", "TRY_CAST exists on few engines; clean the value when it is landed"),
    exp.Round: ("round", "rounding of doubles differs between engines; round in whole cents with //"),
    exp.Avg: ("average", "AVG gives a double; keep the sum and the count, and divide once at the edge"),
    exp.PercentileCont: ("quantile", "quantiles are interpolated differently; rank the rows instead"),
    exp.PercentileDisc: ("quantile", "quantiles are not the same everywhere; rank the rows instead"),
    exp.Quantile: ("quantile", "quantiles are interpolated differently; rank the rows instead"),
    exp.Median: ("quantile", "MEDIAN is interpolated differently; rank the rows instead"),
    exp.Mode: ("mode", "MODE picks any of several; count and rank instead"),
    exp.GroupConcat: ("string_agg", "STRING_AGG has no order that all engines keep; return the rows"),
    exp.ArgMax: ("arg_max", "ARG_MAX exists on few engines; use ROW_NUMBER and keep the first"),
    exp.ArgMin: ("arg_max", "ARG_MIN exists on few engines; use ROW_NUMBER and keep the first"),
    exp.LogicalOr: ("bool_or", "write MAX(CASE WHEN … THEN 1 ELSE 0 END)"),
    exp.LogicalAnd: ("bool_or", "write MIN(CASE WHEN … THEN 1 ELSE 0 END)"),
    exp.CountIf: ("bool_or", "write SUM(CASE WHEN … THEN 1 ELSE 0 END)"),
    exp.AnyValue: ("any_value", "ANY_VALUE may differ from run to run; use MIN or MAX"),
    exp.First: ("any_value", "FIRST without an order may differ from run to run; use ROW_NUMBER"),
    exp.Last: ("any_value", "LAST without an order may differ from run to run; use ROW_NUMBER"),
    exp.FirstValue: ("first_value", "ClickHouse skips nulls in silence; use ROW_NUMBER and MAX(CASE WHEN nth = 1 …)"),
    exp.LastValue: ("first_value", "ClickHouse skips nulls in silence; use ROW_NUMBER and MAX(CASE WHEN nth = 1 …)"),
    exp.SplitPart: ("split_part", "SPLIT_PART exists on few engines; split when the value is landed"),
    exp.Contains: ("contains", "write POSITION(part IN text) > 0"),
    exp.GenerateSeries: ("generate_series", "join a table of months or numbers instead"),
    exp.Unnest: ("list", "lists are not portable; keep one row a value"),
    exp.Array: ("list", "lists are not portable; keep one row a value"),
    exp.ArrayAgg: ("list", "lists are not portable; keep one row a value"),
    exp.Struct: ("list", "structs are not portable; keep one column a value"),
    exp.Lambda: ("list", "lambdas are not portable"),
    exp.Lateral: ("lateral", "LATERAL is not portable; use ROW_NUMBER or a join"),
    exp.Pivot: ("pivot", "write one CASE a column"),
    exp.Values: ("values", "VALUES as a table is not portable; write SELECT … UNION ALL SELECT …"),
    exp.Rollup: ("rollup", "ROLLUP marks totals differently; UNION ALL the total"),
    exp.Cube: ("rollup", "CUBE marks totals differently; UNION ALL the totals"),
    exp.GroupingSets: ("rollup", "GROUPING SETS mark totals differently; UNION ALL the totals"),
    exp.Columns: ("star", "COLUMNS(…) is DuckDB's own; name the columns"),
    exp.TimeToUnix: ("epoch", "EPOCH depends on the engine; compare timestamps themselves"),
    exp.DateFromParts: ("make_date", "MAKE_DATE is not portable; join the months table"),
    exp.BitwiseAnd: ("bits", "bit operators are not portable"),
    exp.BitwiseOr: ("bits", "bit operators are not portable"),
}


# Advice for authors: the settings of our ClickHouse engine and our typed columns make these harmless.
_ADVICE = {"outer_null_test", "empty_aggregate", "bare_alias"}


def problems(sql: str, file: str) -> list[Problem]:
    """Everything in one SQL text that is outside the subset, by line. Empty when it is portable."""
    try:
        findings = _findings(sql)
    except SqlglotError as error:
        return [_unparsed(error, file)]
    allowed = _allowances(sql)
    found = {(_line(node), code, message) for code, message, node in findings}
    return [
        Problem(code, message, Where(file=file, line=line))
        for line, code, message in sorted(found)
        if (line, code) not in allowed
    ]


def unportable(sql: str, *, file: str = "") -> list[Problem]:
    """Everything that engines must refuse, because one of them would answer differently or not at all.

    What is found is part of what ``problems`` finds, but no comment allows it.
    """
    try:
        findings = _findings(sql)
    except SqlglotError as error:
        return [_unparsed(error, file)]
    found = {(_line(node), f"{message}: {_text(node)}") for code, message, node in findings
             if not _is_advice(code, node)}
    return [Problem("unportable_sql", message, Where(file=file, line=line)) for line, message in sorted(found)]


def _findings(sql: str) -> list[Found]:
    tree = sqlglot.parse_one(sql, read="duckdb")
    return [finding for check in _CHECKS for finding in check(tree)]


def _unparsed(error: SqlglotError, file: str) -> Problem:
    return Problem("unparsed", f"the SQL cannot be read: {error}", Where(file=file))


def _is_advice(code: str, node: exp.Expr) -> bool:
    """Whether engines agree all the same: on lists without null, whole days, and doubles divided by 0."""
    if code == "not_in":
        return not node.find(exp.Query)
    if code == "date_diff":
        return _unit(node) == "DAY"
    return code in _ADVICE or (code == "zero_division" and isinstance(node, exp.Div))


def _text(node: exp.Expr) -> str:
    return node.sql(dialect="duckdb", comments=False)[:_LONGEST_QUOTE]


def _allowances(sql: str) -> set[tuple[int, str]]:
    """Lines at which a code is allowed: the comment's own and the next."""
    lines = enumerate(sql.splitlines(), start=1)
    return {(at, match[1]) for number, line in lines if (match := _ALLOW.search(line)) for at in (number, number + 1)}


def _line(node: exp.Expr) -> int:
    """Where a node stands: its own line, else the first line inside it, else that of the node around it."""
    inside = [n.meta["line"] for n in node.walk() if n.meta and "line" in n.meta]
    if inside:
        own = node.meta.get("line") if node.meta else None
        return int(own or min(inside))
    return _line(node.parent) if node.parent else 1


def _never(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.walk():
        if finding := _NEVER.get(type(node)):
            yield (*finding, node)


def _star(tree: exp.Expr) -> Iterator[Found]:
    for star in tree.find_all(exp.Star):
        if star.args.get("except_") or star.args.get("replace") or star.args.get("rename"):
            yield "star", "* EXCLUDE and * REPLACE are not portable; name the columns", star
    for select in tree.find_all(exp.Select):
        if select.args.get("joins") and (stars := [item for item in select.expressions if item.is_star]):
            yield "star_join", "* beside a join gets other column names on ClickHouse; name the columns", stars[0]


def _windows(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.find_all(exp.Lag, exp.Lead):
        if node.args.get("default") is None:
            yield "lag_default", "without a third argument ClickHouse gives 0 or '' where others give null", node
    for window in tree.find_all(exp.Window):
        if window.this.find(exp.Distinct):
            yield "window_distinct", "DISTINCT in a window exists on few engines; group first", window


def _qualify(tree: exp.Expr) -> Iterator[Found]:
    """QUALIFY becomes a condition around the SELECT on PostgreSQL and Spark."""
    for select in tree.find_all(exp.Select):
        qualify = select.args.get("qualify")
        if not qualify:
            continue
        if any(item.is_star or not item.alias_or_name for item in select.expressions):
            yield "qualify_names", "beside QUALIFY every column needs a name", qualify
        if select.args.get("order") or select.args.get("limit"):
            yield "qualify_order", "QUALIFY beside ORDER BY or LIMIT: put it into a CTE", qualify
        made = {item.alias for item in select.expressions
                if isinstance(item, exp.Alias) and not isinstance(item.this, exp.Window)}
        windows = list(qualify.find_all(exp.Window))
        if both := sorted(made & {c.name for w in windows for c in w.find_all(exp.Column) if not c.table}):
            yield "qualify_alias", f"column or alias {', '.join(both)}? Qualify it, or move the alias to a CTE", qualify


def _not_in(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.find_all(exp.Not):
        if isinstance(node.this.unnest(), exp.In):
            yield "not_in", "one null makes NOT IN empty; write NOT EXISTS, or <> … AND <> …", node


def _grouping(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.find_all(exp.Group):
        if node.args.get("all"):
            yield "group_by_all", "GROUP BY ALL exists on few engines; name the columns", node
    for distinct in tree.find_all(exp.Distinct):
        if distinct.args.get("on"):
            yield "distinct_on", "DISTINCT ON exists on few engines; use ROW_NUMBER", distinct


def _joins(tree: exp.Expr) -> Iterator[Found]:
    for join in tree.find_all(exp.Join):
        if (join.args.get("method") or "").upper() in {"ASOF", "POSITIONAL", "NATURAL"}:
            yield "asof", f"{join.args['method'].upper()} joins are not portable; join on named columns", join


def _is_double(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.is_type("double", "float")


def _division(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.find_all(exp.Div):
        left, right = node.this.unnest(), node.expression.unnest()
        if not (_is_double(left) and _is_double(right)):
            yield "division", "of integers and decimals / differs; use //, or CAST both sides to DOUBLE", node
        elif not isinstance(right.this.unnest(), exp.Nullif) and not _is_nonzero(right.this.unnest()):
            yield "zero_division", "x/0 is null, infinite or an error; divide by CAST(NULLIF(…, 0) AS DOUBLE)", node
    for whole in tree.find_all(exp.IntDiv, exp.Mod):
        if whole.expression.unnest() == exp.Literal.number(0):
            yield "zero_division", "this divides by 0", whole


def _is_nonzero(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.this.strip("0") not in {"", "."}


def _casts(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.find_all(exp.Cast):
        if isinstance(node, exp.TryCast):
            continue
        if node.to.is_type(*exp.DataType.INTEGER_TYPES) and _holds_double(node.this):
            yield "cast_double", "a double becomes an integer by truncation here and by rounding there; use //", node
        if node.to.is_type("decimal"):
            yield "decimal", "DECIMAL rounds differently; keep whole cents, or HUGEINT between two steps", node
    for alias in tree.find_all(exp.Alias):
        if isinstance(alias.this, exp.Null):
            yield "bare_null", f"NULL has no type on ClickHouse; write CAST(NULL AS …) AS {alias.alias}", alias
    for literal in tree.find_all(exp.Literal):
        if not literal.is_string and not literal.this.isdigit():
            yield "decimal", f"{literal.this} is a decimal here and a double on ClickHouse; use whole numbers", literal


def _holds_double(node: exp.Expr) -> bool:
    inner = node.unnest()
    if isinstance(inner, exp.Cast):
        return _is_double(inner)
    if isinstance(inner, exp.Case | exp.Coalesce | exp.Add | exp.Sub | exp.Mul | exp.Neg | exp.Floor | exp.Ceil):
        return any(_holds_double(child) for child in inner.iter_expressions())
    if isinstance(inner, exp.If):
        return any(_holds_double(inner.args[part]) for part in ("true", "false") if inner.args.get(part))
    return isinstance(inner, exp.Div)


def _dates(tree: exp.Expr) -> Iterator[Found]:
    for node in tree.find_all(exp.DateDiff, exp.TimestampDiff):
        sides = (node.this, node.expression)
        if _unit(node) != "DAY" or not all(isinstance(s, exp.Cast) and s.to.is_type("date") for s in sides):
            yield "date_diff", "engines count boundaries differently; only DATE_DIFF('day', CAST(… AS DATE), …)", node
    for node in tree.find_all(exp.DateTrunc, exp.TimestampTrunc):
        if not isinstance(node.parent, exp.Cast):
            yield "date_trunc", "gives a date here and a timestamp there; write CAST(DATE_TRUNC(…) AS DATE)", node
    for literal in tree.find_all(exp.Literal):
        if literal.is_string and (match := re.match(r"(\d{4})-\d\d-\d\d", literal.this)) and int(match[1]) > _LAST_YEAR:
            yield "far_date", "ClickHouse's dates end in 2299; use null or 2199-12-31", literal


def _unit(node: exp.Expr) -> str:
    return str(node.args.get("unit") or "").strip("'").upper()


def _own(select: exp.Select, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Nodes of this SELECT itself, not those of the queries inside it."""
    for node in select.walk(prune=lambda n: n is not select and isinstance(n, exp.Query | exp.CTE)):
        if isinstance(node, kinds):
            yield node


def _aliases(tree: exp.Expr) -> Iterator[Found]:
    """A bare column with the name of an alias of the same SELECT: engines disagree which of the two is meant.

    A qualified column (``t.amount``) means the column everywhere, so it may share its name with an alias.
    """
    for select in tree.find_all(exp.Select):
        order = select.args.get("order")
        ordered = {id(c) for c in order.find_all(exp.Column)} if order else set()
        bare = [c for c in _own(select, exp.Column) if not c.args.get("table") and id(c) not in ordered]
        aliases = {item.alias for item in select.expressions if isinstance(item, exp.Alias) and not _passes(item)}
        for column in bare:
            if column.name in aliases:
                yield "bare_alias", f"column or alias {column.name}? Qualify it, or move the alias to a CTE", column


def _passes(item: exp.Alias) -> bool:
    return isinstance(item.this, exp.Column) and item.this.name == item.alias


def _outer_sides(select: exp.Select) -> set[str]:
    """Aliases whose columns can be null because a join found no partner."""
    sides: set[str] = set()
    first = select.args.get("from_")
    before = [first.this.alias_or_name] if first else []
    for join in select.args.get("joins") or []:
        side = (join.side or "").upper()
        if side in {"LEFT", "FULL"}:
            sides.add(join.this.alias_or_name)
        if side in {"RIGHT", "FULL"}:
            sides.update(before)
        before.append(join.this.alias_or_name)
    return sides


def _outer_nulls(tree: exp.Expr) -> Iterator[Found]:
    for select in tree.find_all(exp.Select):
        sides = _outer_sides(select)
        for node in _own(select, exp.Is):
            column = node.this.unnest()
            if isinstance(column, exp.Column) and column.table in sides:
                yield ("outer_null_test", f"{column.sql()} is 0 or '' where outer joins fill with defaults; "
                       "use NOT EXISTS, or COALESCE a flag of the joined side", node)


def _scalar_queries(tree: exp.Expr) -> Iterator[Found]:
    for query in tree.find_all(exp.Subquery):
        if isinstance(query.parent, exp.From | exp.Join | exp.Query | exp.With | exp.CTE | exp.In | exp.Exists):
            continue
        inner = {t.alias_or_name for t in query.find_all(exp.Table, exp.Subquery)}
        if any(c.table and c.table not in inner for c in query.find_all(exp.Column)):
            yield "correlated", "a correlated scalar sub-query is refused or wrong elsewhere; join a grouped CTE", query


def _empty_aggregates(tree: exp.Expr) -> Iterator[Found]:
    """SUM, MIN and MAX over no rows are null here and 0 on ClickHouse: COALESCE says which is meant."""
    for select in tree.find_all(exp.Select):
        for node in _own(select, exp.Sum, exp.Min, exp.Max):
            filter_ = node.parent if isinstance(node.parent, exp.Filter) else None
            outer = filter_ or node
            window = outer.parent if isinstance(outer.parent, exp.Window) else None
            can_be_empty = filter_ is not None or (_may_be_empty(window) if window else not select.args.get("group"))
            if can_be_empty and not outer.find_ancestor(exp.Coalesce):
                yield ("empty_aggregate", "over no rows this is null here and 0 on ClickHouse; COALESCE it", node)


def _may_be_empty(window: exp.Window) -> bool:
    """Whether a frame can lie wholly before or after its own row."""
    spec = window.args.get("spec")
    if not spec:
        return False
    ends_before = str(spec.args.get("end_side") or "").upper() == "PRECEDING"
    starts_after = str(spec.args.get("start_side") or "").upper() == "FOLLOWING"
    return ends_before or starts_after


_CHECKS: tuple[Callable[[exp.Expr], Iterator[Found]], ...] = (
    _never, _star, _windows, _qualify, _not_in, _grouping, _joins, _division, _casts, _dates, _aliases, _outer_nulls,
    _scalar_queries, _empty_aggregates,
)


def raw_tables_read(sql: str) -> set[str]:
    """Landing tables, loaded as ``raw_<table>``, that a SQL text names (REV-20)."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    return {t.name for t in tree.find_all(exp.Table) if t.name.startswith("raw_")}


def main() -> int:
    """Check every model of the package; 1 when anything is found, 2 when there is nothing to check."""
    files = sorted(MODELS.glob("*/*.sql"))
    found = [p for file in files for p in problems(file.read_text(encoding="utf-8"), str(file.relative_to(MODELS)))]
    for problem in found:
        print(problem)
    print(f"{len(files)} models, {len(found)} findings outside the portable subset")
    return 2 if not files else int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
