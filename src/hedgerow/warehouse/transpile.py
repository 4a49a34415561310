"""One model text, any engine: DuckDB SQL to another dialect, with what sqlglot gets wrong in silence put right.

``python -m hedgerow.warehouse.transpile --write FOLDER`` writes the texts of all models for all dialects.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from hedgerow.kernel.problem import Problem, UnableTo
from hedgerow.warehouse.subset import unportable

DIALECTS = ("clickhouse", "spark", "postgres", "snowflake", "bigquery")

# Any day does; a fixed one keeps the texts still.
GOLDEN_DAY = date(2026, 1, 1)
# Integers below this fit the smallest type of ClickHouse.
_SMALL = 128
Rewrite = Callable[[exp.Expr], exp.Expr]


class UnableToTranspile(UnableTo):
    """A text outside the portable subset, or one that sqlglot cannot say in the dialect."""


def to_dialect(sql: str, dialect: str, *, name: str = "", is_pretty: bool = False) -> str:
    """The same SELECT for another engine. Raises UnableToTranspile with every fault that was found.

    ``duckdb`` gives the text back as it is. ``name`` stands in the problems.
    """
    if dialect == "duckdb":
        return sql
    if dialect not in DIALECTS:
        raise UnableToTranspile("unknown_dialect", f"no dialect {dialect!r}; there are {', '.join(DIALECTS)}")
    require_portable(sql, name=name)
    return say(sqlglot.parse_one(sql, read="duckdb"), dialect, name=name, is_pretty=is_pretty)


def require_portable(sql: str, *, name: str = "") -> None:
    """Raises UnableToTranspile with everything in the text that some engine would answer differently."""
    if problems := unportable(sql, file=name):
        listed = "; ".join(problem.message for problem in problems)
        raise UnableToTranspile("unportable_sql", f"{name or 'the SQL'} leaves the portable subset: {listed}", problems)


def say(tree: exp.Expr, dialect: str, *, name: str = "", is_pretty: bool = False) -> str:
    """A parsed DuckDB SELECT as text of a dialect. The tree is not changed."""
    tree = tree.copy()
    for rewrite in _REWRITES[dialect]:
        tree = _from_the_leaves(tree, rewrite)
    # sqlglot also logs what it then raises.
    log = logging.getLogger("sqlglot")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        return tree.sql(dialect=dialect, pretty=is_pretty, comments=False, unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        problem = Problem("unsupported_sql", f"{name or 'the SQL'} in {dialect}: {error}")
        raise UnableToTranspile("unsupported_sql", problem.message, [problem]) from error
    finally:
        log.setLevel(level)


def _from_the_leaves(tree: exp.Expr, rewrite: Rewrite) -> exp.Expr:
    """Apply to every node, children first: a division inside a division is rewritten too."""
    for node in reversed(list(tree.bfs())):
        new = rewrite(node)
        if new is not node and node is tree:
            tree = new
        elif new is not node:
            node.replace(new)
    return tree


def _cast(node: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=node, to=exp.DataType.build(kind, dialect="duckdb"))


def _call(name: str, *args: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(args))


def _paren(node: exp.Expr) -> exp.Expr:
    is_whole = isinstance(node, exp.Column | exp.Literal | exp.Paren | exp.Func)
    return node.copy() if is_whole else exp.Paren(this=node.copy())


def _division_by_function(name: str) -> Rewrite:
    """``a // b`` on ClickHouse is said as a floating-point division, which loses cents beyond 2^53: name a function.

    On PostgreSQL DIV answers in numeric; the cast keeps BIGINT, as in DuckDB.
    """
    def rewrite(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.IntDiv):
            return node
        return _cast(_call(name, node.left.unnest().copy(), node.right.unnest().copy()), "BIGINT")
    return rewrite


def _division_by_remainder(node: exp.Expr) -> exp.Expr:
    """Snowflake divides at six decimals and rounds there, so that TRUNC(a / b) can be one too high.

    ``(a - MOD(a, b)) / b`` has no fraction to round.
    """
    if not isinstance(node, exp.IntDiv):
        return node
    left, right = node.left, node.right
    whole = exp.Sub(this=_paren(left), expression=exp.Mod(this=_paren(left), expression=_paren(right)))
    # A marked division: DuckDB's '/' is a float division, which sqlglot would otherwise add casts for.
    return _cast(exp.Div(this=exp.Paren(this=whole), expression=_paren(right), typed=True, safe=False), "BIGINT")


def _integer_parts(node: exp.Expr) -> exp.Expr:
    """EXTRACT and YEAR() are BIGINT in DuckDB, numeric in PostgreSQL, UInt8 or UInt16 in ClickHouse."""
    if isinstance(node, exp.Extract | exp.Year | exp.Month | exp.Day) and not isinstance(node.parent, exp.Cast):
        return _cast(node.copy(), "BIGINT")
    return node


def _wide_integers(kind: str) -> Rewrite:
    """HUGEINT, the room for a product of two BIGINTs before a division, under the engine's own name."""
    def rewrite(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.DataType) and node.is_type(exp.DataType.Type.INT128):
            return exp.DataType.build(kind, dialect="postgres", udt=True)
        return node
    return rewrite


