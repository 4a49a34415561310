"""One planted account whose bills are exact sums, and the list of what was planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hedgerow.demo.accounts import payer_of, write_account, write_subscription
from hedgerow.demo.billing import Bill, Line, forecast_bills, metered_line, write_bill, write_usage
from hedgerow.demo.catalogue import units_for
from hedgerow.demo.chance import key_of
from hedgerow.demo.monthly import months_shown
from hedgerow.demo.profile import FOREVER, Life, Profile
from hedgerow.demo.rows import Rows, dollars, month_text
from hedgerow.demo.words import company_name
from hedgerow.demo.world import World, at, span_of
from hedgerow.kernel.calendar import MonthIdx

#: First paying month of every planted account that has no story of its own about its beginning.
BEGAN = date(2015, 7, 1)
BEGAN_IDX = MonthIdx.of(BEGAN).idx
HALF_YEAR = 6
#: The product of planted sums: its first tier costs a cent a unit, so any amount is exact.
EXACT = "data_warehouse"

Json = dict[str, Any]

#: What makes the record id of a row whose first column alone does not.
RECORD_COLUMNS = {
    "trial_flags": ("customer_id", "from_month"), "overrides": ("organization_id", "field", "from_month"),
    "usage": ("customer_id", "product_key", "period_start", "report_at"),
    "billing_configurations": ("customer_id", "from_at"),
}


@dataclass
class Truth:
    """What was planted. ``code`` is the problem or data issue that must be reported; empty when none must be."""

    planted: list[Json] = field(default_factory=list)

    def add(self, kind: str, *, code: str = "", table: str = "accounts", record_id: str = "", customer_id: str = "",
            month_idx: int | None = None, **more: Any) -> None:
        month = None if month_idx is None else month_text(month_idx)
        self.planted.append({"kind": kind, "code": code, "table": table, "record_id": record_id or customer_id,
                             "customer_id": customer_id, "month": month, **more})

    def locate(self, rows: Rows) -> None:
        """Add the line of the file (the header is line 1) where each record stands first; all tables are still whole.

        A record that must be missing (an invoice that never arrived) has no line.
        """
        lines: dict[str, dict[str, int]] = {}
        for entry in self.planted:
            table = entry["table"]
            if table not in lines:
                names = rows.columns[table]
                places = [names.index(column) for column in RECORD_COLUMNS.get(table, names[:1])]
                lines[table] = {}
                for line, row in enumerate(rows.waiting[table], 2):
                    lines[table].setdefault(" ".join(str(row[place]) for place in places), line)
            entry["line"] = lines[table].get(entry["record_id"])

    def adjust(self, kind: str, plant: Plant, month_idx: int, *, rule: str, before: int, after: int,
               state: str = "applied", table: str = "invoices", record_id: str = "") -> None:
        """An expected step of the adjusted series (REV-51): amounts of the customer's total before and after it."""
        self.add(kind, table=table, record_id=record_id or plant.invoice_id(month_idx), customer_id=plant.customer_id,
                 month_idx=month_idx, rule=rule, state=state, before=dollars(before), after=dollars(after))


class Plant:
    """An account of ours. ``code`` ends its ids; name and domain are drawn from it when they are not given."""

    def __init__(self, world: World, code: str, *, name: str = "", domain: str = "", region: str = "US",
                 has_tax: bool = False, anchor: int = 1, size_cents: int = 60_000, pays: bool = True,
                 began: date = BEGAN) -> None:
        self.world = world
        key = key_of("planted", world.seed, code)
        name = name or company_name(key)
        self.profile = Profile(
            number=0, customer_id=f"cus_x_{code}", key=key, kind="planted", name=name,
            domain=domain or f"{code.replace('_', '-')}.example", region=region, signed_up_at=at(began, 9),
            tax_status="with_tax" if has_tax else "without_tax", anchor=anchor, size_cents=size_cents,
            lives=(Life(MonthIdx.of(began).idx, FOREVER),) if pays else (), adoptions=(), drift=0.0, turn_idx=FOREVER)
        self.payer = payer_of(self.profile)
        self.customer_id = self.payer.customer_id

    def account(self, billing_config: str = "paid", *, role: str = "single", subscribed: bool = True,
                **more: Any) -> Plant:
        write_account(self.world, self.profile, self.payer, billing_config=billing_config, role=role, **more)
        if subscribed and self.profile.lives:
            write_subscription(self.world, self.payer, self.profile.signed_up_at.date(), None)
        return self

    def months(self, from_idx: int = BEGAN_IDX, end_idx: int = FOREVER, start_idx: int | None = None) -> range:
        return months_shown(self.world, from_idx, end_idx, self.payer.anchor, start_idx)

    def invoice_id(self, month_idx: int, suffix: str = "") -> str:
        return Bill(self.payer, span_of(month_idx, self.payer.anchor), (), suffix=suffix).invoice_id

    def bill(self, month_idx: int, *lines: Line, **more: Any) -> Bill:
        return Bill(self.payer, span_of(month_idx, self.payer.anchor), lines, **more)

    def write(self, bill: Bill) -> bool:
        """Usage and invoice of a finished month, or previews of the running one. True when it is finished."""
        write_usage(self.world, bill.payer, bill.span, [(line.product_key, line.units) for line in bill.lines
                                                         if line.product_key and not line.is_flat])
        return self.write_invoice(bill)

    def write_invoice(self, bill: Bill) -> bool:
        if self.world.is_closed(bill.span):
            write_bill(self.world, bill)
            return True
        for forecast, invoice_type in forecast_bills(replace(bill, credit_cents=None), self.world.open_idx):
            write_bill(self.world, forecast, invoice_type)
        return False

    def write_half_years(self, *half_years: Sequence[int]) -> None:
        """One exact sum for each month of a half-year, again and again; with two of them they take turns, January
        first. A month of 0 has no invoice."""
        for month_idx in self.months():
            half_year = half_years[month_idx // HALF_YEAR % len(half_years)]
            if cents := half_year[month_idx % HALF_YEAR]:
                self.write(self.bill(month_idx, exact(cents)))

    def write_steady(self, cents: int) -> None:
        self.write_half_years((cents,) * HALF_YEAR)

    def is_closed(self, month_idx: int) -> bool:
        return self.world.is_closed(span_of(month_idx, self.payer.anchor))

    def occurrences(self, offset: int, *, months_before: int = 0) -> Iterator[int]:
        """Finished months at this place of a half-year, with so many shown months before them."""
        for month_idx in self.months():
            has_past = month_idx - months_before >= max(self.world.from_idx, BEGAN_IDX)
            if month_idx % HALF_YEAR == offset and has_past and self.is_closed(month_idx):
                yield month_idx


def exact(cents: int) -> Line:
    """A metered line of exactly so many cents."""
    return metered_line(EXACT, units_for(EXACT, cents))


