"""One odd value at a time: what is plainly meant is normalised and flagged, what could mean two things is refused.

Values in the contract's own form never come here; SQL recognises those. Only distinct odd texts do (REV-147).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from hedgerow.warehouse.landing.contract import Column

FIRST_YEAR, LAST_YEAR = 1970, 2199
_EMPTY_WORDS = {"null", "none", "n/a", "na", "nil", "-", "#n/a"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CODES = "AED|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|ILS|INR|JPY|KRW|MXN|NOK|NZD|PLN|RON|SEK|SGD|THB|TRY|ZAR"
_CURRENCY_WORD = re.compile(rf"(?i)^({_CODES})\s*(?=[-+(\d])|(?<=[\d)])\s*({_CODES})$")
_MONTHS = {name: i for i, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "on"}, {"false", "f", "no", "n", "0", "off"}


@dataclass(frozen=True)
class Reading:
    """What became of a text: the contract's own form of it (None = empty), or why it is refused."""

    text: str | None
    code: str = ""
    message: str = ""
    is_error: bool = False
    rule: str = ""


def _refused(code: str, message: str, rule: str = "") -> Reading:
    return Reading(None, code, message, True, rule)


def _flagged(text: str | None, code: str, message: str) -> Reading:
    return Reading(text, code, message, False, "REV-147")


def _plain(text: str, found: str | None, code: str) -> Reading:
    return Reading(found) if found == text else _flagged(found, code, f"read as {found}")


def read_value(column: Column, raw: str) -> Reading:
    """The reading of one text for one column. Never raises: a refusal is a reading too."""
    cleaned = _CONTROL.sub("", raw).strip()
    if not cleaned:
        return Reading(None) if not raw else _flagged(None, "spaces_trimmed", "only blanks: read as empty")
    if column.type != "text" and cleaned.lower() in _EMPTY_WORDS:
        return _flagged(None, "read_as_empty", f"{cleaned!r} read as empty")
    if column.type not in ("text", "enum") and re.search(r"(?![0-9])\d", cleaned):
        return _refused("other_digits", "digits of another script; write 0 to 9")
    reading = _READERS[column.type](column, cleaned)
    if reading.code or cleaned == raw:
        return reading
    if _CONTROL.search(raw):
        return _flagged(reading.text, "control_characters_removed", "invisible control characters were removed")
    return _flagged(reading.text, "spaces_trimmed", "spaces at the ends were removed")


def _read_text(column: Column, text: str) -> Reading:
    return Reading(text)


