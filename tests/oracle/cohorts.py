"""Cohorts by first paying month (REV-87 to REV-89), in money and in units."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .adjustments import TOTAL, Ledger
from .identity import Row
from .lifecycle import floored

Units = dict[tuple[str, int, str], int]


def first_paying_month(values: dict[int, int]) -> int | None:
    return min((month for month, cents in values.items() if cents > 0), default=None)


def cohort_rows(ledgers: dict[str, Ledger], units: Units, run_month: int, params: dict[str, Any]) -> list[Row]:
    """One row per scope, cohort and closed month. A product's cohorts are by the first month with that product.

    The cohort of a customer is found on the basis of the month that is compared (REV-158).
    """
    cells: dict[tuple[str, int, int], list[tuple[str, int, int]]] = defaultdict(list)
    for ledger in ledgers.values():
        for scope in ledger.scopes:
            for month in ledger.months:
                if month >= run_month:
                    continue
                values = ledger.on_basis_of(month).adjusted[scope]
                first = first_paying_month(values)
                if first is None or first > month:
                    continue
                if values[first] * params["revenue.arr_multiple"] < params["revenue.cohort_min_base_arr"]:
                    continue
                cells[scope, first, month].append((ledger.customer_id, values[first], floored(values, month)))
    return [cell_row(scope, first, month, found, units) for (scope, first, month), found in sorted(cells.items())]


def cell_row(scope: str, first: int, month: int, found: list[tuple[str, int, int]], units: Units) -> Row:
    row: Row = {
        "scope": scope, "cohort_month_idx": first, "age": month - first, "month_idx": month, "customers": len(found),
        "base_cents": sum(base for _, base, _ in found), "current_cents": sum(now for _, _, now in found),
        "capped_cents": sum(min(base, now) for _, base, now in found), "base_units": None, "current_units": None,
    }
    using = [customer for customer, _, _ in found if (units.get((customer, first, scope)) or 0) > 0]
    if scope != TOTAL and using:
        row["base_units"] = sum(units[customer, first, scope] for customer in using)
        row["current_units"] = sum(units.get((customer, month, scope)) or 0 for customer in using)
    return row
