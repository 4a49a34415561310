"""How many months a line pays for, and that spreading keeps every cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.integrations.stripe.periods import Line, months_in, parts_of


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("start", "end", "months"), [
    ("2025-10-01", "2025-11-01", 1), ("2025-10-01", "2025-10-02", 1), ("2025-01-31", "2025-02-28", 1),
    ("2025-02-28", "2025-03-31", 1),  # the billing day 31 comes back after February
    ("2025-10-01", "2025-11-05", 1), ("2025-10-01", "2025-11-06", 2),  # at the slack, and a day beyond it
    ("2025-10-01", "2026-01-01", 3), ("2025-10-01", "2026-10-01", 12), ("2024-02-29", "2025-02-28", 12),
    ("2025-03-15", "2025-10-01", 7)])
def test_months_in_a_span(start: str, end: str, months: int) -> None:
    assert months_in(day(start), day(end)) == months


def spread(start: str, end: str, net: int) -> list[str]:
    line = Line("il_1", day(start), day(end), net, net, 1, "a", None)
    return [str(part.month) for part in parts_of([line], own=(day(start), day(end)))]


def test_an_anchor_of_the_31st_fills_every_month_once() -> None:
    """REV-32: 31 January over 4 months ends on 28 February, 31 March, 30 April and 31 May."""
    assert spread("2025-01-31", "2025-05-31", 400) == ["2025-02", "2025-03", "2025-04", "2025-05"]


def test_an_end_at_midnight_belongs_to_the_month_before() -> None:
    """REV-31: 1 January to 1 April is January to March; a second later the last part is April's."""
    assert spread("2025-01-01", "2025-04-01", 300) == ["2025-01", "2025-02", "2025-03"]
    assert spread("2025-01-01 00:00:01", "2025-04-01 00:00:01", 300) == ["2025-02", "2025-03", "2025-04"]


@settings(max_examples=150, deadline=None)
@given(start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), days=st.integers(1, 800),  # noqa: DTZ001
       net=st.integers(-10**9, 10**9), units=st.integers(0, 10**9), metered=st.booleans())
def test_spreading_keeps_every_cent(start: datetime, days: int, net: int, units: int,
                                                       metered: bool) -> None:
    """REV-30: parts add up to the whole; they touch, and each has an id of its own."""
    begin, end = start.replace(tzinfo=UTC), (start + timedelta(days=days)).replace(tzinfo=UTC)
    line = Line("il_1", begin, end, net, net + 7, units, "a", None, is_metered=metered)
    parts = parts_of([line], own=(begin, end))
    pieces = [piece for part in parts for piece in part.lines]
    assert sum(piece.net for piece in pieces) == net
    assert sum(piece.listed for piece in pieces) == net + 7
    assert len({piece.line_id for piece in pieces}) == len(pieces) == months_in(begin, end)
    assert (pieces[0].start, pieces[-1].end) == (begin, end)
    assert all(before.end == after.start for before, after in zip(pieces, pieces[1:], strict=False))
    if metered:
        assert sum(piece.units or 0 for piece in pieces) == units
    else:
        assert {piece.units for piece in pieces} == {units}