def _read_enum(column: Column, text: str) -> Reading:
    def folded(word: str) -> str:
        return re.sub(r"[\s_-]+", "_", word.strip().lower())

    if text in column.values:
        return Reading(text)
    for value in column.values:
        if folded(value) == folded(text):
            return _flagged(value, "value_normalised", f"read as {value}")
    close = get_close_matches(folded(text), column.values, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return _refused("value_not_allowed", f"not one of: {', '.join(column.values)}{hint}")


def _ungroup(text: str) -> tuple[str | None, str]:
    """Plain digits with a point, and why not. Grouping is only believed where it can be read in one way."""
    if re.fullmatch(r"\d+(\.\d*)?|\.\d+", text):
        return text, ""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        return text.replace(",", ""), ""
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d{1,2}", text):
        return text.replace(".", "").replace(",", "."), ""
    if re.fullmatch(r"\d+,\d{1,2}", text):
        return text.replace(",", "."), ""
    if re.fullmatch(r"\d{1,3}( \d{3})+([.,]\d{1,2})?", text):
        return text.replace(" ", "").replace(",", "."), ""
    return None, "not a decimal number such as 1234.50"


def _foreign(text: str) -> str:
    """The ISO code of a currency that is not USD, when the text names one."""
    for symbol, code in _SYMBOLS.items():
        if symbol in text:
            return code
    word = _CURRENCY_WORD.search(text)
    return (word[1] or word[2]).upper() if word else ""


def _sign_and_digits(text: str) -> tuple[str, str]:
    """'-$1,234.50', '($5.00)', 'USD 12', '12-' -> ('-' or '', digits with separators)."""
    bare = re.sub(r"(?i)usd|us\$|\$", "", text).strip().replace("\u2212", "-").replace("\u00a0", " ")
    if bare.startswith("(") and bare.endswith(")"):
        return "-", bare[1:-1].strip()
    if bare[:1] in "+-":
        return bare[:1].replace("+", ""), bare[1:].strip()
    return "", bare


def _read_money(column: Column, text: str) -> Reading:
    if foreign := _foreign(text):
        return _refused("currency_not_supported", f"currency {foreign} not supported; convert at source")
    if re.fullmatch(r"[-+]?[\d.]+[eE][-+]?\d+", text):
        return _refused("money_exponent", "written with an exponent, digits may be lost; write it out, such as 1234.50")
    if re.fullmatch(r"-?\d{1,13}(\.\d{1,2})?", text):
        return Reading(f"{Decimal(text):.2f}")
    sign, digits = _sign_and_digits(text)
    number, why = _ungroup(digits)
    if number is None:
        return _refused("not_money", f"{why}")
    places = len(number.partition(".")[2])
    if places == 3:
        return _refused("money_ambiguous",
                        "three digits after the point: thousands or a part of a cent? Write dollars with two places")
    amount = Decimal(number)
    if amount >= 10**13:
        return _refused("out_of_range", "10 trillion dollars or more")
    if amount != amount.quantize(Decimal("0.01")):
        return _refused("sub_cent", "finer than a cent; round it at the source")
    return _plain(text, f"{sign}{amount:.2f}".replace("-0.00", "0.00"), "money_normalised")


def _read_unit_price(column: Column, text: str) -> Reading:
    bare = re.sub(r"(?i)usd|\$", "", text).strip()
    try:
        price = Decimal(bare) if re.fullmatch(r"\d*\.?\d+(e-?\d{1,2})?", bare, re.I) else None
    except InvalidOperation:
        price = None
    if price is None:
        return _refused("not_a_unit_price", "not a decimal price per unit such as 0.0000343")
    if price >= 10**8:
        return _refused("out_of_range", "100 million dollars a unit or more")
    if price != price.quantize(Decimal("1e-10")):
        return _refused("unit_price_too_fine", "more than 10 places; round it at the source")
    return _plain(text, f"{price:.10f}", "price_normalised")


def _read_percent(column: Column, text: str) -> Reading:
    """0 to 100; a discount stays below 100. A bare value between 0 and 1 is asked about, never guessed."""
    bare = text.removesuffix("%").strip()
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)", bare):
        return _refused("not_a_percentage", "not a percentage such as 20")
    value = Decimal(bare)
    if column.name == "discount_percent" and not 0 <= value < 100:
        return _refused("discount_out_of_range", "a discount must be at least 0% and below 100%", "REV-42")
    if not 0 <= value <= 100:
        return _refused("discount_out_of_range", "a percentage must be from 0 to 100", "REV-42")
    if 0 < value < 1 and not text.endswith("%"):
        share = f"{(value * 100).normalize():f}"
        return _refused("discount_ambiguous", f"{value.normalize():f}% or {share}%? Write it with a % sign", "REV-42")
    if value != value.quantize(Decimal("0.0001")):
        return _refused("percentage_too_fine", "more than 4 places")
    return _plain(text, f"{value.quantize(Decimal('0.0001')).normalize():f}", "percentage_normalised")


def _read_integer(column: Column, text: str) -> Reading:
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"[-+]?\d+\.\d+", text):
        if Decimal(text) != int(Decimal(text)):
            return _refused("not_whole", "not a whole number")
        if re.fullmatch(r"[-+]?\d{1,3}\.\d{3}", text):
            return _refused("number_ambiguous", "thousands or a fraction? Write it without separators")
        text = text.partition(".")[0]
    if not re.fullmatch(r"[-+]?\d+", text):
        return _refused("not_whole", "not a whole number")
    if abs(int(text)) >= 10**18:
        return _refused("out_of_range", "more than 18 digits")
    return _flagged(str(int(text)), "number_normalised", f"read as {int(text)}")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _slashed(first: int, second: int, year: int) -> date | str:
    """d/m/y or m/d/y: only believed when one reading is impossible or both are the same day."""
    readings = {found for found in (_day(year, second, first), _day(year, first, second)) if found}
    if len(readings) == 1:
        return readings.pop()
    return "date_ambiguous" if readings else "not_a_date"


