"""Exact rounding, splitting and month counting, written again here so that the engine's own are checked too."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from fractions import Fraction

MILLION = 1_000_000  # parts per million in a whole, for *_ppm columns


def half_up(value: Fraction | int) -> int:
    """The nearest whole number, a half going away from zero (all rounding steps of the requirements)."""
    exact = Fraction(value)
    if exact < 0:
        return -half_up(-exact)
    whole = exact.numerator // exact.denominator
    return whole + 1 if exact - whole >= Fraction(1, 2) else whole


def split(total: int, parts: int) -> list[int]:
    """REV-30: cumulative rounding, so that the parts always add up to the whole."""
    rows = []
    so_far = 0
    for k in range(1, parts + 1):
        upto = half_up(Fraction(total * k, parts))
        rows.append(upto - so_far)
        so_far = upto
    return rows


def month_of(day: date) -> int:
    """year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


def month_of_end(period_end: datetime) -> int:
    """REV-31: the month of one second before the exclusive end."""
    return month_of(period_end - timedelta(seconds=1))


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def last_day(month: int) -> date:
    return first_day(month + 1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day that many months later, clamped to the month's end."""
    target = month_of(day) + months
    year, month = target // 12, target % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def month_text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def parse_month(text: str) -> int:
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def at_first_row(start: date) -> int:
    """REV-32: month of the first sub-period that starts on this day: its last second lies in the next month
    unless it starts on a first."""
    return month_of(start) + (1 if start.day > 1 else 0)
