"""The whole reference: landing tables in stored form -> snapshot tables as lists of dicts.

Written from the requirements alone. Names of tables and columns are those of the snapshot.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from .adjustments import add_refunds, adjust_all, adjusted_month_rows, adjustment_rows, gather_evidence
from .arithmetic import month_of
from .cohorts import cohort_rows
from .facts import customer_month_rows, product_month_rows, usage_units
from .forecast_customer import forecast_rows
from .identity import Identity, Row, Tables, members
from .issues import issue_rows
from .lifecycle import lifecycle_rows, movement_rows
from .movers import mover_rows
from .parameters import DEFAULTS
from .recognition import recognize
from .retention import retention_rows
from .rows import Catalog, read_invoices


def compute(tables: Tables, as_of: date, params: dict[str, Any] | None = None) -> dict[str, list[Row]]:
    """All snapshot tables that the reference knows, for the run month of `as_of`."""
    values = DEFAULTS | (params or {})
    run_month = month_of(as_of)
    identity = Identity(tables)
    books = recognize(tables, run_month, values)
    evidence = gather_evidence(tables, run_month + values["revenue.lifecycle_forward_months"], values)
    add_refunds(evidence, read_invoices(tables, identity, Catalog(tables)), values)
    ledgers = adjust_all(books, evidence, run_month, values)
    units = usage_units(tables)
    lifecycle = lifecycle_rows(ledgers)
    by_product, by_customer = forecast_rows(tables, books, as_of, run_month, values)
    return {
        "forecast_product": by_product,
        "forecast_customer": by_customer,
        "customer_member": members(tables, identity),
        "customer_month": customer_month_rows(books),
        "product_month": product_month_rows(books, units),
        "adjusted_month": adjusted_month_rows(ledgers),
        "adjustment": adjustment_rows(ledgers),
        "lifecycle": lifecycle,
        "movement": movement_rows(lifecycle),
        "retention": retention_rows(ledgers, run_month, values),
        "cohort": cohort_rows(ledgers, units, run_month, values),
        "data_issue": issue_rows(tables, books),
        "mover": mover_rows(lifecycle, run_month, values),
    }
