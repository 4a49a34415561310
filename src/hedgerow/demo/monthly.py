"""The ordinary month of an account: its lines at list price, its coupon and limit, a credit or refund now and then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from hedgerow.demo.billing import (
    PPM,
    Bill,
    Line,
    Payer,
    forecast_bills,
    metered_line,
    projected_units,
    write_bill,
    write_usage,
)
from hedgerow.demo.catalogue import half_up
from hedgerow.demo.chance import below, unit
from hedgerow.demo.profile import Profile
from hedgerow.demo.rows import dollars, month_text
from hedgerow.demo.world import Span, World, at, span_of, stamp

_REASONS = ("Promo Credit", "Incident Credit", "Bug Credit", "First Big Bill", "Unwanted Spike", "Other")
_REFUND_REASONS = ("billing_error", "platform_bug", "goodwill", "other")


@dataclass(frozen=True)
class Agreement:
    """What one account agreed for its first product: coupon in millionths, limit in cents after coupon."""

    product_key: str = ""
    coupon_ppm: int = 0
    limit_cents: int | None = None


def agreement_of(profile: Profile) -> Agreement:
    """One payer in 16 has a coupon, one in 25 a billing limit of twice its first bill."""
    if profile.kind not in ("paid", "moved") or not profile.adoptions:
        return Agreement()
    coupon = (100_000, 150_000, 200_000, 250_000)[below(profile.key, 111, 4)] if below(profile.key, 110, 16) == 0 else 0
    limit = (profile.size_cents * 2 // 10_000 + 1) * 10_000 if below(profile.key, 112, 25) == 0 else None
    return Agreement(profile.adoptions[0].product_key, coupon, limit) if coupon or limit else Agreement()


def write_agreement(world: World, profile: Profile, payer: Payer) -> None:
    agreed = agreement_of(profile)
    if agreed.product_key:
        start = span_of(profile.lives[0].from_idx, payer.anchor).start
        if start <= world.as_of:
            world.rows.add(
                "price_assignments", customer_id=payer.customer_id, product_key=agreed.product_key,
                from_date=start.isoformat(),
                coupon_percent=str(agreed.coupon_ppm // 10_000) if agreed.coupon_ppm else None,
                limit_amount=None if agreed.limit_cents is None else dollars(agreed.limit_cents))


def true_units(profile: Profile, month_idx: int, share: tuple[int, int] = (1, 1)) -> list[tuple[str, int]]:
    """(product, units) of a whole month, in the order of adoption; a share for one of several organizations."""
    part, whole = share
    return [(a.product_key, 1 if a.product_key == "platform_package" else profile.units(a, month_idx) * part // whole)
            for a in profile.adoptions if month_idx >= a.from_idx]


def lines_of(profile: Profile, units: list[tuple[str, int]]) -> tuple[Line, ...]:
    agreed = agreement_of(profile)
    return tuple(
        metered_line(key, count, coupon_ppm=agreed.coupon_ppm, limit_cents=agreed.limit_cents)
        if key == agreed.product_key else metered_line(key, count)
        for key, count in units)


def month_bill(world: World, profile: Profile, payer: Payer, span: Span, *, classification: str = "standard",
               share: tuple[int, int] = (1, 1)) -> Bill:
    """The bill of one month: of all its units when it is over, of the projected ones while it runs."""
    units = true_units(profile, span.month_idx, share)
    if not world.is_closed(span):
        before = dict(true_units(profile, span.month_idx - 1, share))
        units = [(key, count if key == "platform_package" else projected_units(world, span, count, before.get(key, 0)))
                 for key, count in units]
    return Bill(payer, span, lines_of(profile, units), classification)


def write_month(world: World, profile: Profile, bill: Bill, share: tuple[int, int] = (1, 1)) -> None:
    """A finished month with its invoice, or the running one with its preview and forward copies; and its usage."""
    metered = [u for u in true_units(profile, bill.span.month_idx, share) if u[0] != "platform_package"]
    write_usage(world, bill.payer, bill.span, metered)
    write_invoice(world, bill)


def write_invoice(world: World, bill: Bill) -> None:
    """The invoice of a finished period, or the previews of the running one."""
    if world.is_closed(bill.span):
        write_bill(world, bill)
    elif world.is_running(bill.span):
        for forecast, invoice_type in forecast_bills(bill, world.open_idx):
            write_bill(world, forecast, invoice_type)


def months_shown(world: World, from_idx: int, end_idx: int, anchor: int, start_idx: int | None = None) -> range:
    """Months of a stretch that a run shows: from the first month shown (or an earlier start) to the running period."""
    last = world.open_idx + (1 if anchor != 1 and span_of(world.open_idx + 1, anchor).start <= world.as_of else 0)
    return range(max(from_idx, world.from_idx if start_idx is None else start_idx), min(end_idx, last + 1))


def write_standard_months(world: World, profile: Profile, payer: Payer, months: range,
                          share: tuple[int, int] = (1, 1)) -> None:
    for month_idx in months:
        bill = month_bill(world, profile, payer, span_of(month_idx, payer.anchor), share=share)
        if world.is_closed(bill.span):
            bill = _with_credit(world, profile, bill)
            _refund(world, profile, bill)
        write_month(world, profile, bill, share)


def _with_credit(world: World, profile: Profile, bill: Bill) -> Bill:
    """About one invoice in 250 is lowered by balance credit; the same credit stands among the credit events."""
    month_idx = bill.span.month_idx
    if bill.net_cents < 2_000 or unit(profile.key ^ 0xC4ED, month_idx) >= 0.004:
        return bill
    share = 100_000 + below(profile.key, month_idx + 7, 300_000)
    credit = half_up((bill.net_cents + bill.tax_cents) * share, PPM)
    world.rows.add(
        "credit_events", credit_event_id=f"cre_{bill.invoice_id[3:]}", customer_id=bill.payer.customer_id,
        amount=dollars(credit), reason=_REASONS[below(profile.key, month_idx + 8, len(_REASONS))],
        month=month_text(month_idx), reference=f"ticket {below(profile.key, month_idx + 9, 90_000) + 10_000}")
    return replace(bill, credit_cents=credit)


def _refund(world: World, profile: Profile, bill: Bill) -> None:
    """About one invoice in 300 is refunded in part, half of the time with the product named (REV-34)."""
    month_idx = bill.span.month_idx
    issued = bill.span.end + timedelta(days=3 + below(profile.key, month_idx + 10, 20))
    if (bill.net_cents < 2_000 or bill.credit_cents or unit(profile.key ^ 0x4EF, month_idx) >= 0.0033
            or issued > world.as_of):
        return
    line = max(bill.lines, key=lambda one: one.net_cents)
    amount = half_up(line.net_cents * (50_000 + below(profile.key, month_idx + 11, 150_000)), PPM)
    world.rows.add(
        "refunds", refund_id=f"re_{bill.invoice_id[3:]}", invoice_id=bill.invoice_id,
        product_key=line.product_key if below(profile.key, month_idx + 12, 2) else None, amount=dollars(amount),
        reason=_REFUND_REASONS[below(profile.key, month_idx + 13, len(_REFUND_REASONS))],
        issued_at=stamp(at(issued, 11)))
