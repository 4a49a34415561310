"""Compares snapshot tables of the engine with those of the reference, and says where they first part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .arithmetic import month_text
from .identity import Row
from .parameters import DEFAULTS, basis_of


@dataclass(frozen=True)
class Table:
    """How one table is compared. `where` picks the rows that both sides must agree on; a row whose `zero` columns
    are all zero or empty says nothing, so either side may leave it out."""

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    zero: tuple[str, ...] = ()
    closed_only: bool = False


MONEY = ("list_cents", "discount_cents", "credit_applied_cents", "refund_cents", "total_cents", "mrr_cents",
         "carried_cents", "usage_basis_cents", "is_straight_line_annual", "discount_ppm", "standard_cents",
         "covered_cents", "other_products_cents", "unallocated_refund_cents")
LABELS = ("billing_config", "selected_type", "tax_cents", "ex_tax_cents", "basis_gap_cents")

TABLES: dict[str, Table] = {
    "customer_member": Table(("source_customer_id",), ("customer_id",)),
    "customer_month": Table(("customer_id", "month_idx"), MONEY + LABELS, zero=MONEY[:7]),
    "product_month": Table(("customer_id", "product_key", "month_idx"), ("list_cents", "mrr_cents"),
                           zero=("list_cents", "mrr_cents")),
    "adjusted_month": Table(("customer_id", "scope", "month_idx"), ("unadjusted_cents", "adjusted_cents"),
                            zero=("unadjusted_cents", "adjusted_cents")),
    "adjustment": Table(("customer_id", "month_idx", "rule", "scope"),
                        ("state", "before_cents", "after_cents", "prev1_cents", "prev2_cents", "next_cents",
                         "credit_cents")),
    "lifecycle": Table(("customer_id", "scope", "month_idx"),
                       ("stage", "prev_cents", "mrr_cents", "delta_cents", "unadjusted_stage",
                        "unadjusted_prev_cents", "unadjusted_cents")),
    "movement": Table(("series", "scope", "month_idx", "component"), ("customers", "amount_cents"),
                      zero=("customers", "amount_cents")),
    "retention": Table(("scope", "month_idx", "window_months"),
                       ("base_month_idx", "customers", "base_cents", "current_cents", "capped_cents"),
                       zero=("customers",), closed_only=True),
    "cohort": Table(("scope", "cohort_month_idx", "month_idx"),
                    ("age", "customers", "base_cents", "current_cents", "capped_cents"),
                    zero=("customers",), closed_only=True),
    "mover": Table(("month_idx", "side", "rank"), ("customer_id", "prev_cents", "mrr_cents", "delta_cents", "stage"),
                   closed_only=True),
    "forecast_product": Table(("customer_id", "product_key", "period_start", "period_end"),
                              ("month_idx", "units_to_date", "days_elapsed", "days_in_period", "days_reported",
                               "last_period_units", "projected_units", "list_cents", "discount_ppm", "limit_cents",
                               "charge_cents", "method")),
    "forecast_customer": Table(("customer_id", "month_idx"),
                               ("completed_cents", "forecast_cents", "last_closed_cents", "growth_ppm",
                                "is_first_payment", "alert"),
                               zero=("completed_cents", "forecast_cents")),
}


EVIDENCE = ("prev1_cents", "prev2_cents", "next_cents", "credit_cents")
NO_EVIDENCE = {  # columns that a step does not look at, whatever stands there
    ("REV-41", "applied"): EVIDENCE, ("REV-42", "applied"): EVIDENCE, ("REV-43", "pending"): ("next_cents",),
    ("REV-44", "applied"): ("credit_cents",), ("REV-44", "pending"): ("next_cents", "credit_cents"),
}


def says_nothing(name: str, row: Row) -> bool:
    """Rows that one side may store and the other leave out without disagreeing on a figure."""
    if name == "forecast_product":
        return bool(row["method"] == "preview")
    if name == "forecast_customer" and row["alert"]:
        return False
    if name == "adjustment":
        if row["state"] == "not_applicable":
            return True
        moved = row["before_cents"] != row["after_cents"]
        return row["scope"] != "total" or (row["rule"] in ("REV-41", "REV-42") and not moved)
    zero = TABLES[name].zero
    return bool(zero) and all(not row[column] for column in zero)


def is_other_basis(row: Row) -> bool:
    """Of a step kept on both bases (REV-158) only the one that the month is published on is compared."""
    published = basis_of(DEFAULTS, row["month_idx"]) if "basis" in row else ""
    return row.get("basis") in ("straight_line", "stored", "usage") and (row["basis"] == "usage") != (
        published == "usage")


def indexed(name: str, rows: list[Row], run_month: int) -> dict[tuple[Any, ...], Row]:
    table = TABLES[name]
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if says_nothing(name, row) or is_other_basis(row) or (table.closed_only and row["month_idx"] >= run_month):
            continue
        if name == "adjustment":
            row = row | dict.fromkeys(NO_EVIDENCE.get((row["rule"], row["state"]), ()))
        key = tuple(row[column] for column in table.keys)
        if key in found:
            raise AssertionError(f"{name}: two rows with the key {readable(table, key)}")
        found[key] = row
    return found


def plain(value: object) -> object:
    """Numbers and days as Python ones, so that 1 == True == Decimal(1) and a timestamp compares with a date."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date) or value is None or isinstance(value, str):
        return value
    return int(value)  # type: ignore[call-overload]


