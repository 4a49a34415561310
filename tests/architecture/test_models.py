"""Every SQL model documents itself, and only staging reads the landing store (REV-20)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import sqlglot
import yaml
from sqlglot import exp

from hedgerow.warehouse import landing
from hedgerow.warehouse.model import Model, load_models, parse_model
from hedgerow.warehouse.params import PARAMETER_TABLES
from hedgerow.warehouse.subset import raw_tables_read

MODELS = load_models()
CONTRACT = yaml.safe_load((Path(landing.__file__).parent / "contract.yaml").read_text(encoding="utf-8"))["tables"]

# Two sources are prepared before staging reads them: text values as numbers, and names for products that lack a list.
PREPARED = {"raw_override_values": "overrides", "raw_product_names": "products"}


def _source(table: str) -> str:
    """The contract table behind a raw table."""
    return PREPARED.get(table, table.removeprefix("raw_"))


def _output_columns(model: Model) -> list[str]:
    tree = sqlglot.parse_one(model.sql, read="duckdb")
    assert isinstance(tree, exp.Query)
    ctes = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    return _columns(tree, ctes)


def _columns(query: exp.Query, ctes: dict[str, exp.Query]) -> list[str]:
    """Names of a query's columns; a star stands for those of the named sub-query that it reads."""
    first = query.this if isinstance(query, exp.SetOperation) else query
    if isinstance(first, exp.SetOperation):
        return _columns(first, ctes)
    tables = {t.alias_or_name: t.name for t in first.find_all(exp.Table) if t.find_ancestor(exp.Select) is first}
    names: list[str] = []
    for item in first.selects:
        if item.is_star:
            of = [tables[item.table]] if isinstance(item, exp.Column) else list(tables.values())
            names += [name for table in of for name in _columns(ctes[table], ctes)]
        else:
            names.append(item.alias_or_name)
    return names


def _readers(models: dict[str, Model]) -> dict[str, list[str]]:
    """Source -> the models that read it."""
    readers: dict[str, list[str]] = defaultdict(list)
    for model in models.values():
        for table in raw_tables_read(model.sql):
            readers[_source(table)].append(model.name)
    return dict(readers)


def _outside_staging(models: dict[str, Model]) -> list[str]:
    return sorted(f"{name} reads {table}" for table, names in _readers(models).items()
                  for name in names if not name.startswith("stg_"))


def _made(name: str, table: str) -> Model:
    head = f"-- model: {name}\n-- owner: revops\n-- grain: k\n-- description: A test.\n-- column k: Key\n"
    return parse_model(f"{head}SELECT t.k FROM {table} AS t", file=f"{name}.sql")


def test_there_are_models() -> None:
    assert MODELS


def test_only_staging_names_a_raw_table() -> None:
    """REV-20."""
    assert _outside_staging(MODELS) == []


def test_a_model_that_goes_round_staging_is_found() -> None:
    """REV-20."""
    models = {m.name: m for m in (_made("stg_invoice", "raw_invoices"), _made("fact", "raw_invoices"))}
    assert _outside_staging(models) == ["fact reads invoices"]


def test_each_raw_table_has_exactly_one_reader_and_stands_in_the_contract() -> None:
    """REV-20."""
    readers = _readers(MODELS)
    assert {table: names for table, names in readers.items() if len(names) != 1} == {}
    assert sorted(set(readers) - set(CONTRACT)) == []


def test_each_staging_model_reads_at_most_one_raw_table() -> None:
    """REV-20: one reader a source, so that a source can be changed in one place."""
    several = {m.name: raw_tables_read(m.sql) for m in MODELS.values() if len(raw_tables_read(m.sql)) > 1}
    assert several == {}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_output_column_is_described_and_every_description_has_its_column(name: str) -> None:
    model = MODELS[name]
    columns = _output_columns(model)
    assert len(columns) == len(set(columns)), "a column stands twice in the output"
    assert list(model.columns) == columns, "-- column lines and the SELECT differ, or stand in another order"


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_grain_is_made_of_output_columns(name: str) -> None:
    model = MODELS[name]
    assert set(model.grain) <= set(_output_columns(model))


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_model_reads_only_models_raw_tables_and_policy_tables(name: str) -> None:
    """A misspelt table would only be found when the runner reaches it."""
    unknown = {t for t in MODELS[name].reads if t not in {*MODELS, *PARAMETER_TABLES} and not t.startswith("raw_")}
    assert unknown == set()


@pytest.mark.parametrize(("sql", "columns"), [
    ("SELECT t.k, t.x + 1 AS y FROM t", ["k", "y"]),
    ("SELECT t.k FROM t UNION ALL SELECT u.z FROM u", ["k"]),
    ("WITH a AS (SELECT t.k, t.x FROM t) SELECT * FROM a", ["k", "x"]),
    ("WITH a AS (SELECT t.k FROM t), b AS (SELECT a.*, 1 AS n FROM a) SELECT b.* FROM b JOIN t ON t.k = b.k",
     ["k", "n"]),
])
def test_output_columns_are_read_through_stars_and_unions(sql: str, columns: list[str]) -> None:
    head = "-- model: m\n-- owner: revops\n-- grain: k\n-- description: A test.\n"
    assert _output_columns(parse_model(head + sql, file="m.sql")) == columns


def test_materialization_is_a_known_one() -> None:
    assert {m.name for m in MODELS.values() if m.materialized not in {"table", "work", "view", "query"}} == set()
