"""Cases that hurt: small customers of every configuration, with amounts and days exactly at the thresholds.

Everything is drawn from a `random.Random`, so the same shapes come from a seed (`batch`) and from hypothesis
(`cases`), which shrinks what it finds. Several customers go into one landing, each under its own prefix.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

from .draws import AS_OF, RUN_MONTH, SWITCH
from .identity import Tables
from .landing import Landing, products
from .shapes_annual import (
    amortized,
    overrides,
    paid_to_upfront,
    split_at_source,
    startup_to_annual,
    upfront,
)
from .shapes_forecast import forecast_units
from .shapes_monthly import (
    awkward_lines,
    merged,
    moves,
    negative_months,
    one_time_credit,
    paid,
    period_edges,
    separate,
    shared,
    spike,
    startup,
    subscribed,
    thresholds_of_retention,
    trials,
    units,
)
from .shapes_unsettled import annual_refunds, credit_beyond_charge, startup_row_after_move

__all__ = ["AS_OF", "RUN_MONTH", "SHAPES", "SWITCH", "UNSETTLED", "batch", "cases"]

Shape = Callable[[Landing, Random], None]

SHAPES: tuple[Shape, ...] = (
    paid, paid, period_edges, spike, spike, one_time_credit, one_time_credit, negative_months, startup, startup,
    upfront, upfront, upfront, paid_to_upfront, split_at_source, amortized, amortized, merged, shared, separate, moves,
    trials, overrides, subscribed, units, thresholds_of_retention,
    startup_to_annual, awkward_lines, forecast_units, forecast_units, forecast_units,
)
UNSETTLED: tuple[Shape, ...] = (credit_beyond_charge, annual_refunds, startup_row_after_move)


def add_case(tables: Tables, prefix: str, rng: Random, shape: Shape) -> None:
    """One more customer (or group of merged ones) into the landing."""
    land = Landing(prefix, RUN_MONTH)
    shape(land, rng)
    for name, rows in land.tables.items():
        tables.setdefault(name, []).extend(rows)


def batch(count: int, seed: int = 20, shapes: tuple[Shape, ...] = SHAPES) -> Tables:
    """`count` cases in one landing; the prefix names the case, so that a difference leads back to its shape."""
    tables: Tables = {"products": products()}
    for i in range(count):
        shape = shapes[i % len(shapes)]
        add_case(tables, f"{shape.__name__}{i:05d}", Random(seed * 1_000_003 + i), shape)
    return tables


@st.composite
def cases(draw: st.DrawFn, shapes: tuple[Shape, ...] = SHAPES, most: int = 3) -> Tables:
    """Landings of a few customers; hypothesis shrinks the draws behind them."""
    tables: Tables = {"products": products()}
    for i in range(draw(st.integers(1, most))):
        shape = draw(st.sampled_from(shapes))
        add_case(tables, f"{shape.__name__}{i:05d}", draw(st.randoms(use_true_random=False)), shape)
    return tables
