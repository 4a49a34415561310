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
    """``revenue.<name>`` in force in a month (default: the run month): dollars, percent or a ratio.

    Raises UnableToReadThreshold or UnableToReadPolicy; there is never a default.
    """
    when = month or snapshot.run_month
    recorded = _recorded(snapshot, f"{name.removesuffix('_arr')}_cents", when)
    if recorded is not None:
        return Decimal(recorded) / 100
    return Decimal(policy_params(snapshot).decimal(f"revenue.{name}", on=when.first_day))


def whole(snapshot: Snapshot, name: str) -> int:
    """A whole-number parameter, such as the months shown or the ARR multiple."""
    recorded = _recorded(snapshot, name, snapshot.run_month)
    return recorded if recorded is not None else int(policy_params(snapshot).integer(f"revenue.{name}"))


def listed(snapshot: Snapshot, name: str) -> tuple[str, ...]:
    """A list parameter, such as the causes of REV-157."""
    return tuple(policy_params(snapshot).items(f"revenue.{name}"))


def _recorded(snapshot: Snapshot, column: str, month: MonthIdx) -> int | None:
    if column not in snapshot.columns("policy_month"):
        return None
    found = snapshot.rows(f"SELECT {column} AS value FROM policy_month WHERE month_idx = ?", [month.idx])
    return int(found[0]["value"]) if found and found[0]["value"] is not None else None


def policy_params(snapshot: Snapshot) -> Any:
    """The policies of the home on the snapshot's day; its ``reads`` remember what was asked."""
    try:
        from hedgerow.policies.loader import load_policies
    except ImportError:
        raise UnableToReadThreshold("no_policy_value", "the policies cannot be read: the policy loader is missing "
                                    "from this installation; install hedgerow again") from None
    own = snapshot.home.policies
    return _loaded(load_policies, own if own.is_dir() else None).params(snapshot.as_of, snapshot.as_of)


@lru_cache(maxsize=4)
def _loaded(load: Any, folder: Any) -> Any:
    return load(folder)
