"""Which months and products a question is about, and how values are written in an answer."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hedgerow.app.revenue.thresholds import whole
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money
from hedgerow.kernel.problem import UnableTo
from hedgerow.warehouse.snapshot_reader import Snapshot

SERIES = ("adjusted", "unadjusted")
TOTAL = "total"
OTHER = "other_products"


class UnableToAnswer(UnableTo):
    """Codes: ``bad_month``, ``bad_range``, ``bad_series``, ``bad_window``; and, for names that do not exist,
    ``unknown_product``, ``unknown_customer``, ``unknown_stage``, ``unknown_metric``, ``unknown_contract``,
    ``no_data_for_month``."""


@dataclass(frozen=True)
class Month:
    """One month of an answer. ``status`` is closed, open or forward; only closed months are final (REV-69).

    ``has_rows`` is false for an open or forward month for which the sources bring no preview at all: nothing is known
    of it, and a zero there would read as if every customer had left.
    """

    idx: MonthIdx
    status: str
    has_rows: bool = True

    @property
    def label(self) -> str:
        """What a reader must know: closed figures, or a forecast."""
        return "closed" if self.status == "closed" else f"{self.status} (forecast)"

    @property
    def is_closed(self) -> bool:
        return self.status == "closed"


def parse_month(text: str, what: str = "month") -> MonthIdx:
    """Raises UnableToAnswer ``bad_month``."""
    try:
        return MonthIdx.parse(text)
    except ValueError:
        raise UnableToAnswer("bad_month", f"{what} {text!r} is not a month; write it like 2025-11") from None


def data_months(snapshot: Snapshot) -> list[Month]:
    """Every month of the snapshot, oldest first."""
    if ("months",) not in snapshot.memory:
        snapshot.memory[("months",)] = _read_months(snapshot)
    return list(snapshot.memory[("months",)])


def _read_months(snapshot: Snapshot) -> list[Month]:
    """Silent are open and forward months in which nobody pays, from the first on in which all would seem to leave."""
    table = snapshot.table("movement")
    moved = snapshot.rows(f"""SELECT month_idx, SUM(CASE WHEN component = 'churned' THEN customers ELSE 0 END) AS gone,
                                SUM(CASE WHEN component IN ('new', 'reactivated', 'retained') THEN customers ELSE 0 END)
                                  AS here
                              FROM {table} WHERE series = 'unadjusted' AND scope = 'total' GROUP BY month_idx""")
    found = indexed(moved, "month_idx")
    months, is_silent, were_here = [], False, 0
    for row in snapshot.rows(f"SELECT month_idx, status FROM {snapshot.table('policy_month')} ORDER BY month_idx"):
        cell = found.get((row["month_idx"],)) or {"gone": 0, "here": 0}
        is_silent = row["status"] != "closed" and not cell["here"] and (is_silent or bool(cell["gone"] or were_here))
        were_here = cell["here"]
        months.append(Month(MonthIdx(row["month_idx"]), row["status"], not is_silent))
    return months


def month_status(snapshot: Snapshot, month: MonthIdx) -> Month:
    """The month as the snapshot knows it; a month outside of it is told by the run month."""
    for known in data_months(snapshot):
        if known.idx == month:
            return known
    run = snapshot.run_month
    return Month(month, "closed" if month < run else "open" if month == run else "forward")


def choose_months(snapshot: Snapshot, *, from_month: str | None = None, to_month: str | None = None) -> list[Month]:
    """Months asked for, both ends included; by default the window of REV-69, as far as there is data.

    An open or forward month without any row in it is left out: it would look like the loss of all customers.
    Raises UnableToAnswer when the range is upside down, lies outside the data or holds only such months.
    """
    known = data_months(snapshot)
    first, last = _range(snapshot, from_month, to_month)
    if first > last:
        raise UnableToAnswer("bad_range", f"the range ends ({last}) before it begins ({first}); swap --from and --to")
    if not known:
        return []
    chosen = [month for month in known if first <= month.idx <= last]
    if not chosen:
        raise UnableToAnswer("no_data_for_month", f"there is no data from {first} to {last}; "
                             f"the data runs from {known[0].idx} to {known[-1].idx}")
    stated = [month for month in chosen if month.has_rows]
    if not stated and (from_month or to_month):
        raise UnableToAnswer("no_data_for_month", f"the sources bring no rows for {chosen[0].idx} yet; "
                             f"the last closed month is {last_closed(snapshot)}")
    return stated


def _range(snapshot: Snapshot, from_month: str | None, to_month: str | None) -> tuple[MonthIdx, MonthIdx]:
    run = snapshot.run_month
    last = parse_month(to_month, "--to") if to_month else None
    if from_month:
        first = parse_month(from_month, "--from")
        return first, last or max(first, run + whole(snapshot, "lifecycle_forward_months"))
    anchor = min(last + 1, run) if last else run
    first = anchor - whole(snapshot, "lifecycle_history_months")
    return first, last or run + whole(snapshot, "lifecycle_forward_months")


def last_closed(snapshot: Snapshot) -> MonthIdx:
    closed = [month.idx for month in data_months(snapshot) if month.is_closed]
    return closed[-1] if closed else snapshot.run_month - 1


def product_keys(snapshot: Snapshot) -> list[str]:
    """Product keys that have figures, in alphabetical order."""
    if ("products",) not in snapshot.memory:
        sql = f"""SELECT DISTINCT scope AS key FROM {snapshot.table('movement')}
                  UNION SELECT DISTINCT scope FROM {snapshot.table('retention')} ORDER BY 1"""
        snapshot.memory[("products",)] = [row["key"] or OTHER for row in snapshot.rows(sql) if row["key"] != TOTAL]
    return list(snapshot.memory[("products",)])


def choose_scopes(snapshot: Snapshot, product: str | None) -> list[str]:
    """``total``, a product key, or ``all``/None: the total and then each product. Raises ``unknown_product``."""
    if product == TOTAL:
        return [TOTAL]
    keys = product_keys(snapshot)
    if product in (None, "all"):
        return [TOTAL, *map(scope_of, keys)]
    if product not in keys:
        raise UnableToAnswer("unknown_product", f"there is no product {product!r}{did_you_mean(product, keys)}; "
                             f"products with figures: {', '.join(keys) or 'none'}; or: all, total")
    return [scope_of(product)]


def check_series(series: str) -> str:
    if series not in SERIES:
        raise UnableToAnswer("bad_series", f"there is no series {series!r}; choose {' or '.join(SERIES)}")
    return series


def did_you_mean(given: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(given), list(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(repr(name) for name in close)}?" if close else ""


def dollars(cents: int | None) -> str | None:
    """Decimal string of dollars; unknown stays unknown."""
    return None if cents is None else str(Money(int(cents)))


def product_of(scope: str) -> str | None:
    """In answers, no product means the total."""
    return None if scope == TOTAL else scope or OTHER


def scope_of(product: str | None) -> str:
    """The scope behind a product of an answer; lines of unknown products are kept under an empty key (REV-27)."""
    return TOTAL if product in (None, TOTAL) else "" if product == OTHER else str(product)


def month_text(idx: int | None) -> str | None:
    return None if idx is None else str(MonthIdx(int(idx)))


def in_series(series: str, alias: str = "l") -> str:
    """SQL condition on lifecycle rows. Customers without adjustments share one track for both series."""
    kind = {"adjusted": "adj", "unadjusted": "raw"}[check_series(series)]
    return f"({alias}.track = 'same' OR starts_with({alias}.track, '{kind}'))"


def indexed(rows: Sequence[dict[str, Any]], *names: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by the values of some columns."""
    return {tuple(row[name] for name in names): row for row in rows}