def _loose_day(text: str) -> date | str:
    """The day that a text plainly means, or the code of the refusal."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(\d{4})(\d\d)(\d\d)", text):
        parts = [int(part) for part in match.groups() if part is not None]
        return _day(parts[0], parts[1], parts[2]) or "not_a_date"
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text):
        return _slashed(int(match[1]), int(match[2]), int(match[3]))
    if match := re.fullmatch(r"(\d{1,2})[-\s]([A-Za-z]{3,9})\.?[-\s,]+(\d{4})", text):
        return _named(match[2], int(match[1]), int(match[3]))
    if match := re.fullmatch(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})", text):
        return _named(match[1], int(match[2]), int(match[3]))
    return "not_a_date"


def _named(name: str, day: int, year: int) -> date | str:
    month = _MONTHS.get(name[:3].lower())
    return (month and _day(year, month, day)) or "not_a_date"


_DATE_MESSAGES = {
    "date_ambiguous": "day first or month first? Write it as YYYY-MM-DD",
    "not_a_date": "not a day such as 2025-01-31",
    "date_out_of_range": f"the year must be {FIRST_YEAR} to {LAST_YEAR}; leave an open end empty",
}


def _instant(text: str) -> datetime | None:
    """An ISO 8601 instant in UTC; without a zone it is UTC already."""
    try:
        found = datetime.fromisoformat(text.replace(" UTC", "Z"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _read_date(column: Column, text: str) -> Reading:
    found = _loose_day(text)
    instant = _instant(text) if isinstance(found, str) and len(text) > 10 else None
    if instant:
        found = instant.date()
    if isinstance(found, date) and not FIRST_YEAR <= found.year <= LAST_YEAR:
        found = "date_out_of_range"
    if isinstance(found, str):
        return _refused(found, _DATE_MESSAGES[found])
    if instant:
        return _flagged(found.isoformat(), "time_dropped", f"read as the UTC day {found.isoformat()}")
    return _plain(text, found.isoformat(), "date_normalised")


def _read_timestamp(column: Column, text: str) -> Reading:
    instant = _instant(text) if len(text) > 10 else None
    day = None if instant else _loose_day(text)
    if isinstance(day, str):
        message = _DATE_MESSAGES[day] if day != "not_a_date" else "not an instant such as 2025-01-31T09:30:00Z"
        return _refused("not_a_timestamp" if day == "not_a_date" else day, message)
    found = instant.replace(tzinfo=None) if instant else datetime(day.year, day.month, day.day)  # type: ignore[union-attr]  # noqa: DTZ001
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return _refused("date_out_of_range", _DATE_MESSAGES["date_out_of_range"])
    return _flagged(found.isoformat(), "date_normalised", f"read as {found.isoformat()} UTC")


def _read_month(column: Column, text: str) -> Reading:
    found: tuple[int, int] | None = None
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.]0?1)?", text):
        found = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text):
        found = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"([A-Za-z]{3,9})\.?[-\s]+(\d{4})", text):
        found = int(match[2]), _MONTHS.get(match[1][:3].lower(), 0)
    if not found or not 1 <= found[1] <= 12:
        return _refused("not_a_month", "not a month such as 2025-01")
    if not FIRST_YEAR <= found[0] <= LAST_YEAR:
        return _refused("date_out_of_range", _DATE_MESSAGES["date_out_of_range"])
    return _plain(text, f"{found[0]:04d}-{found[1]:02d}", "month_normalised")


def _read_boolean(column: Column, text: str) -> Reading:
    word = text.lower()
    if word in _TRUE or word in _FALSE:
        return _plain(text, "true" if word in _TRUE else "false", "value_normalised")
    return _refused("not_a_boolean", "not true or false")


_READERS: dict[str, Callable[[Column, str], Reading]] = {
    "text": _read_text, "enum": _read_enum, "money": _read_money, "unit_price": _read_unit_price,
    "percent": _read_percent, "integer": _read_integer, "date": _read_date, "timestamp": _read_timestamp,
    "month": _read_month, "boolean": _read_boolean,
}