def readable(table: Table, key: tuple[Any, ...]) -> str:
    parts = [f"{column}={month_text(value) if column.endswith('month_idx') else repr(value)}"
             for column, value in zip(table.keys, key, strict=True)]
    return ", ".join(parts)


def differences(name: str, engine: list[Row], oracle: list[Row], run_month: int,
                skip: frozenset[str] = frozenset()) -> list[str]:
    """One line for each key and column on which the two sides differ, sorted, the earliest month of a key first.

    `skip`: columns, or `table.column`, that are left out.
    """
    table = TABLES[name]
    absent = {column for column in table.columns for row in engine[:1] if column not in row}
    lines = [f"{name} {column}: the engine has no such column" for column in sorted(absent)]
    skip |= absent
    engine = [dict.fromkeys(absent) | row for row in engine]
    ours, theirs = indexed(name, oracle, run_month), indexed(name, engine, run_month)
    for key in sorted(ours.keys() | theirs.keys(), key=repr):
        where = f"{name}[{readable(table, key)}]"
        if key not in theirs:
            lines.append(f"{where}: missing in the engine; the oracle has {values(table, ours[key])}")
        elif key not in ours:
            lines.append(f"{where}: not in the oracle; the engine has {values(table, theirs[key])}")
        else:
            for column in table.columns:
                if column in skip or f"{name}.{column}" in skip:
                    continue
                if plain(theirs[key][column]) != plain(ours[key][column]):
                    lines.append(f"{where} {column}: engine {theirs[key][column]!r}, oracle {ours[key][column]!r}")
    return lines


def values(table: Table, row: Row) -> str:
    return ", ".join(f"{column}={row[column]!r}" for column in table.columns[:6])


def report(lines: list[str], most: int = 25) -> str:
    """A readable head: how many, by which shape of case and column, then the first lines."""
    counts: dict[str, int] = {}
    for line in lines:
        column = line.split("] ")[1].split(":")[0] if "] " in line else "row"
        shape = line.split("customer_id='")[1].split("0")[0] if "customer_id='" in line else "all"
        kind = f"{line.split('[')[0]}.{column} in {shape}"
        counts[kind] = counts.get(kind, 0) + 1
    head = [f"{len(lines)} differences:"] + [f"  {count:5d} {kind}" for kind, count in sorted(counts.items())]
    return "\n".join([*head, *lines[:most]])
