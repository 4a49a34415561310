"""Which month an invoice counts in, and how a line that pays for several months is spread over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hedgerow.kernel.calendar import MonthIdx, add_months, month_of_period_end
from hedgerow.kernel.money import split_cents

# A billing day of 29 to 31 moves to a month's end and back, so that one month may look up to three days longer.
_SLACK = timedelta(days=4)
_SHORTEST_MONTH = timedelta(days=28)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Line:
    """One invoice line as read, in cents. ``start`` and ``end`` are None when it has no span of time."""

    line_id: str
    start: datetime | None
    end: datetime | None
    net: int
    listed: int
    units: int | None
    product_key: str | None
    price_id: str | None
    is_metered: bool = False
    is_proration: bool = False


@dataclass
class Part:
    """What becomes one invoice row: its period and lines. ``month`` names the part of a spread invoice, else None."""

    start: datetime
    end: datetime
    month: MonthIdx | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)


def months_in(start: datetime, end: datetime) -> int:
    """Months begun, anchored on the start: 31 Jan to 28 Feb is 1, as is 28 Feb to 31 Mar; 1 Oct to 1 Oct is 12."""
    if end - start <= _SHORTEST_MONTH + _SLACK:
        return 1  # almost every line; the general way gives the same
    number = max(1, (end.year - start.year) * 12 + end.month - start.month - 1)
    while _after(start, number) + _SLACK < end:
        number += 1
    return number


def parts_of(lines: Sequence[Line], *, own: Span) -> list[Part]:
    """The invoice's own part with all lines of up to a month, then one part per month of the longer lines.

    An invoice of longer lines alone has no own part; one without lines has only that. The parts hold all the money.
    """
    long: list[Line] = []
    short: list[Line] = []
    for line in lines:
        is_long = line.start and line.end and months_in(line.start, line.end) > 1
        (long if is_long else short).append(line)
    parts = [Part(*own, None, short)] if short or not long else []
    spread: dict[MonthIdx, Part] = {}
    for line in long:
        for piece_start, piece_end, piece in _pieces(line):
            month = month_of_period_end(piece_end)
            part = spread.setdefault(month, Part(piece_start, piece_end, month))
            part.start, part.end = min(part.start, piece_start), max(part.end, piece_end)
            part.lines.append(piece)
    return parts + [spread[month] for month in sorted(spread)]


def own_period(lines: Sequence[Line], *, stated: Span, issued: datetime) -> Span:
    """The period of what the invoice bills, half-open.

    Usage decides where there is some: a flat fee in advance on the same invoice follows it (REV-33). Else the lines
    that are no proration, else all lines, else the invoice's own dates, else the calendar month it was issued in.
    """
    spans = [line for line in lines if line.start and line.end and months_in(line.start, line.end) == 1]
    metered = [line for line in spans if line.is_metered]
    for chosen in (metered, [line for line in spans if not line.is_proration], spans):
        if chosen:
            return min(line.start for line in chosen if line.start), max(line.end for line in chosen if line.end)
    if stated[0] < stated[1] and months_in(*stated) == 1 and not lines:
        return stated
    month = MonthIdx.of(issued.date())
    first, following = month.first_day, (month + 1).first_day
    return (datetime(first.year, first.month, 1, tzinfo=issued.tzinfo),
            datetime(following.year, following.month, 1, tzinfo=issued.tzinfo))


def _after(start: datetime, months: int) -> datetime:
    day = add_months(start.date(), months)
    return start.replace(year=day.year, month=day.month, day=day.day)


def _pieces(line: Line) -> Iterable[tuple[datetime, datetime, Line]]:
    """Equal parts by cumulative rounding (REV-30), in sub-periods anchored on the start day (REV-32)."""
    if line.start is None or line.end is None:
        raise AssertionError("only a line with a span is spread")
    number = months_in(line.start, line.end)
    nets, lists = split_cents(line.net, number), split_cents(line.listed, number)
    spread = split_cents(line.units, number) if line.units is not None and line.is_metered else [line.units] * number
    for k in range(number):
        start, end = _after(line.start, k), _after(line.start, k + 1)
        end = line.end if k == number - 1 else end
        yield start, end, Line(f"{line.line_id}#{k + 1}", start, end, nets[k], lists[k], spread[k],
                               line.product_key, line.price_id, line.is_metered, line.is_proration)