def _long_dates(node: exp.Expr) -> exp.Expr:
    """ClickHouse's Date ends in 2149 and DateTime in 2106, both cut values down in silence; the wide ones do not."""
    if isinstance(node, exp.DataType):
        if node.is_type(exp.DataType.Type.DATE):
            return exp.DataType(this=exp.DataType.Type.DATE32)
        if node.is_type(exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ):
            size = [exp.DataTypeParam(this=exp.Literal.number(6)), exp.DataTypeParam(this=exp.Literal.string("UTC"))]
            return exp.DataType(this=exp.DataType.Type.DATETIME64, expressions=size)
    return node


_CHARACTER_FUNCTIONS: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.Substring: ("substringUTF8", ("this", "start", "length")),
    exp.Left: ("leftUTF8", ("this", "expression")),
    exp.Right: ("rightUTF8", ("this", "expression")),
    exp.Upper: ("upperUTF8", ("this",)),
    exp.Lower: ("lowerUTF8", ("this",)),
    exp.StrPosition: ("positionUTF8", ("this", "substr")),
}


def _characters(node: exp.Expr) -> exp.Expr:
    """ClickHouse counts bytes where DuckDB counts characters."""
    if type(node) not in _CHARACTER_FUNCTIONS:
        return node
    name, keys = _CHARACTER_FUNCTIONS[type(node)]
    return _call(name, *(node.args[key].copy() for key in keys if node.args.get(key) is not None))


def _named_columns(node: exp.Expr) -> exp.Expr:
    """ClickHouse calls a bare ``n.customer_id`` of a join by its full name, dot included."""
    is_output = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
    if is_output and isinstance(node, exp.Column) and node.table and not node.is_star:
        return exp.alias_(node.copy(), node.name)
    return node


def _one_type(node: exp.Expr) -> exp.Expr:
    """ClickHouse refuses a LAG whose default is wider than its column: both become their common type."""
    default = node.args.get("default") if isinstance(node, exp.Lag | exp.Lead) else None
    if default is None or (isinstance(default, exp.Literal) and (default.is_string or int(default.name) < _SMALL)):
        return node
    value, other = node.this.copy(), default.copy()
    node = node.copy()
    node.set("this", exp.If(this=exp.false(), true=other, false=value))
    node.set("default", exp.If(this=exp.true(), true=other.copy(), false=value.copy()))
    return node


def _without_qualify(node: exp.Expr) -> exp.Expr:
    """QUALIFY as a condition around the SELECT, for engines without it.

    sqlglot has such a rewrite, but it takes ``u.customer_id`` in the window for an output column of that name, and
    so partitions by the wrong value in silence. Here windows and columns keep meaning what they mean inside.
    """
    if not isinstance(node, exp.Select) or not node.args.get("qualify"):
        return node
    names = [expression.alias_or_name for expression in node.expressions]
    inner = node.copy()
    condition = inner.args["qualify"].pop().this
    # A carrier, so that the condition itself can be replaced when it is one window.
    carrier = exp.Paren(this=condition)
    moved: list[exp.Expr] = list(carrier.find_all(exp.Window))
    moved += [c for c in carrier.find_all(exp.Column) if c.table and not c.find_ancestor(exp.Window)]
    for number, part in enumerate(moved, start=1):
        inner = inner.select(exp.alias_(part.copy(), f"_q{number}"), copy=False)
        part.replace(exp.column(f"_q{number}"))
    outer = exp.select(*(exp.column(name) for name in names))
    return outer.from_(inner.subquery("_t"), copy=False).where(carrier.this, copy=False)


