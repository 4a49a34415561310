"""Bills of one billing customer: usage reports, invoices and lines, in the order of BILL-201."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hedgerow.demo.catalogue import NEGOTIATED_PRICE, NEGOTIATED_TIERS, PRODUCTS, half_up, list_price, tier_price
from hedgerow.demo.rows import dollars, month_text
from hedgerow.demo.world import Span, World, at, day_weights, span_of, stamp

TAX_PPM = 200_000
PPM = 1_000_000


@dataclass(frozen=True)
class Payer:
    """Who is billed, and by which object at the payment provider."""

    customer_id: str
    organization_id: str
    provider_customer_id: str
    anchor: int = 1
    has_tax: bool = False


@dataclass(frozen=True)
class Line:
    """One line in cents: list before coupon, net after coupon and limit."""

    product_key: str | None
    units: int
    list_cents: int
    net_cents: int
    price_id: str | None
    is_flat: bool = False


@dataclass(frozen=True)
class Bill:
    """One invoice to be. ``credit_cents`` is balance credit; ``discount_cents`` is given for partial cover only."""

    payer: Payer
    span: Span
    lines: tuple[Line, ...]
    classification: str = "standard"
    credit_cents: int | None = None
    discount_cents: int | None = None
    has_tax: bool | None = None
    suffix: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def invoice_id(self) -> str:
        month = month_text(self.span.month_idx).replace("-", "")
        return f"in_{self.payer.customer_id[4:]}_{month}{self.suffix}"

    @property
    def net_cents(self) -> int:
        return sum(line.net_cents for line in self.lines)

    @property
    def list_cents(self) -> int:
        return sum(line.list_cents for line in self.lines)

    @property
    def tax_cents(self) -> int:
        taxed = self.payer.has_tax if self.has_tax is None else self.has_tax
        return half_up(self.net_cents * TAX_PPM, PPM) if taxed else 0


def metered_line(product_key: str, units: int, *, coupon_ppm: int = 0, limit_cents: int | None = None,
                 is_negotiated: bool = False) -> Line:
    """Product line, then coupon, then billing limit (BILL-201)."""
    product = PRODUCTS[product_key]
    before = tier_price(NEGOTIATED_TIERS, units) if is_negotiated else list_price(product_key, units)
    net = before - half_up(before * coupon_ppm, PPM)
    if limit_cents is not None:
        net = min(net, limit_cents)
    price = NEGOTIATED_PRICE if is_negotiated else product.price_id
    return Line(product_key, units, before, net, price, is_flat=not product.tiers)


def flat_line(product_key: str | None, cents: int, *, price_id: str | None = None) -> Line:
    known = PRODUCTS.get(product_key or "")
    return Line(product_key, 1, cents, cents, price_id or (known.price_id if known else None), is_flat=True)


def write_bill(world: World, bill: Bill, invoice_type: str = "completed") -> None:
    """The invoice row and its lines. Finalized an hour after the period, unless the source says otherwise."""
    is_final = invoice_type == "completed"
    finalized = at(bill.span.end, 1) if is_final else None
    total = bill.net_cents + bill.tax_cents - (bill.credit_cents or 0) - (bill.discount_cents or 0)
    values: dict[str, str | None] = {
        "invoice_id": bill.invoice_id, "customer_id": bill.payer.customer_id,
        "organization_id": bill.payer.organization_id, "provider_customer_id": bill.payer.provider_customer_id,
        "type": invoice_type, "classification": bill.classification, "status": "paid" if is_final else None,
        "period_start": stamp(at(bill.span.start)), "period_end": stamp(at(bill.span.end)),
        "finalized_at": stamp(finalized), "currency": "USD", "tax_amount": dollars(bill.tax_cents),
        "discount_amount": None if bill.discount_cents is None else dollars(bill.discount_cents),
        "credit_applied_amount": None if bill.credit_cents is None else dollars(bill.credit_cents),
        "total_amount": dollars(total),
        "updated_at": stamp(at(bill.span.end, 2) if is_final else at(world.as_of)),
    }
    world.rows.add("invoices", **(values | bill.extra))
    for number, line in enumerate(bill.lines, 1):
        world.rows.add(
            "invoice_lines", line_id=f"{bill.invoice_id}_{number}", invoice_id=bill.invoice_id,
            product_key=line.product_key, units=line.units, list_amount=dollars(line.list_cents),
            net_amount=dollars(line.net_cents), price_id=line.price_id,
            is_flat_fee="true" if line.is_flat else "false")


def forecast_bills(bill: Bill, open_idx: int) -> list[tuple[Bill, str]]:
    """The running period's preview, and copies of it for the months up to two after the open one (REV-69)."""
    result = [(replace(bill, suffix=bill.suffix + "_up"), "upcoming")]
    for month_idx in range(bill.span.month_idx + 1, open_idx + 3):
        span = span_of(month_idx, bill.payer.anchor)
        result.append((replace(bill, span=span, suffix=bill.suffix + "_dup"), "upcoming_duplicated"))
    return result


def projected_units(world: World, span: Span, full_units: int, previous_units: int) -> int:
    """What the preview shows: run rate from three full days on, before that the last full period (REV-102)."""
    to_date, elapsed = units_to_date(world, span, full_units)
    if elapsed < 3:
        return max(previous_units, to_date)
    return half_up(to_date * (span.end - span.start).days, elapsed)


def units_to_date(world: World, span: Span, full_units: int) -> tuple[int, int]:
    """Units of the running period so far, and the full days behind them."""
    weights = day_weights(span.start, span.end)
    elapsed = max(0, min((world.as_of - span.start).days, len(weights) - 1))
    return full_units * weights[elapsed] // weights[-1], elapsed


def write_usage(world: World, payer: Payer, span: Span, usage: Sequence[tuple[str, int]]) -> None:
    """One last report for a period that is over; one a day for the running one, each made the day after."""
    base = {"customer_id": payer.customer_id, "organization_id": payer.organization_id,
            "period_start": span.start.isoformat(), "period_end": span.end.isoformat()}
    if world.is_closed(span):
        moment = stamp(at(span.end, 0, 30))
        for product_key, units in usage:
            world.rows.add("usage", product_key=product_key, report_at=moment, units=units, **base)
        return
    weights = day_weights(span.start, span.end)
    elapsed = (world.as_of - span.start).days
    moments = [stamp(at(span.start + timedelta(days=day), 0, 30)) for day in range(1, elapsed + 1)]
    for product_key, units in usage:
        for day, moment in enumerate(moments, 1):
            world.rows.add("usage", product_key=product_key, report_at=moment,
                           units=units * weights[day] // weights[-1], **base)
