"""Odd values: read in the one way they can be read and flagged, or refused by name (REV-147)."""

from __future__ import annotations

import pytest

from hedgerow.warehouse.landing.contract import Column, load_contract
from hedgerow.warehouse.landing.values import read_value

DISCOUNT = Column("discount_percent", "percent", "")
COUPON = Column("coupon_percent", "percent", "")


def _column(kind: str) -> Column:
    return Column("x", kind, "")


@pytest.mark.parametrize(("kind", "text", "read"), [
    ("money", "$1,234.50", "1234.50"), ("money", "-$5", "-5.00"), ("money", "($12.50)", "-12.50"),
    ("money", "1,234", "1234.00"), ("money", "1234,5", "1234.50"), ("money", "1.234,50", "1234.50"),
    ("money", "USD 12", "12.00"), ("money", "12.3400", "12.34"), ("money", " 7 ", "7.00"), ("money", "+5", "5.00"),
    ("money", "12.", "12.00"), ("money", ".5", "0.50"), ("money", "-$0.00", "0.00"), ("money", "1 234,50", "1234.50"),
    ("integer", "1,000", "1000"), ("integer", "12.0", "12"), ("integer", "007x"[:3], "7"),
    ("percent", "20%", "20"), ("percent", "0.5%", "0.5"), ("percent", "20.50", "20.5"), ("percent", "007", "7"),
    ("unit_price", "$0.5", "0.5000000000"), ("unit_price", "3.43e-5", "0.0000343000"),
    ("date", "2025/01/31", "2025-01-31"), ("date", "31.01.2025", "2025-01-31"), ("date", "1/31/2025", "2025-01-31"),
    ("date", "02/02/2025", "2025-02-02"), ("date", "31 Jan 2025", "2025-01-31"), ("date", "Jan 31, 2025", "2025-01-31"),
    ("date", "20250131", "2025-01-31"), ("date", "2025-01-31T23:30:00-02:00", "2025-02-01"),
    ("timestamp", "2025/01/31", "2025-01-31T00:00:00"), ("timestamp", "2025-01-31T10:00:00.123456789Z"[:26], None),
    ("month", "2025/1", "2025-01"), ("month", "2025-01-01", "2025-01"), ("month", "Jan 2025", "2025-01"),
    ("boolean", "TRUE", "true"), ("boolean", "yes", "true"), ("boolean", "0", "false"), ("boolean", "No", "false"),
    ("money", "n/a", ""), ("date", "NULL", ""), ("text", "  x ", "x"), ("text", "a\x00b\x1b[31m", "ab[31m"),
])
def test_one_meaning_is_read_and_flagged(kind: str, text: str, read: str | None) -> None:
    reading = read_value(_column(kind), text)
    assert not reading.is_error, reading
    if read is not None:
        assert (reading.text or "") == read
    assert reading.code


@pytest.mark.parametrize(("kind", "text", "code"), [
    ("money", "12.345", "money_ambiguous"), ("money", "1.234", "money_ambiguous"), ("money", "1e3", "money_exponent"),
    ("money", "NaN", "not_money"), ("money", "inf", "not_money"), ("money", "12.3456", "sub_cent"),
    ("money", "€12", "currency_not_supported"), ("money", "12 EUR", "currency_not_supported"),
    ("money", "1,23,456", "not_money"), ("money", "12,3456", "not_money"), ("money", "1.2.3", "not_money"),
    ("money", "free", "not_money"), ("money", "=1+1", "not_money"), ("money", "--5", "not_money"),
    ("money", "10000000000000", "out_of_range"), ("money", "٣", "other_digits"),
    ("integer", "12.5", "not_whole"), ("integer", "1.000", "number_ambiguous"), ("integer", "1e3", "not_whole"),
    ("percent", "twenty", "not_a_percentage"), ("percent", "12.34567", "percentage_too_fine"),
    ("unit_price", "0.00000000001", "unit_price_too_fine"), ("unit_price", "-1", "not_a_unit_price"),
    ("date", "01/02/2025", "date_ambiguous"), ("date", "2025-02-30", "not_a_date"), ("date", "31/01/25", "not_a_date"),
    ("date", "9999-12-31", "date_out_of_range"), ("date", "1969-12-31", "date_out_of_range"),
    ("date", "45688", "not_a_date"), ("timestamp", "01/02/2025", "date_ambiguous"),
    ("timestamp", "yesterday", "not_a_timestamp"), ("month", "2025-13", "not_a_month"),
    ("month", "2025-01-15", "not_a_month"), ("boolean", "maybe", "not_a_boolean"),
])
def test_two_meanings_or_none_are_refused(kind: str, text: str, code: str) -> None:
    reading = read_value(_column(kind), text)
    assert reading.is_error
    assert reading.code == code
    assert reading.message


@pytest.mark.parametrize(("column", "text", "code"), [
    (DISCOUNT, "100", "discount_out_of_range"), (DISCOUNT, "99.9999", ""), (DISCOUNT, "-0.01", "discount_out_of_range"),
    (DISCOUNT, "100.01", "discount_out_of_range"), (DISCOUNT, "0", ""), (DISCOUNT, "0.00", "percentage_normalised"),
    (DISCOUNT, "0.2", "discount_ambiguous"), (DISCOUNT, "0.9999", "discount_ambiguous"), (DISCOUNT, "1", ""),
    (DISCOUNT, "0.2%", "percentage_normalised"), (COUPON, "100", ""), (COUPON, "100.01", "discount_out_of_range"),
    (COUPON, "0.2", "discount_ambiguous"),
])
def test_discount_bounds(column: Column, text: str, code: str) -> None:
    assert read_value(column, text).code == code


def test_the_question_shows_both_readings() -> None:
    assert read_value(DISCOUNT, "0.20").message.startswith("0.2% or 20%?")


def test_enum_forgives_case_and_hyphens_and_lists_what_is_allowed() -> None:
    column = load_contract().tables["accounts"].column("billing_config")
    assert read_value(column, "Annual-Upfront").text == "annual_upfront"
    refused = read_value(column, "anual_upfront")
    assert refused.is_error
    assert "annual_amortized" in refused.message
    assert refused.message.endswith("did you mean annual_upfront?")
