"""What stands around the bills: users, tickets, deals, product events, enrichment, owners."""

from __future__ import annotations

from datetime import date, timedelta

from hedgerow.demo.accounts import owner_of, owners
from hedgerow.demo.catalogue import NEGOTIATED_PRICE, NEGOTIATED_TIERS, PRODUCTS
from hedgerow.demo.chance import below, unit
from hedgerow.demo.profile import Profile
from hedgerow.demo.rows import dollars
from hedgerow.demo.words import country, industry, person, ticket_subject
from hedgerow.demo.world import World, at, span_of, stamp
from hedgerow.kernel.calendar import MonthIdx

_PEOPLE = (
    ("per_tae_1", "Account executive 1", "tae"), ("per_tae_2", "Account executive 2", "tae"),
    ("per_csm_1", "Customer success 1", "csm"), ("per_tam_1", "Account manager 1", "tam"),
    ("per_tam_2", "Account manager 2", "tam"), ("per_tam_3", "Account manager 3", "tam"),
    ("per_tam_4", "Account manager 4", "tam"), ("per_onb_1", "Onboarding specialist 1", "onboarding"),
    ("per_rev_1", "RevOps 1", "revops"), ("per_lead_1", "Sales lead", "lead"),
)
_STAGES = ("discovery", "evaluation", "negotiation", "closed won", "closed lost")


def write_company(world: World) -> None:
    """People, products and prices: the same for every account."""
    for person_id, name, role in _PEOPLE:
        world.rows.add("people", person_id=person_id, name=name, email=f"{person_id}@hedgerow.example", role=role,
                       team="onboarding" if role == "onboarding" else "sales", is_active="true")
    for product in PRODUCTS.values():
        world.rows.add("products", product_key=product.key, name=product.name, kind=product.kind,
                       default_price_id=product.price_id, launched_on=product.launched_on)
        _write_price(world, product.price_id, product.key, f"{product.name}, default", product.tiers,
                     product.flat_cents)
    _write_price(world, NEGOTIATED_PRICE, "product_analytics", "Product analytics, negotiated", NEGOTIATED_TIERS, 0)


def _write_price(world: World, price_id: str, product_key: str, description: str,
                 tiers: tuple[tuple[int | None, int], ...], flat_cents: int) -> None:
    world.rows.add("prices", price_id=price_id, product_key=product_key, description=description,
                   flat_amount=dollars(flat_cents) if flat_cents else None)
    for number, (up_to, e10) in enumerate(tiers, 1):
        world.rows.add("price_tiers", price_id=price_id, tier=number, up_to=up_to,
                       unit_price=f"{e10 // 10**10}.{e10 % 10**10:010d}")


def write_surroundings(world: World, profile: Profile) -> None:
    _users(world, profile)
    _tickets(world, profile)
    _enrichment(world, profile)
    if profile.lives:
        _product_events(world, profile)
        _assignments(world, profile)
        _deals(world, profile)


def _users(world: World, profile: Profile) -> None:
    """One user at sign-up, more over the first three years; the larger the account, the more of them."""
    most = {"enterprise": 24, "mid_market": 12, "small_business": 6}.get(profile.segment, 3)
    count = 1 + below(profile.key, 200, most)
    signed_up = profile.signed_up_at.date()
    for number in range(count):
        joined = signed_up + timedelta(days=0 if number == 0 else below(profile.key, 210 + number, 1000))
        if joined > world.as_of:
            continue
        idle = below(profile.key, 300 + number, 9) * below(profile.key, 340 + number, 12)
        seen = max(joined, world.as_of - timedelta(days=1 + idle))
        name = f"{person(profile.key, 400 + number)}{number + 1}"
        world.rows.add(
            "users", user_id=f"usr_{profile.number}_{number + 1}", organization_id=f"org_{profile.customer_id[4:]}",
            customer_id=profile.customer_id, email=f"{name}@{profile.domain}",
            role="admin" if number == 0 else "member",
            created_at=stamp(at(joined, 9)), last_seen_at=stamp(at(min(seen, world.as_of), 9)))


