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
from .generate import AS_OF, RUN_MONTH, SHAPES, batch
from .identity import Row, Tables
from .landing import complete
from .reference import compute

CASES = int(os.environ.get("ORACLE_CASES", "300"))
SEED = int(os.environ.get("ORACLE_SEED", "20"))
WANTED = frozenset(filter(None, os.environ.get("ORACLE_SHAPES", "").split(",")))
SKIP = frozenset(filter(None, os.environ.get("ORACLE_SKIP", "").split(",")))


@cache
def landing() -> Tables:
    shapes = tuple(shape for shape in SHAPES if not WANTED or shape.__name__ in WANTED)
    return complete(batch(CASES, SEED, shapes))


@cache
def by_oracle() -> dict[str, list[Row]]:
    return compute(landing(), AS_OF)


@cache
def by_engine() -> dict[str, list[Row]]:
    case = pytest.importorskip("hedgerow.warehouse.case")
    loader = pytest.importorskip("hedgerow.policies.loader")
    params = loader.load_policies().params(as_of=AS_OF, known_at=AS_OF)
    answer: dict[str, list[Row]] = case.run_case(landing(), as_of=AS_OF, params=params, want=sorted(TABLES))
    return answer


@pytest.mark.parametrize("name", sorted(TABLES))
def test_table_equals_oracle(name: str) -> None:
    found = differences(name, by_engine()[name], by_oracle()[name], RUN_MONTH, SKIP)
    assert not found, report(found)