_REWRITES: Mapping[str, tuple[Rewrite, ...]] = {
    "clickhouse": (_division_by_function("intDiv"), _long_dates, _characters, _integer_parts,
                   _named_columns, _one_type),
    "spark": (_without_qualify, _wide_integers("DECIMAL(38, 0)"), _integer_parts),
    "postgres": (_without_qualify, _division_by_function("DIV"), _wide_integers("NUMERIC"), _integer_parts),
    "snowflake": (_division_by_remainder, _wide_integers("NUMBER(38, 0)"), _integer_parts),
    "bigquery": (_wide_integers("BIGNUMERIC"), _integer_parts),
}


def model_texts() -> dict[str, str]:
    """The SELECT of every model in DuckDB's dialect, with the reference policies' values of one fixed day."""
    from hedgerow.policies.loader import load_policies
    from hedgerow.warehouse.compile import compile_model
    from hedgerow.warehouse.model import load_models
    from hedgerow.warehouse.params import model_values

    values = model_values(load_policies().params(as_of=GOLDEN_DAY, known_at=GOLDEN_DAY))
    return {name: compile_model(model.sql, values) for name, model in load_models().items()}


def golden_text(name: str, sql: str, dialect: str) -> str:
    """The text kept under version control, so that a change of sqlglot or of a model shows in a review."""
    body = to_dialect(sql, dialect, name=name, is_pretty=True)
    return f"-- {name} for {dialect}; made by hedgerow.warehouse.transpile, not to be edited\n{body}\n"


def golden_texts(folder: Path, texts: Mapping[str, str]) -> dict[Path, str]:
    """What ``<folder>/<dialect>/<model>.sql`` should hold. Raises UnableToTranspile with the faults of all models."""
    wanted: dict[Path, str] = {}
    problems: list[Problem] = []
    for dialect in DIALECTS:
        for name, sql in texts.items():
            try:
                wanted[folder / dialect / f"{name}.sql"] = golden_text(name, sql, dialect)
            except UnableToTranspile as error:
                problems += error.problems
    if problems:
        unique = list(dict.fromkeys(problems))
        raise UnableToTranspile("unportable_sql", f"{len(unique)} faults in the models", unique)
    return wanted


def write_golden(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write the texts of all models, remove those of models that are gone, and return what changed."""
    wanted = golden_texts(folder, texts)
    stale = [path for dialect in DIALECTS for path in (folder / dialect).glob("*.sql") if path not in wanted]
    changed = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        path.unlink()
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    return sorted([*stale, *changed])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hedgerow.warehouse.transpile",
                                     description="Models in other dialects.")
    parser.add_argument("--write", metavar="FOLDER", nargs="?", const=Path("tests/warehouse/golden"), type=Path,
                        help="write the texts of all models (default folder: tests/warehouse/golden)")
    parser.add_argument("--show", nargs=2, metavar=("MODEL", "DIALECT"), help="print one text")
    args = parser.parse_args(argv)
    if not args.show and not args.write:
        parser.error("give --write or --show")
    try:
        if args.show:
            name, dialect = args.show
            texts = model_texts()
            if name not in texts:
                parser.error(f"no model {name!r}; there are {', '.join(sorted(texts))}")
            print(golden_text(name, texts[name], dialect), end="")
        else:
            changed = [str(path) for path in write_golden(args.write, model_texts())]
            print(*(changed or ["nothing changed"]), sep="\n")
    except UnableTo as error:
        print(error.message, *error.problems, sep="\n  ")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
