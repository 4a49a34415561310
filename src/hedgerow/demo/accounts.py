"""The rows that say who an account is: account, organization, provider customer, subscription, dated configuration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hedgerow.demo.billing import Payer
from hedgerow.demo.chance import below, unit
from hedgerow.demo.profile import Profile
from hedgerow.demo.world import World, at, stamp
from hedgerow.kernel.calendar import MonthIdx

_HEALTH = ("good", "good", "good", "neutral", "at_risk")


def payer_of(profile: Profile, suffix: str = "") -> Payer:
    """The billed object of an account; a suffix makes the second customer of one company."""
    code = profile.customer_id[4:] + suffix
    return Payer(f"cus_{code}", f"org_{code}", f"pc_{code}", profile.anchor, profile.tax_status == "with_tax")


def write_account(world: World, profile: Profile, payer: Payer, *, billing_config: str, role: str = "single",
                  region: str | None = None, **more: Any) -> None:
    """Account, its organization, and its object at the payment provider when it has ever been billed."""
    region = region or profile.region
    values: dict[str, Any] = {
        "customer_id": payer.customer_id, "name": profile.name, "domain": profile.domain,
        "billing_config": billing_config, "tax_status": profile.tax_status, "is_startup_plan_customer": "false",
        "owner_id": owner_of(profile, world.as_of), "segment": profile.segment, "region": region,
        "health": _HEALTH[below(profile.key, 101, len(_HEALTH))] if profile.lives else None,
        "last_contact_at": stamp(last_contact(world, profile)), "created_at": stamp(profile.signed_up_at),
    }
    world.rows.add("accounts", **(values | more))
    world.rows.add("organizations", organization_id=payer.organization_id, customer_id=payer.customer_id,
                   name=profile.name, region=region)
    if profile.lives and payer.provider_customer_id:
        world.rows.add("provider_customers", provider_customer_id=payer.provider_customer_id,
                       customer_id=payer.customer_id, role=role)


def last_contact(world: World, profile: Profile) -> datetime | None:
    """Somebody talks to the larger ones every few weeks; most small ones were never contacted."""
    if profile.segment == "self_serve" or (profile.segment == "small_business" and below(profile.key, 102, 3)):
        return None
    rhythm = 14 + below(profile.key, 103, 60)
    days = (world.as_of - profile.signed_up_at.date()).days
    return at(world.as_of - timedelta(days=days % rhythm), 15) if days >= rhythm else None


def write_subscription(world: World, payer: Payer, start: date, end: date | None, number: int = 1) -> None:
    """A fact of the provider; its money is on the invoices, so no monthly amount. A future end is not known."""
    if start <= world.as_of and not (end and end <= MonthIdx(world.from_idx).first_day):
        known_end = end.isoformat() if end and end <= world.as_of else None
        world.rows.add("subscriptions", subscription_id=f"sub_{payer.provider_customer_id[3:]}_{number}",
                       customer_id=payer.customer_id, provider_customer_id=payer.provider_customer_id,
                       start_date=start.isoformat(), end_date=known_end)


def write_config(world: World, payer: Payer, from_day: date, billing_config: str) -> None:
    """A dated move; one that has not happened yet is not written."""
    if from_day <= world.as_of:
        world.rows.add("billing_configurations", customer_id=payer.customer_id, from_at=stamp(at(from_day)),
                       billing_config=billing_config)


OWNERS = {"enterprise": ("per_tae_1", "per_tae_2", "per_csm_1"), "mid_market": ("per_tam_1", "per_tam_2", "per_tam_3"),
          "small_business": ("per_tam_4", "per_onb_1")}


def owners(profile: Profile) -> list[tuple[str, str, date]]:
    """(person, role, from day): from 20 days after the first paying month, one change after 9 to 30 months."""
    pool = OWNERS.get(profile.segment)
    if not pool or unit(profile.key, 104) < (0.6 if profile.segment == "small_business" else 0):
        return []
    start = MonthIdx(profile.lives[0].from_idx)
    first = below(profile.key, 105, len(pool))
    second = (first + 1) % len(pool)
    change = (start + 9 + below(profile.key, 106, 22)).first_day
    return [(pool[first], pool[first][4:7], start.first_day + timedelta(days=20)),
            (pool[second], pool[second][4:7], change)]


def owner_of(profile: Profile, day: date) -> str | None:
    holders = [person for person, _, start in owners(profile) if start <= day] if profile.lives else []
    return holders[-1] if holders else None