def _tickets(world: World, profile: Profile) -> None:
    for month_idx in range(max(world.from_idx, MonthIdx.of(profile.signed_up_at.date()).idx + 1), world.open_idx + 1):
        if unit(profile.key ^ 0x71C, month_idx) >= (0.06 if profile.is_paying(month_idx) else 0.006):
            continue
        opened = MonthIdx(month_idx).first_day + timedelta(days=below(profile.key, month_idx + 20_000, 28))
        closed = opened + timedelta(days=1 + below(profile.key, month_idx + 30_000, 9))
        if opened <= world.as_of:
            is_closed = closed <= world.as_of
            world.rows.add(
                "tickets", ticket_id=f"tic_{profile.number}_{month_idx}", customer_id=profile.customer_id,
                subject=ticket_subject(profile.key, month_idx), status="closed" if is_closed else "open",
                priority=("low", "normal", "normal", "high")[below(profile.key, month_idx + 40_000, 4)],
                tags="billing" if below(profile.key, month_idx + 50_000, 4) == 0 else "product",
                opened_at=stamp(at(opened, 10)), closed_at=stamp(at(closed, 16)) if is_closed else None)


def _enrichment(world: World, profile: Profile) -> None:
    if not profile.lives and below(profile.key, 500, 10) >= 4:
        return
    on = profile.signed_up_at.date() + timedelta(days=1)
    if on <= world.as_of:
        employees = max(1, profile.size_cents // 700 + below(profile.key, 501, 30))
        world.rows.add(
            "enrichment", customer_id=profile.customer_id, source="firmographics", employees=employees,
            industry=industry(profile.key), country=country(profile.key, profile.region),
            founded_year=2000 + below(profile.key, 502, 15),
            funding_amount=dollars(below(profile.key, 503, 500) * 10_000_000),
            enriched_at=stamp(at(on, 6)))


def _product_events(world: World, profile: Profile) -> None:
    for adoption in profile.adoptions:
        on = span_of(adoption.from_idx, 1).start
        if on <= world.as_of and adoption.from_idx >= world.from_idx:
            world.rows.add(
                "events", event_id=f"evt_{profile.number}_{adoption.product_key}", customer_id=profile.customer_id,
                organization_id=f"org_{profile.customer_id[4:]}", name="billing product activated",
                product_key=adoption.product_key, occurred_at=stamp(at(on, 12)))


def _assignments(world: World, profile: Profile) -> None:
    history = [entry for entry in owners(profile) if entry[2] <= world.as_of]
    for number, (person_id, role, start) in enumerate(history):
        end = history[number + 1][2] if number + 1 < len(history) else None
        world.rows.add("assignments", customer_id=profile.customer_id, person_id=person_id, role=role,
                       from_date=start.isoformat(), to_date=end.isoformat() if end else None)


def _deals(world: World, profile: Profile) -> None:
    """Larger accounts have an opportunity about every second year; it stays open for one to four months."""
    if profile.segment in ("self_serve", "small_business"):
        return
    for year in range(world.from_idx // 12, world.as_of.year + 1):
        opened = date(year, 1, 1) + timedelta(days=below(profile.key, 600 + year, 360))
        if unit(profile.key ^ 0xDEA1, year) >= 0.5 or opened > world.as_of or opened <= profile.signed_up_at.date():
            continue
        closed = opened + timedelta(days=30 + below(profile.key, 700 + year, 90))
        is_closed = closed <= world.as_of
        stage = 3 + (below(profile.key, 800 + year, 3) == 0) if is_closed else below(profile.key, year, 3)
        world.rows.add(
            "deals", deal_id=f"deal_{profile.number}_{year}", customer_id=profile.customer_id,
            name=f"{profile.name} {year}", stage=_STAGES[stage], amount=dollars(profile.size_cents * 12 // 100 * 100),
            owner_id=owner_of(profile, min(world.as_of, closed)), created_at=stamp(at(opened, 9)),
            closed_at=stamp(at(closed, 17)) if is_closed else None)
