"""What is said about an adjustment agrees with what the models decided, on random series (REV-43 to REV-47)."""

from __future__ import annotations

from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from hedgerow.app.decide import decide
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money
from hedgerow.policies.loader import load_policies

DAY = date(2026, 11, 22)
FIRST = MonthIdx.parse("2025-01")
# Amounts that meet: doubles, halves, and the least rise of 1000 dollars, each with its neighbours.
AMOUNTS = st.sampled_from([0, 100, 50_000, 99_999, 100_000, 100_001, 150_000, 200_000, 200_001, 300_000, 400_001])
SERIES = st.lists(AMOUNTS, min_size=6, max_size=14)


def _months(cents: list[int]) -> list[dict[str, Any]]:
    return [{"month": str(FIRST + i), "total": str(Money(amount))} for i, amount in enumerate(cents)]


def _spikes(cents: list[int]) -> list[str]:
    """REV-44 to REV-46 read plainly; nothing to do with the models."""
    first = next((i for i, amount in enumerate(cents) if amount > 0), len(cents))
    states = []
    for i, amount in enumerate(cents):
        before = cents[max(0, i - 2):i]
        rises = i - 2 >= first and amount * 2 > sum(before) * 2 and amount * 2 - sum(before) >= 200_000
        if not rises:
            states.append("not_applicable")
        elif i == len(cents) - 1:
            states.append("pending")
        else:
            states.append("applied" if cents[i + 1] * 2 <= amount else "not_applicable")
    return states


@settings(max_examples=15, deadline=None, derandomize=True)
@given(SERIES)
def test_spikes_and_their_near_misses(cents: list[int]) -> None:
    policies = load_policies()
    answer = decide("revenue.adjust_series", {"months": _months(cents)}, as_of=DAY, known_at=DAY, policies=policies)
    steps = [month["steps"][-1] for month in answer["value"]["months"]]
    assert [step["state"] for step in steps] == _spikes(cents)
    for i, month in enumerate(answer["value"]["months"]):
        after = (cents[i - 2] + cents[i - 1] + 1) // 2 if steps[i]["state"] == "applied" else cents[i]
        assert month["adjusted"] == str(Money(after))
    assert all(step["why"] for step in steps)


@pytest.mark.parametrize("cents", [[150_000, 170_000, 480_000, 240_001], [150_000, 170_000, 320_000, 100_000],
                                   [30_000, 30_000, 129_999, 10_000]])
def test_what_would_flip_it_flips_it(cents: list[int]) -> None:
    """The near miss of the third month is true: give it that figure, and the spike is one."""
    policies = load_policies()
    answer = decide("revenue.adjust_series", {"months": _months(cents)}, as_of=DAY, known_at=DAY, policies=policies)
    told = [entry["would_change_if"] for entry in answer["near"] if "2025-03" in entry["text"]]
    assert len(told) == 1
    (key, condition), = told[0].items()
    sign, amount = condition.split()
    flipped = Money.parse(amount).cents + (1 if sign == ">" else 0)
    changed = list(cents)
    changed[2 if key == "total" else 3] = flipped
    again = decide("revenue.adjust_series", {"months": _months(changed)}, as_of=DAY, known_at=DAY, policies=policies)
    assert again["value"]["months"][2]["steps"][-1]["state"] == "applied"
