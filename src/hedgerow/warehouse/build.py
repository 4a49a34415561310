"""Running all models once on one engine: raw tables in, published tables out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.params import Params
from hedgerow.warehouse.compile import compile_model
from hedgerow.warehouse.engines.base import Engine
from hedgerow.warehouse.landing.contract import Contract, load_contract
from hedgerow.warehouse.model import Model, load_models
from hedgerow.warehouse.params import PARAMETER_TABLES, RunMonths, model_values, parameter_tables

_READ_HERE = {"raw_overrides", "raw_products", "raw_usage", "raw_invoices", "raw_invoice_lines", "raw_subscriptions",
              "raw_credit_purchases", "raw_credit_events"}
Progress = Callable[[str, int, int], None]


def build_tables(engine: Engine, tables: Mapping[str, Sequence[Path]], *, as_of: date, params: Params,
                 on_step: Progress | None = None, want: Sequence[str] = (), keep_work: bool = False) -> list[str]:
    """Make every model in the engine (or only ``want`` and what they read) and return the published ones' names.

    ``tables``: Parquet files in stored contract form by table name; a table may have several files (one a source)
    or none. ``on_step(model, number, of)`` is told before each model. Published tables stay in the engine.
    """
    models = _needed(load_models(), want)
    with tempfile.TemporaryDirectory(prefix="hedgerow-build-") as folder:
        load_raw(engine, tables, Path(folder), models)
        months = RunMonths.of(first_month(engine, as_of), as_of, params)
        for name, table in parameter_tables(params, months).items():
            _load_arrow(engine, name, table, Path(folder))
        values = model_values(params)
        leave = _last_readers(models)
        for number, (name, model) in enumerate(models.items(), start=1):
            if on_step:
                on_step(name, number, len(models))
            engine.create(name, compile_model(model.sql, values), is_table=model.materialized in ("table", "work"))
            for done in () if keep_work else leave.get(name, ()):
                engine.drop(done)
    return [name for name, model in models.items() if model.is_published] + list(PARAMETER_TABLES)


def _needed(models: Mapping[str, Model], want: Sequence[str]) -> dict[str, Model]:
    """``want`` and everything that they read, in build order; everything when nothing is named."""
    if not want:
        return dict(models)
    needed: set[str] = set()
    open_names = [name for name in want if name not in PARAMETER_TABLES]
    while open_names:
        name = open_names.pop()
        if name not in needed:
            needed.add(name)
            open_names += models[name].reads & models.keys()
    return {name: model for name, model in models.items() if name in needed}


def _last_readers(models: Mapping[str, Model]) -> dict[str, list[str]]:
    """Work tables by the model after which nobody reads them, views in between included."""
    position = {name: number for number, name in enumerate(models)}
    last: dict[str, int] = {}
    for name in reversed(models):
        own = last.get(name, position[name])
        until = own if models[name].materialized in ("view", "query") else position[name]
        for read in models[name].reads & models.keys():
            last[read] = max(last.get(read, 0), until)
    names = list(models)
    leave: dict[str, list[str]] = {}
    for name, until in last.items():
        if models[name].materialized == "work":
            leave.setdefault(names[until], []).append(name)
    return leave


def load_raw(engine: Engine, tables: Mapping[str, Sequence[Path]], folder: Path, models: Mapping[str, Model]) -> None:
    """Every contract table as ``raw_<table>``, the sources of one table under each other, absent ones empty."""
    unknown = sorted(set(tables) - set(load_contract().tables))
    if unknown:
        raise ValueError(f"not in the data contract: {', '.join(unknown)}")
    read = {name for model in models.values() for name in model.reads} | _READ_HERE
    for name, table in load_contract().tables.items():
        if f"raw_{name}" not in read:
            continue
        files = list(tables.get(name, ())) or [_empty(load_contract(), name, folder)]
        columns = ", ".join(column for column, _ in table.stored_columns)
        for number, file in enumerate(files):
            engine.load(f"source_{name}_{number}", file)
        union = " UNION ALL ".join(f"SELECT {columns} FROM source_{name}_{number}" for number in range(len(files)))
        engine.create(f"raw_{name}", union, is_table=False)
    _number_overrides(engine, folder)
    _name_products(engine, folder)


def first_month(engine: Engine, as_of: date) -> MonthIdx:
    """The earliest month that any row can count in."""
    starts = engine.query(
        "SELECT MIN(period_start) FROM raw_invoices "
        "UNION ALL SELECT MIN(CAST(start_date AS TIMESTAMP)) FROM raw_subscriptions "
        "UNION ALL SELECT MIN(CAST(start_date AS TIMESTAMP)) FROM raw_credit_purchases "
        "UNION ALL SELECT MIN(CAST(period_start AS TIMESTAMP)) FROM raw_usage")
    credits = engine.query("SELECT MIN(month_idx) FROM raw_credit_events")
    found = [MonthIdx.of(row[0]) for row in starts if row[0] is not None]
    found += [MonthIdx(int(row[0])) for row in credits if row[0] is not None]
    return min(found, default=MonthIdx.of(as_of))


def _arrow_type(stored_type: str):  # type: ignore[no-untyped-def]
    import pyarrow as pa

    return {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "INTEGER": pa.int32(), "DATE": pa.date32(),
            "TIMESTAMP": pa.timestamp("us"), "BOOLEAN": pa.bool_()}[stored_type]


def stored_schema(contract: Contract, name: str):  # type: ignore[no-untyped-def]
    """The Arrow schema of one table in the landing store."""
    import pyarrow as pa

    return pa.schema([(column, _arrow_type(kind)) for column, kind in contract.tables[name].stored_columns])


def _empty(contract: Contract, name: str, folder: Path) -> Path:
    import pyarrow.parquet as pq

    file = folder / f"empty_{name}.parquet"
    pq.write_table(stored_schema(contract, name).empty_table(), file)
    return file


def _load_arrow(engine: Engine, name: str, table, folder: Path) -> None:  # type: ignore[no-untyped-def]
    import pyarrow.parquet as pq

    file = folder / f"{name}.parquet"
    pq.write_table(table, file)
    engine.load(f"source_{name}", file)
    # A table of its own, because the file goes away with the folder.
    engine.create(name, f"SELECT * FROM source_{name}", is_table=True)


_OVERRIDE_COLUMNS = ("organization_id", "from_month_idx", "to_month_idx", "field", "value", "applies_to")


def _number_overrides(engine: Engine, folder: Path) -> None:
    """Override values are text; models read them as cents or millionths (``value_units``), labels as null."""
    from decimal import Decimal

    import pyarrow as pa

    rows = engine.query(f"SELECT {', '.join(_OVERRIDE_COLUMNS)} FROM raw_overrides")
    scale = {"total_mrr": 100, "product_analytics_mrr": 100, "discount_percent": 10_000}
    units = [int(Decimal(row[4]) * scale[row[3]]) if row[3] in scale else None for row in rows]
    columns = {name: pa.array([row[i] for row in rows], pa.int32() if name.endswith("_idx") else pa.string())
               for i, name in enumerate(_OVERRIDE_COLUMNS)}
    table = pa.table({**columns, "value_units": pa.array(units, pa.int64())})
    _load_arrow(engine, "raw_override_values", table, folder)


def _name_products(engine: Engine, folder: Path) -> None:
    """A company without a product list has no unknown products: every key on its lines is one."""
    import pyarrow as pa

    if engine.query("SELECT COUNT(*) FROM raw_products")[0][0]:
        engine.create("raw_product_names", "SELECT product_key, name, kind, default_price_id FROM raw_products",
                      is_table=False)
        return
    keys = engine.query("SELECT DISTINCT product_key FROM raw_invoice_lines "
                        "UNION SELECT DISTINCT product_key FROM raw_subscriptions")
    found = sorted(row[0] for row in keys if row[0])
    none = [None] * len(found)
    _load_arrow(engine, "raw_product_names", pa.table({
        "product_key": pa.array(found, pa.string()), "name": pa.array(found, pa.string()),
        "kind": pa.array(none, pa.string()), "default_price_id": pa.array(none, pa.string())}), folder)
