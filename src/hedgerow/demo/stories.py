"""What each kind of account does over the years (REV-1 to REV-19), except prepaid credit, which has its own file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hedgerow.demo.accounts import payer_of, write_account, write_config, write_subscription
from hedgerow.demo.billing import Payer, write_usage
from hedgerow.demo.chance import below
from hedgerow.demo.monthly import (
    month_bill,
    months_shown,
    write_agreement,
    write_invoice,
    write_month,
    write_standard_months,
)
from hedgerow.demo.prepaid import tell_amortized, tell_annual, tell_startup
from hedgerow.demo.profile import Profile
from hedgerow.demo.world import World, span_of
from hedgerow.kernel.calendar import MonthIdx


def tell(world: World, profile: Profile) -> None:
    """All rows of one account, as far as the world knows them on its day."""
    _STORIES[profile.kind](world, profile)


def started(world: World, profile: Profile, payer: Payer) -> bool:
    return bool(profile.lives) and span_of(profile.lives[0].from_idx, payer.anchor).start <= world.as_of


def _write_free_usage(world: World, profile: Profile, payer: Payer, until_idx: int) -> None:
    """Half of those who pay nothing use the product within the free tier; the others never came back."""
    if below(profile.key, 120, 2):
        return
    first = MonthIdx.of(profile.signed_up_at.date()).idx
    for month_idx in range(max(first, world.from_idx), min(until_idx, world.open_idx)):
        units = 500 + below(profile.key, month_idx, 900_000)
        write_usage(world, payer, span_of(month_idx, 1), [("product_analytics", units)])


def _free(world: World, profile: Profile) -> None:
    payer = payer_of(profile)
    write_account(world, profile, payer, billing_config="free")
    _write_free_usage(world, profile, payer, 10**6)


def _paid(world: World, profile: Profile) -> None:
    """Free until the first paying month; a tenth have the moves between free and paid on record."""
    payer = payer_of(profile)
    is_recorded = below(profile.key, 121, 10) == 0
    pays = started(world, profile, payer)
    write_account(world, profile, payer, billing_config="free" if is_recorded or not pays else "paid")
    _write_free_usage(world, profile, payer, profile.lives[0].from_idx)
    if not pays:
        return
    write_agreement(world, profile, payer)
    for number, life in enumerate(profile.lives, 1):
        start, end = span_of(life.from_idx, payer.anchor).start, span_of(life.end_idx, payer.anchor).start
        write_subscription(world, payer, start, end, number)
        if is_recorded:
            write_config(world, payer, start, "paid")
            write_config(world, payer, end, "free")
        write_standard_months(world, profile, payer, months_shown(world, life.from_idx, life.end_idx, payer.anchor))


def _single(billing_config: str) -> Callable[[World, Profile], None]:
    def story(world: World, profile: Profile) -> None:
        payer, life = payer_of(profile), profile.lives[0]
        write_account(world, profile, payer, billing_config=billing_config)
        write_subscription(world, payer, span_of(life.from_idx, 1).start, None)
        write_standard_months(world, profile, payer, months_shown(world, life.from_idx, life.end_idx, 1))
    return story


def _unsupported(world: World, profile: Profile) -> None:
    """One billing customer with two objects at the provider, each with its own subscription and invoices (REV-17)."""
    first, life = payer_of(profile), profile.lives[0]
    second = Payer(first.customer_id, first.organization_id, first.provider_customer_id + "b", 1, first.has_tax)
    write_account(world, profile, first, billing_config="unsupported")
    world.rows.add("provider_customers", provider_customer_id=second.provider_customer_id,
                   customer_id=second.customer_id, role="single")
    months = months_shown(world, life.from_idx, life.end_idx, 1)
    for payer in (first, second):
        write_subscription(world, payer, span_of(life.from_idx, 1).start, None)
    for month_idx in months:
        span = span_of(month_idx, 1)
        write_month(world, profile, month_bill(world, profile, first, span, share=(3, 5)))
        write_invoice(world, replace(month_bill(world, profile, second, span, share=(2, 5)), suffix="b"))


def _moved(world: World, profile: Profile) -> None:
    """A region move (REV-40): the EU account bills until the month of the move, a new US one from then on."""
    source, target, life = payer_of(profile), payer_of(profile, "n"), profile.lives[0]
    moved_on = span_of(profile.turn_idx, 1).start
    has_moved = moved_on <= world.as_of
    before = months_shown(world, life.from_idx, profile.turn_idx, 1)
    write_account(world, profile, source, billing_config="paid", region="EU")
    write_subscription(world, source, span_of(life.from_idx, 1).start, moved_on)
    write_standard_months(world, profile, source, before)
    if has_moved:
        write_account(world, profile, target, billing_config="paid", region="US")
        write_subscription(world, target, moved_on, None)
        world.rows.add("merges", source_customer_id=source.customer_id, source_organization_id=source.organization_id,
                       canonical_customer_id=target.customer_id, canonical_organization_id=target.organization_id,
                       kind="region_migration", note="moved from EU to US hosting")
        write_standard_months(world, profile, target, months_shown(world, profile.turn_idx, life.end_idx, 1))


def _separate(world: World, profile: Profile) -> None:
    """Two organizations with a bill each, one company (REV-15)."""
    life = profile.lives[0]
    main, other = payer_of(profile), payer_of(profile, "b")
    for payer, share in ((main, (7, 10)), (other, (3, 10))):
        write_account(world, profile, payer, billing_config="multi_org_separate")
        write_subscription(world, payer, span_of(life.from_idx, 1).start, None)
        write_standard_months(world, profile, payer, months_shown(world, life.from_idx, life.end_idx, 1), share)
    world.rows.add("merges", source_customer_id=other.customer_id, source_organization_id=other.organization_id,
                   canonical_customer_id=main.customer_id, canonical_organization_id=main.organization_id,
                   kind="parallel_teams", note="two teams of one company, billed apart")


def _shared(world: World, profile: Profile) -> None:
    """Three organizations, one bill; it hangs on the lowest customer id (REV-16)."""
    life = profile.lives[0]
    payers = [payer_of(profile, suffix) for suffix in ("", "b", "c")]
    for payer in payers:
        billed = payer if payer is payers[0] else Payer(payer.customer_id, payer.organization_id, "")
        write_account(world, profile, billed, billing_config="multi_org_shared",
                      shared_billing_id=f"shared_{profile.number}")
    write_subscription(world, payers[0], span_of(life.from_idx, 1).start, None)
    write_standard_months(world, profile, payers[0], months_shown(world, life.from_idx, life.end_idx, 1))


_STORIES: dict[str, Callable[[World, Profile], None]] = {
    "free": _free, "paid": _paid, "startup": tell_startup, "annual": tell_annual, "amortized": tell_amortized,
    "moved": _moved, "separate": _separate, "shared": _shared, "legacy": _single("legacy"), "unsupported": _unsupported,
}
