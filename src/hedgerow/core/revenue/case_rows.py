"""A case on paper as rows of the data contract, so that the warehouse's own models decide it.

Rows are in stored form: money in cents, percent in millionths, months as an index, instants in UTC. A column that a
row leaves out is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Protocol

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import Money
from hedgerow.kernel.params import Params

Row = dict[str, Any]
Tables = dict[str, list[Row]]


class RunModels(Protocol):
    """Builds the wanted snapshot tables from contract rows, in memory."""

    def __call__(self, tables: Tables, *, as_of: date, params: Params, want: list[str]) -> Mapping[str, list[Row]]: ...


@dataclass(frozen=True)
class CaseLine:
    """One line of an invoice; ``product`` None is a line that names no product."""

    product: str | None
    net: Money
    listed: Money | None = None
    price_id: str | None = None
    units: int | None = None
    is_flat_fee: bool = False


@dataclass
class CaseRows:
    """Collects rows; invoices, lines and refunds get ids that follow from their invoice."""

    tables: Tables = field(default_factory=dict)

    def add(self, table: str, **row: Any) -> None:
        self.tables.setdefault(table, []).append(row)

    def products(self, keys: Iterable[str], package: str | None = None) -> None:
        for key in keys:
            self.add("products", product_key=key, name=key, default_price_id=default_price(key),
                     kind="platform_package" if key == package else "metered")

    def invoice(self, invoice_id: str, customer_id: str, start: datetime, end: datetime, lines: Iterable[CaseLine],
                **columns: Any) -> None:
        """An invoice, paid unless said otherwise, with its lines."""
        columns.setdefault("status", "paid")
        columns.setdefault("finalized_at", end)
        self.add("invoices", invoice_id=invoice_id, customer_id=customer_id, period_start=start, period_end=end,
                 currency="USD", **columns)
        for number, line in enumerate(lines, start=1):
            self.add("invoice_lines", line_id=f"{invoice_id}/{number}", invoice_id=invoice_id, product_key=line.product,
                     units=line.units, list_cents=(line.listed or line.net).cents, net_cents=line.net.cents,
                     price_id=line.price_id or (default_price(line.product) if line.product else None),
                     is_flat_fee=line.is_flat_fee)

    def refund(self, invoice_id: str, amount: Money, **columns: Any) -> None:
        number = len(self.tables.get("refunds", [])) + 1
        self.add("refunds", refund_id=f"{invoice_id}/refund-{number}", invoice_id=invoice_id, cents=amount.cents,
                 **columns)


def default_price(product: str) -> str:
    return f"default:{product}"


def ppm(percent: Decimal) -> int:
    """20 % -> 200000."""
    return int(percent * 10_000)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)


def inside(month: MonthIdx) -> tuple[datetime, datetime]:
    """A billing period that ends well inside its month, so that nothing hangs on the month's last instant."""
    return midnight(month.first_day), datetime.combine(month.first_day.replace(day=28), time.min)


def last_day(month: MonthIdx) -> date:
    return month.first_day.replace(day=month.days)


def money(row: Mapping[str, Any], column: str) -> Money:
    """A cents column of a result row; empty is 0."""
    return Money(int(row.get(column) or 0))
