"""What a field takes and what it refuses: exact text goes in, floats never do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from hedgerow.core import fields
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money


def _take(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def _code(kind: Any, value: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        _take(kind, value)
    return refusal.value.errors()[0]["type"]


@pytest.mark.parametrize(("text", "cents"), [("12.30", 1230), ("12.3", 1230), ("-0.01", -1), (12, 1200), ("0", 0)])
def test_money(text: Any, cents: int) -> None:
    assert _take(fields.MoneyField, text) == Money(cents)


@pytest.mark.parametrize("value", [12.3, True, None, "12.345", "1e3", "NaN", "1,200.00", "$5", "", "٣", "1" * 14])
def test_what_is_not_money(value: Any) -> None:
    assert _code(fields.MoneyField, value) == "not_money"


def test_an_amount_below_zero_has_its_own_code() -> None:
    assert _code(fields.PositiveMoney, "-0.01") == "out_of_range"
    assert _take(fields.PositiveMoney, "0.00") == Money(0)


@pytest.mark.parametrize(("text", "percent"), [("20", "20"), ("1", "1"), ("99.9999", "99.9999"), ("0", "0"),
                                               ("0.5%", "0.5"), ("20%", "20"), (20, "20"), ("0.00", "0.00")])
def test_percent(text: Any, percent: str) -> None:
    assert _take(fields.PercentField, text) == Decimal(percent)


@pytest.mark.parametrize(("value", "code"), [("100", "discount_out_of_range"), ("-0.0001", "discount_out_of_range"),
                                             ("0.20", "ambiguous_percent"), ("0.9999", "ambiguous_percent"),
                                             ("20 %", "not_percent"), (0.2, "not_percent"), ("1.00001", "not_percent")])
def test_what_is_not_a_percentage(value: Any, code: str) -> None:
    assert _code(fields.PercentField, value) == code


def test_an_ambiguous_percentage_asks_both_ways() -> None:
    with pytest.raises(ValidationError, match=r"0\.20% or 20%\?"):
        _take(fields.PercentField, "0.20")


def test_only_a_coupon_may_be_a_hundred() -> None:
    assert _take(fields.CouponField, "100") == Decimal(100)
    assert _code(fields.CouponField, "100.01") == "discount_out_of_range"


def test_unit_price_keeps_ten_places_and_no_more() -> None:
    assert _take(fields.UnitPriceField, "0.0000000343") == Decimal("0.0000000343")
    assert _code(fields.UnitPriceField, "0.00000000343") == "not_unit_price"
    assert _code(fields.UnitPriceField, "-1") == "not_unit_price"


@pytest.mark.parametrize("value", ["2026-02-29", "2026-2-1", "20260201", "01.02.2026", 20260201, None,
                                   datetime(2026, 2, 1, tzinfo=UTC)])
def test_what_is_not_a_day(value: Any) -> None:
    assert _code(fields.DayField, value) == "not_date"


def test_days_months_and_instants() -> None:
    assert _take(fields.DayField, "2024-02-29") == date(2024, 2, 29)
    assert _take(fields.MonthField, "2026-03") == MonthIdx(2026 * 12 + 2)
    assert _code(fields.MonthField, "2026-13") == "not_month"
    assert _code(fields.MonthField, 202603) == "not_month"
    assert _take(fields.InstantField, "2026-01-01T01:00:00+02:00") == datetime(2025, 12, 31, 23)  # noqa: DTZ001
    assert _take(fields.InstantField, "2026-01-01") == datetime(2026, 1, 1)  # noqa: DTZ001
    assert _code(fields.InstantField, "soon") == "not_timestamp"


@pytest.mark.parametrize(("kind", "first", "last", "before", "after"), [
    (fields.DayField, "1970-01-01", "2198-12-31", "1969-12-31", "2199-01-01"),
    (fields.MonthField, "1970-01", "2198-12", "1969-12", "2199-01"),
    (fields.InstantField, "1970-01-01", "2198-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "2199-01-01")])
def test_years_have_bounds(kind: Any, first: str, last: str, before: str, after: str) -> None:
    assert _take(kind, first)
    assert _take(kind, last)
    assert _code(kind, before) == "out_of_range"
    assert _code(kind, after) == "out_of_range"


@pytest.mark.parametrize(("kind", "value"), [(fields.Whole, "3"), (fields.Whole, 3.0), (fields.Whole, True),
                                             (fields.Flag, "true"), (fields.Flag, 1)])
def test_whole_numbers_and_flags_are_not_guessed(kind: Any, value: Any) -> None:
    assert _code(kind, value).endswith("_type")


def test_values_leave_as_text() -> None:
    assert TypeAdapter(fields.MoneyField).dump_python(Money(5), mode="json") == "0.05"
    assert TypeAdapter(fields.MonthField).dump_python(MonthIdx(24321), mode="json") == "2026-10"
