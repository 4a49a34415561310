"""What a run knows: the day, the first month shown, the open period, and where rows go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from hedgerow.demo.rows import Rows
from hedgerow.kernel.calendar import MonthIdx


@dataclass(frozen=True)
class Span:
    """A billing period, half-open, and the month it belongs to (REV-31)."""

    month_idx: int
    start: date
    end: date


@lru_cache(maxsize=100_000)
def span_of(month_idx: int, anchor: int) -> Span:
    """The period that belongs to a month: the month itself, or from the anchor day of the month before (REV-31)."""
    month = MonthIdx(month_idx)
    if anchor == 1:
        return Span(month_idx, month.first_day, (month + 1).first_day)
    into = timedelta(days=anchor - 1)
    return Span(month_idx, (month - 1).first_day + into, month.first_day + into)


@lru_cache(maxsize=10_000)
def day_weights(start: date, end: date) -> tuple[int, ...]:
    """Cumulative weight of a period's days: working days count more than weekends. Index = full days elapsed."""
    total, result = 0, [0]
    for offset in range((end - start).days):
        total += 6 if (start + timedelta(days=offset)).weekday() >= 5 else 10
        result.append(total)
    return tuple(result)


@dataclass
class World:
    """One run. ``as_of`` is the day on which everything was exported, before that day's own usage was complete."""

    seed: int
    as_of: date
    from_idx: int
    rows: Rows = field(default_factory=Rows)

    @property
    def open_idx(self) -> int:
        return MonthIdx.of(self.as_of).idx

    def is_closed(self, span: Span) -> bool:
        return span.end <= self.as_of

    def is_running(self, span: Span) -> bool:
        return span.start <= self.as_of < span.end


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if moment is None else moment.isoformat() + "Z"
