"""Credit that pays for usage: startup grants, yearly purchases, and credit paid in instalments (REV-4 to REV-14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hedgerow.demo.accounts import payer_of, write_account, write_config, write_subscription
from hedgerow.demo.billing import PPM, Bill, Payer, flat_line, write_bill
from hedgerow.demo.catalogue import half_up
from hedgerow.demo.chance import below
from hedgerow.demo.monthly import lines_of, month_bill, months_shown, true_units, write_month, write_standard_months
from hedgerow.demo.profile import Profile
from hedgerow.demo.rows import dollars
from hedgerow.demo.world import Span, World, at, span_of, stamp
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.money import split_cents

TERM = 12
#: Credit at list value, in cents, from which a discount is given (millionths); under the first step it is 10 %.
_VOLUME = (
    (50_000_000, 400_000), (25_000_000, 350_000), (10_000_000, 300_000), (6_000_000, 250_000), (2_500_000, 200_000),
)
_CADENCES = ((1,) * 12, (3, 3, 3, 3), (6, 6), (2, 5, 1, 4))


@dataclass(frozen=True)
class Term:
    """One year of prepaid credit: its first month, what was bought, and at what discount."""

    number: int
    from_idx: int
    list_cents: int
    discount_ppm: int

    @property
    def end_idx(self) -> int:
        return self.from_idx + TERM

    @property
    def price_cents(self) -> int:
        return self.list_cents - half_up(self.list_cents * self.discount_ppm, PPM)


def tell_startup(world: World, profile: Profile) -> None:
    """Credit is granted at the start; revenue begins when it is used up inside an invoice, or has expired."""
    payer, start_idx = payer_of(profile), profile.lives[0].from_idx
    start = span_of(start_idx, 1).start
    grant = max(100_000, profile.size_cents * (2 + below(profile.key, 130, 16)) // 100_000 * 100_000)
    expires = at((MonthIdx(start_idx) + TERM).first_day + timedelta(days=14))
    tell_grant(world, profile, payer, start, grant, expires)


def tell_grant(world: World, profile: Profile, payer: Payer, start: date, grant: int, expires: datetime) -> None:
    """A startup from its grant on. Shown from the grant on if that was still in use when the window opens."""
    start_idx = MonthIdx.of(start).idx
    paid_from, paid_from_day = _grant_end(profile, payer, start_idx, grant, expires)
    is_known = start <= world.as_of
    write_account(world, profile, payer, billing_config="startup" if is_known else "free",
                  is_startup_plan_customer="true" if is_known else "",
                  credit_expires_at=stamp(expires) if is_known else None)
    if not is_known:
        return
    write_subscription(world, payer, start, None)
    shows_grant = paid_from >= world.from_idx
    if shows_grant:
        is_over = paid_from_day <= world.as_of
        status = ("expired" if paid_from_day == expires.date() else "exhausted") if is_over else "paid"
        world.rows.add(
            "credit_purchases", purchase_id=f"cp_{payer.customer_id[4:]}_grant", customer_id=payer.customer_id,
            kind="startup_grant", list_credit_amount=dollars(grant), discount_percent="0", price_paid_amount="0.00",
            start_date=start.isoformat(), term_months=TERM, expires_at=stamp(expires), status=status,
            paid_at=stamp(at(start)))
    write_config(world, payer, paid_from_day, "paid")
    first_shown = start_idx if shows_grant else world.from_idx
    for month_idx in months_shown(world, start_idx, paid_from, 1, first_shown):
        write_month(world, profile, month_bill(world, profile, payer, span_of(month_idx, 1), classification="startup"))
    write_standard_months(world, profile, payer, months_shown(world, paid_from, profile.lives[0].end_idx, 1))


def _grant_end(profile: Profile, payer: Payer, start_idx: int, grant: int, expires: datetime) -> tuple[int, date]:
    """The first month billed as standard, and the day of the move: by expiry, or after the invoice that used it up."""
    left = grant
    for month_idx in range(start_idx, start_idx + 10 * TERM):
        span = span_of(month_idx, 1)
        if at(span.end, 1) >= expires:
            return month_idx, expires.date()
        bill = Bill(payer, span, lines_of(profile, true_units(profile, month_idx)))
        left -= bill.net_cents + bill.tax_cents
        if left <= 0:
            return month_idx + 1, span.end
    raise AssertionError("a grant always ends: it expires")


def terms_of(profile: Profile, first_idx: int) -> list[Term]:
    """The yearly terms: eleven of twelve are renewed; sized for the usage to come, sometimes a little small."""
    terms = []
    for number in range(12):
        if number and below(profile.key, 140 + number, 12) == 0:
            break
        from_idx = first_idx + number * TERM
        usage = sum(line.list_cents for month_idx in range(from_idx, from_idx + TERM)
                    for line in lines_of(profile, true_units(profile, month_idx)))
        factor = 930_000 + below(profile.key, 160 + number, 300_000)
        size = max(1, -(-usage * factor // (PPM * 100_000))) * 100_000
        discount = next((ppm for least, ppm in _VOLUME if size >= least), 100_000)
        terms.append(Term(number + 1, from_idx, size, discount))
    return terms


def write_contract(world: World, payer: Payer, term: Term, **more: str | None) -> str:
    contract_id = f"con_{payer.customer_id[4:]}_{term.number}"
    values = {
        "contract_id": contract_id, "customer_id": payer.customer_id, "kind": "new" if term.number == 1 else "renewal",
        "start_date": span_of(term.from_idx, payer.anchor).start.isoformat(),
        "end_date": span_of(term.end_idx, payer.anchor).start.isoformat(),
        "discount_percent": str(term.discount_ppm // 10_000), "platform_package_charged_to_credits": "true",
    }
    world.rows.add("contracts", **(values | more))
    return contract_id


def tell_annual(world: World, profile: Profile) -> None:
    """Paid at first, then credit for a year at a time; some do not renew, and pay by the month again or leave."""
    payer, life = payer_of(profile), profile.lives[0]
    terms = terms_of(profile, profile.turn_idx)
    end_idx = terms[-1].end_idx
    started = span_of(life.from_idx, 1).start
    turn, end = span_of(profile.turn_idx, 1).start, span_of(end_idx, 1).start
    current = next((t for t in terms if t.from_idx <= world.open_idx < t.end_idx), terms[-1])
    dates = {"annual_plan_starts_at": span_of(current.from_idx, 1).start.isoformat(),
             "annual_plan_ends_at": span_of(current.end_idx, 1).start.isoformat()} if turn <= world.as_of else {}
    write_account(world, profile, payer, billing_config="paid" if started <= world.as_of else "free", **dates)
    write_subscription(world, payer, started, turn)
    write_standard_months(world, profile, payer, months_shown(world, life.from_idx, profile.turn_idx, 1))
    write_config(world, payer, turn, "annual_upfront")
    write_terms(world, profile, payer, terms)
    write_config(world, payer, end, "paid")
    stays = below(profile.key, 139, 10) < 7
    if stays:
        write_subscription(world, payer, end, None, len(terms) + 2)
        write_standard_months(world, profile, payer, months_shown(world, end_idx, life.end_idx, 1))


def write_terms(world: World, profile: Profile, payer: Payer, terms: list[Term], **contract: str | None) -> None:
    """The terms that the window touches, each from its first day: a straight line needs its whole term."""
    for term in terms:
        if term.end_idx > world.from_idx and span_of(term.from_idx, payer.anchor).start <= world.as_of:
            contract_id = write_contract(world, payer, term, **contract)
            left = write_term_months(world, profile, payer, term)
            write_purchase(world, payer, term, contract_id, left)
            write_subscription(world, payer, span_of(term.from_idx, payer.anchor).start,
                               span_of(term.end_idx, payer.anchor).start, term.number + 1)


def write_purchase(world: World, payer: Payer, term: Term, contract_id: str, left: int, **more: str | None) -> None:
    start, end = span_of(term.from_idx, payer.anchor).start, span_of(term.end_idx, payer.anchor).start
    status = "exhausted" if left == 0 else "expired" if end <= world.as_of else "paid"
    values = {
        "purchase_id": f"cp_{payer.customer_id[4:]}_{term.number}", "customer_id": payer.customer_id,
        "contract_id": contract_id, "kind": "purchase", "list_credit_amount": dollars(term.list_cents),
        "discount_percent": str(term.discount_ppm // 10_000), "price_paid_amount": dollars(term.price_cents),
        "start_date": start.isoformat(), "term_months": str(TERM), "expires_at": stamp(at(end)), "status": status,
        "paid_at": stamp(at(start - timedelta(days=3), 10)),
    }
    world.rows.add("credit_purchases", **(values | more))


def write_term_months(world: World, profile: Profile, payer: Payer, term: Term) -> int:
    """Usage invoices of a term at list value, and the list credit left at the end of the last finished month."""
    left = term.list_cents
    for month_idx in months_shown(world, term.from_idx, term.end_idx, payer.anchor, term.from_idx):
        bill = replace(month_bill(world, profile, payer, span_of(month_idx, payer.anchor)), has_tax=False)
        bill, after = cover(bill, left, term.discount_ppm)
        if world.is_closed(bill.span):
            left = after
        write_month(world, profile, bill)
    return left


def cover(bill: Bill, left: int, discount_ppm: int) -> tuple[Bill, int]:
    """Pay a usage invoice from list credit (REV-11, REV-29).

    Full cover states no discount (the contract's rate holds); where credit ends inside the invoice, only the covered
    part is discounted; with nothing left the invoice is a standard one.
    """
    if left <= 0:
        return replace(bill, classification="standard", has_tax=None), 0
    if bill.list_cents <= left:
        return replace(bill, classification="annual"), left - bill.list_cents
    discount = half_up(left * discount_ppm, PPM)
    return replace(bill, classification="annual", discount_cents=discount, credit_cents=left - discount), 0


def tell_amortized(world: World, profile: Profile) -> None:
    """Credit for a year paid in instalments: one customer is charged, a second one, merged into it, uses the credit."""
    credits, usage = payer_of(profile), payer_of(profile, "u")
    tell_pair(world, profile, credits, usage, terms_of(profile, profile.lives[0].from_idx),
              _CADENCES[below(profile.key, 150, len(_CADENCES))])
    start = span_of(profile.lives[0].from_idx, 1).start
    if start <= world.as_of:
        world.rows.add(
            "merges", source_customer_id=usage.customer_id, source_organization_id=usage.organization_id,
            canonical_customer_id=credits.customer_id, canonical_organization_id=credits.organization_id,
            kind="new_org_new_contract", note="credits and usage of one contract")


def tell_pair(world: World, profile: Profile, credits: Payer, usage: Payer, terms: list[Term],
              cadence: tuple[int, ...]) -> None:
    start = span_of(terms[0].from_idx, 1).start
    if start > world.as_of:
        write_account(world, profile, credits, billing_config="free")
        return
    for payer, role in ((credits, "credits"), (usage, "usage")):
        write_account(world, profile, payer, billing_config="annual_amortized", role=role)
        write_subscription(world, payer, start, span_of(terms[-1].end_idx, 1).start)
    for term in terms:
        if term.end_idx > world.from_idx and span_of(term.from_idx, 1).start <= world.as_of:
            write_contract(world, credits, term)
            write_charges(world, credits, term, cadence)
            write_term_months(world, profile, usage, term)


def write_charges(world: World, payer: Payer, term: Term, cadence: tuple[int, ...]) -> None:
    """Instalments in proportion to the months they pay for; due on their first day, the next one as a preview."""
    parts, month_idx = split_cents(term.price_cents, TERM), term.from_idx
    for months in cadence:
        amount = sum(parts[month_idx - term.from_idx:month_idx - term.from_idx + months])
        start, end = span_of(month_idx, 1).start, span_of(month_idx + months, 1).start
        month_idx += months
        if start > world.as_of and MonthIdx.of(start).idx > world.open_idx + 2:
            return
        is_due = start <= world.as_of
        bill = Bill(payer, Span(MonthIdx.of(start).idx, start, end), (flat_line("prepaid_credit", amount),), "annual",
                    has_tax=False, suffix="_credit", extra={"updated_at": f"{start}T02:00:00Z"})
        if is_due:
            bill = replace(bill, extra=bill.extra | {"finalized_at": f"{start}T01:00:00Z"})
        write_bill(world, bill, "completed" if is_due else "upcoming")


