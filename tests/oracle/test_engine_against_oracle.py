"""The engine and the reference on the same generated landing: every table, every column, to the cent.

ORACLE_CASES  how many cases go into the one run (default 300)
ORACLE_SEED   another set of cases (default 20)
ORACLE_SHAPES only these shapes, by name with commas between; to look closer at one
ORACLE_SKIP   columns (or table.column) to leave out while one difference is being settled
"""

from __future__ import annotations

import os
from functools import cache

import pytest

from .compare import TABLES, differences, report
from .generate import AS_OF, RUN_MONTH, SHAPES, UNSETTLED, batch
from .identity import Row, Tables
from .landing import complete
from .reference import compute

CASES = int(os.environ.get("ORACLE_CASES", "300"))
SEED = int(os.environ.get("ORACLE_SEED", "20"))
WANTED = frozenset(filter(None, os.environ.get("ORACLE_SHAPES", "").split(",")))
SKIP = frozenset(filter(None, os.environ.get("ORACLE_SKIP", "").split(",")))


@cache
def landing() -> Tables:
    shapes = tuple(shape for shape in SHAPES + UNSETTLED if shape.__name__ in WANTED) or SHAPES
    return complete(batch(CASES, SEED, shapes))


@cache
def by_oracle() -> dict[str, list[Row]]:
    return compute(landing(), AS_OF)


@cache
def by_engine() -> dict[str, list[Row]]:
    from hedgerow.policies.loader import load_policies
    from hedgerow.warehouse.case import run_case

    params = load_policies().params(AS_OF, AS_OF)
    return run_case(landing(), as_of=AS_OF, params=params, want=[*sorted(TABLES), "data_issue"])


@pytest.mark.parametrize("name", sorted(TABLES))
def test_table_equals_oracle(name: str) -> None:
    found = differences(name, by_engine()[name], by_oracle()[name], RUN_MONTH, SKIP)
    assert not found, report(found)


@pytest.mark.parametrize("code", ["unmapped_line", "package_comped"])
def test_data_issues_equal_oracle(code: str) -> None:
    """REV-3, REV-153: the same customers, months and invoices are named."""
    named = [{(row["customer_id"], row["month_idx"], row["record_id"]) for row in tables["data_issue"]
              if row["code"] == code} for tables in (by_engine(), by_oracle())]
    assert named[1], f"no case with {code}"
    assert named[0] - named[1] == set(), "only in the engine"
    assert named[1] - named[0] == set(), "only in the oracle"
