"""Policy values for readers: as the snapshot recorded them per month, else from the policies themselves."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.snapshot_reader import Snapshot


class UnableToReadThreshold(UnableTo):
    """Code ``no_policy_value``: neither the snapshot nor the policies know the parameter."""


def threshold(snapshot: Snapshot, name: str, month: MonthIdx | None = None) -> Decimal:
    """``revenue.<name>`` in force in a month (default: the run month): dollars, percent or a plain number.

    Raises UnableToReadThreshold; there is never a default.
    """
    when = month or snapshot.run_month
    recorded = _recorded(snapshot, name, when)
    return recorded if recorded is not None else Decimal(str(_params(snapshot).decimal(f"revenue.{name}", on=(
        when.first_day))))


def whole(snapshot: Snapshot, name: str) -> int:
    """A whole-number parameter, such as the months shown or the ARR multiple."""
    return int(threshold(snapshot, name))


def listed(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """A list parameter, such as the causes of REV-157."""
    return tuple(_params(snapshot).items(f"revenue.{name}"))


def _recorded(snapshot: Snapshot, name: str, month: MonthIdx) -> Decimal | None:
    columns = snapshot.columns("policy_month")
    for column, divisor in ((name, 1), (f"{name}_cents", 100), (f"{name}_ppm", 10000)):
        if column in columns:
            found = snapshot.rows(f"SELECT {column} AS value FROM policy_month WHERE month_idx = ?", [month.idx])
            if found and found[0]["value"] is not None:
                return Decimal(str(found[0]["value"])) / divisor
    return None


def _params(snapshot: Snapshot) -> Any:
    try:
        from hedgerow.policies.loader import load_policies
    except ImportError:
        raise UnableToReadThreshold("no_policy_value", "the policies cannot be read: the policy loader is missing "
                                    "from this installation; install hedgerow again") from None
    own = snapshot.home.policies
    policies = _loaded(load_policies, own if own.is_dir() else None)
    return policies.params(snapshot.as_of, snapshot.as_of)


@lru_cache(maxsize=4)
def _loaded(load: Any, folder: Any) -> Any:
    return load(folder)
