"""SQL that reads one raw column: which values are in the contract's own form, and the stored value of those."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hedgerow.warehouse.landing.contract import Column
from hedgerow.warehouse.landing.values import FIRST_YEAR, LAST_YEAR

# Blanks at the ends, control characters, and marks that hide or turn text around.
_INVISIBLE = (r"^\s|\s$|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{80}-\x{A0}\x{200B}\x{2060}\x{FEFF}"
              r"\x{202A}-\x{202E}\x{2066}-\x{2069}]")
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_FLOATS = ("DOUBLE", "FLOAT")


@dataclass(frozen=True)
class Reader:
    """Three expressions over a raw column: its text (NULL when empty), whether it is plain, its stored value."""

    text: str
    plain: str
    stored: str


def quoted(name: str) -> str:
    """An identifier that no column name of a source can break out of."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def reader_of(column: Column, source: str, source_type: str) -> Reader:
    """How to read ``source`` (a quoted column) of a DuckDB type as this contract column.

    Typed Parquet columns are taken by their type; everything else goes through its text.
    """
    native = _native(column, source, source_type)
    if native:
        plain, stored = native
        return Reader(f"CAST({source} AS VARCHAR)", plain, stored)
    text = f"nullif(CAST({source} AS VARCHAR), '')"
    return Reader(text, plain_text(column, text), stored_text(column, text))


def plain_text(column: Column, text: str) -> str:
    """True where the text is in the contract's own form; NULL where it is empty."""
    days = f"year(TRY_CAST({text} AS TIMESTAMP)) BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
    match column.type:
        case "text":
            return f"NOT regexp_matches({text}, '{_INVISIBLE}')"
        case "enum":
            return f"{text} IN ({', '.join(literal(value) for value in column.values)})"
        case "money":
            return f"regexp_full_match({text}, '-?\\d{{1,13}}(\\.\\d{{1,2}})?')"
        case "unit_price":
            return f"regexp_full_match({text}, '\\d{{1,8}}(\\.\\d{{1,10}})?')"
        case "percent":
            return f"regexp_full_match({text}, '0|[1-9]\\d?(\\.\\d{{1,4}})?')"
        case "integer":
            return f"regexp_full_match({text}, '-?\\d{{1,18}}')"
        case "date":
            return f"regexp_full_match({text}, '\\d{{4}}-\\d\\d-\\d\\d') AND coalesce({days}, false)"
        case "timestamp":
            instant = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?)?"
            utc = f"year(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC') BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
            return f"regexp_full_match({text}, '{instant}') AND coalesce({utc}, false)"
        case "month":
            return (f"regexp_full_match({text}, '\\d{{4}}-(0[1-9]|1[0-2])') AND "
                    f"CAST({text}[1:4] AS INTEGER) BETWEEN {FIRST_YEAR} AND {LAST_YEAR}")
        case "boolean":
            return f"{text} IN ('true', 'false')"
    raise ValueError(f"the contract has a column of the unknown type {column.type!r}")


def stored_text(column: Column, text: str) -> str:
    """The stored value of a text in the contract's own form; NULL for any other."""
    match column.type:
        case "money":
            return f"CAST(TRY_CAST({text} AS DECIMAL(18, 2)) * 100 AS BIGINT)"
        case "unit_price":
            return f"CAST(TRY_CAST({text} AS DECIMAL(18, 10)) * 10000000000 AS BIGINT)"
        case "percent":
            return f"CAST(TRY_CAST({text} AS DECIMAL(9, 4)) * 10000 AS BIGINT)"
        case "timestamp":
            return f"(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')"
        case "month":
            return f"(TRY_CAST({text}[1:4] AS INTEGER) * 12 + TRY_CAST({text}[6:7] AS INTEGER) - 1)"
        case "text" | "enum":
            return text
    return f"TRY_CAST({text} AS {column.stored_type})"


def _native(column: Column, source: str, kind: str) -> tuple[str, str] | None:
    """(plain, stored) for a typed Parquet column; None when its text must be read."""
    day = f"year({source}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR}"
    match column.type:
        case "money":
            return _native_money(source, kind)
        case "integer":
            if kind in _INTEGERS:
                return f"abs(CAST({source} AS HUGEINT)) < 1000000000000000000", f"CAST({source} AS BIGINT)"
        case "boolean":
            if kind == "BOOLEAN":
                return f"{source} IS NOT NULL", source
        case "date":
            if kind == "DATE" or kind.startswith("TIMESTAMP"):
                utc = f"({source} AT TIME ZONE 'UTC')" if kind == "TIMESTAMP WITH TIME ZONE" else source
                return day, f"CAST({utc} AS DATE)"
        case "timestamp":
            if kind == "TIMESTAMP WITH TIME ZONE":
                return day, f"CAST({source} AT TIME ZONE 'UTC' AS TIMESTAMP)"
            if kind == "DATE" or kind.startswith("TIMESTAMP"):
                return day, f"CAST({source} AS TIMESTAMP)"
    return None


def _native_money(source: str, kind: str) -> tuple[str, str] | None:
    """Decimals and whole numbers exactly; a float only when it is the nearest float of a whole number of cents."""
    if kind in _INTEGERS:
        return f"abs(CAST({source} AS HUGEINT)) < 10000000000000", f"CAST({source} AS BIGINT) * 100"
    if match := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        if int(match[1]) - int(match[2]) > 36 or int(match[2]) > 30:
            return None
        exact = f"TRY_CAST({source} AS DECIMAL(38, 2))"
        return (f"{exact} = {source} AND abs({exact}) < 10000000000000", f"CAST({exact} * 100 AS BIGINT)")
    if kind in _FLOATS:
        cents = f"TRY_CAST(round(CAST({source} AS DOUBLE) * 100) AS BIGINT)"
        return (f"coalesce(CAST(CAST({cents} AS DOUBLE) / 100 AS {kind}) = {source} "
                f"AND abs({cents}) < 1000000000000000, false)", cents)
    return None
