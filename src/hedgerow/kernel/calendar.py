"""Months, half-open periods, and adding months to a day. All days and instants are UTC."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, order=True)
class MonthIdx:
    """A calendar month as one integer, year * 12 + month - 1, so that months subtract and sort."""

    idx: int

    @classmethod
    def of(cls, day: date) -> MonthIdx:
        return cls(day.year * 12 + day.month - 1)

    @classmethod
    def parse(cls, text: str) -> MonthIdx:
        """From ``YYYY-MM``. Raises ValueError otherwise."""
        match = _MONTH.match(text)
        if not match:
            raise ValueError(f"{text!r} is not a month such as 2025-11")
        return cls(int(match[1]) * 12 + int(match[2]) - 1)

    @property
    def year(self) -> int:
        return self.idx // 12

    @property
    def month(self) -> int:
        return self.idx % 12 + 1

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    def __add__(self, months: int) -> MonthIdx:
        return MonthIdx(self.idx + months)

    def __sub__(self, months: int) -> MonthIdx:
        return MonthIdx(self.idx - months)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True)
class Period:
    """Half-open: the start belongs to it, the end does not."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, clamped to that month's end; the anchor is the input's day."""
    target = MonthIdx.of(day) + months
    return date(target.year, target.month, min(day.day, target.days))


def month_of_period_end(end: datetime) -> MonthIdx:
    """The month a billing period belongs to: that of (end - 1 second) (REV-31)."""
    return MonthIdx.of((end - timedelta(seconds=1)).date())
