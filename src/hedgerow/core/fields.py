"""The kinds of fields that inputs and outputs of decisions are made of.

At every door money and percent are decimal strings, days ISO, months ``YYYY-MM``. A binary float never gets in:
a JSON number with a fraction is refused before these types see it (``hedgerow.app.decide``), and each type
refuses it once more. Errors carry stable codes.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money

FIRST_YEAR, LAST_YEAR = 1970, 2198
_MONEY = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)
_PERCENT = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,4})?)(%?)", re.ASCII)
_UNIT_PRICE = re.compile(r"[0-9]{1,8}(\.[0-9]{1,10})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Facts(BaseModel):
    """What is known about one case: frozen, and with no field that the rule does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outcome(BaseModel):
    """The value of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _digits(value: Any) -> str:
    """Text of a number that was written exactly. Whole JSON numbers are exact; floats are not."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value).strip()


def _money(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    text = _digits(value)
    if not _MONEY.fullmatch(text):
        raise PydanticCustomError("not_money", 'must be an amount in dollars as a decimal string such as "1200.00"')
    return Money.parse(text)


def _money_not_negative(value: Any) -> Money:
    money = _money(value)
    if money.cents < 0:
        raise PydanticCustomError("out_of_range", "must not be negative")
    return money


def _percent(value: Any) -> Decimal:
    match = _PERCENT.fullmatch(_digits(value))
    if not match:
        raise PydanticCustomError("not_percent", 'must be a percentage as a decimal string such as "20"')
    percent = Decimal(match[1])
    if not 0 <= percent < 100:
        raise PydanticCustomError("discount_out_of_range", "must be at least 0% and below 100%")
    if 0 < percent < 1 and not match[2]:
        shown = {"as_written": f"{match[1]}%", "times_100": f"{format((percent * 100).normalize(), 'f')}%"}
        raise PydanticCustomError("ambiguous_percent", "{as_written} or {times_100}? Write it with the sign", shown)
    return percent


def _coupon(value: Any) -> Decimal:
    """A coupon or a tax rate may be 100 %; a prepaid-credit discount may not."""
    if _digits(value).rstrip("%") in ("100", "100.0", "100.00"):
        return Decimal(100)
    return _percent(value)


def _unit_price(value: Any) -> Decimal:
    text = _digits(value)
    if not _UNIT_PRICE.fullmatch(text):
        raise PydanticCustomError("not_unit_price",
                                  'must be dollars per unit as a decimal string such as "0.0000343", up to 10 places')
    return Decimal(text)


def _in_time(given: Any, year: int) -> None:
    """Beyond these years a text is a slip of the key. What a rule computed may lie there."""
    if isinstance(given, str) and not FIRST_YEAR <= year <= LAST_YEAR:
        raise PydanticCustomError("out_of_range", "must be in the years {first} to {last}",
                                  {"first": FIRST_YEAR, "last": LAST_YEAR})


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value
    except ValueError:
        day = None
    if not isinstance(day, date) or isinstance(day, datetime):
        raise PydanticCustomError("not_date", "must be a day that exists, such as 2026-03-31")
    _in_time(value, day.year)
    return day


def _instant(value: Any) -> datetime:
    """An instant in UTC without zone; a day alone is its first instant."""
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            instant = datetime(value.year, value.month, value.day)  # noqa: DTZ001 (all instants here are UTC)
        else:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        instant = instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
    except (ValueError, OverflowError):
        raise PydanticCustomError("not_timestamp", "must be an instant such as 2026-03-31T12:00:00Z") from None
    _in_time(value, instant.year)
    return instant


def _month(value: Any) -> MonthIdx:
    try:
        month = value if isinstance(value, MonthIdx) else MonthIdx.parse(value)
    except (ValueError, TypeError):
        raise PydanticCustomError("not_month", "must be a month such as 2026-03") from None
    _in_time(value, month.year)
    return month


def _schema(kind: str, pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": kind, "pattern": pattern, "examples": [example]})


_AS_TEXT = PlainSerializer(str, return_type=str)
_MONEY_SCHEMA = r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$"

MoneyField = Annotated[Money, PlainValidator(_money), _AS_TEXT, _schema("money", _MONEY_SCHEMA, "1200.00")]
PositiveMoney = Annotated[Money, PlainValidator(_money_not_negative), _AS_TEXT,
                          _schema("money", _MONEY_SCHEMA.replace("-?", ""), "1200.00")]
PercentField = Annotated[Decimal, PlainValidator(_percent), _AS_TEXT,
                         _schema("percent", r"^[0-9]{1,2}(\.[0-9]{1,4})?%?$", "20")]
CouponField = Annotated[Decimal, PlainValidator(_coupon), _AS_TEXT,
                        _schema("percent", r"^(100|[0-9]{1,2}(\.[0-9]{1,4})?)%?$", "20")]
UnitPriceField = Annotated[Decimal, PlainValidator(_unit_price), PlainSerializer(lambda d: format(d, "f")),
                           _schema("unit-price", r"^[0-9]{1,8}(\.[0-9]{1,10})?$", "0.0000343")]
DayField = Annotated[date, PlainValidator(_day), _AS_TEXT, _schema("date", r"^\d{4}-\d{2}-\d{2}$", "2026-03-31")]
InstantField = Annotated[datetime, PlainValidator(_instant), PlainSerializer(lambda at: at.isoformat() + "Z"),
                         WithJsonSchema({"type": "string", "format": "date-time",
                                         "examples": ["2026-03-31T00:00:00Z"]})]
MonthField = Annotated[MonthIdx, PlainValidator(_month), _AS_TEXT,
                       _schema("month", r"^\d{4}-(0[1-9]|1[0-2])$", "2026-03")]
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Key = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
