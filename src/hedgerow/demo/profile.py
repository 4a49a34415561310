"""Who an account is: drawn once from (seed, number), in dates that no later day and no other account can move."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hedgerow.demo.catalogue import units_for
from hedgerow.demo.chance import below, key_of, mix, normal, unit
from hedgerow.demo.words import company_name, domain_of
from hedgerow.kernel.calendar import MonthIdx

#: Sign-ups from here on, for 20 years, a fifth more of them each year.
FOUNDED = date(2015, 1, 1)
_SPAN_MONTHS = 240
_GROWTH = math.log(1.20) / 12
#: The day on which the company has as many accounts as were asked for; it has fewer before and more after.
REFERENCE_DAY = date(2026, 1, 1)
FOREVER = 10**6

#: Share of accounts, in thousandths, by the story they live.
_KINDS = (
    ("free", 545), ("paid", 355), ("startup", 40), ("annual", 26), ("amortized", 7), ("moved", 8), ("separate", 6),
    ("shared", 5), ("legacy", 4), ("unsupported", 4),
)
#: Product, share of payers that use it (percent), weight in the bill.
_MIX = (
    ("product_analytics", 88, 60), ("session_replay", 52, 30), ("feature_flags", 30, 18), ("error_tracking", 20, 14),
    ("data_warehouse", 13, 16), ("surveys", 15, 14),
)


@dataclass(frozen=True)
class Adoption:
    """One product in one account's life: from which month, how much at first, and its own noise."""

    product_key: str
    from_idx: int
    base_units: int
    key: int


@dataclass(frozen=True)
class Life:
    """A stretch of paying months, the end not included."""

    from_idx: int
    end_idx: int


@dataclass(frozen=True)
class Profile:
    """Everything about an account that does not depend on the day we look at it."""

    number: int
    customer_id: str
    key: int
    kind: str
    name: str
    domain: str
    region: str
    signed_up_at: datetime
    tax_status: str
    anchor: int
    size_cents: int
    lives: tuple[Life, ...]
    adoptions: tuple[Adoption, ...]
    drift: float
    turn_idx: int  # month of the move to annual, of the region move; FOREVER when there is none

    @property
    def segment(self) -> str:
        steps = ((500_000, "enterprise"), (100_000, "mid_market"), (20_000, "small_business"))
        return next((name for least, name in steps if self.size_cents >= least and self.lives), "self_serve")

    def is_paying(self, month_idx: int) -> bool:
        return any(life.from_idx <= month_idx < life.end_idx for life in self.lives)

    def units(self, adoption: Adoption, month_idx: int) -> int:
        """Units of a month: a base that grows for eight years, a slow swing, a season, and noise of a few percent."""
        if month_idx < adoption.from_idx:
            return 0
        age = min(month_idx - adoption.from_idx, 96)
        swing = 0.10 * math.sin(month_idx / (4 + (adoption.key & 7)) + (adoption.key >> 3 & 7))
        season = 0.03 * math.sin((month_idx % 12) * math.pi / 6)
        noise = 0.045 * normal(adoption.key, month_idx)
        return int(adoption.base_units * math.exp(self.drift * age + swing + season + noise))


def signup_offset(seed: int, number: int) -> float:
    """Months after the founding at which an account signs up."""
    chance = unit(key_of("signup", seed), number)
    return math.log1p(chance * (math.exp(_GROWTH * _SPAN_MONTHS) - 1)) / _GROWTH


def numbers(seed: int, accounts: int) -> range:
    """The first account numbers, so many that ``accounts`` of them have signed up by the reference day.

    A longer range begins with the shorter one, and the range never depends on the day.
    """
    until = (MonthIdx.of(REFERENCE_DAY).idx - MonthIdx.of(FOUNDED).idx)
    key = key_of("signup", seed)
    limit = math.expm1(_GROWTH * until) / math.expm1(_GROWTH * _SPAN_MONTHS)
    found = number = 0
    while found < accounts:
        number += 1
        found += unit(key, number) < limit
    return range(1, number + 1)


def draw_profile(seed: int, number: int) -> Profile:
    key = key_of("account", seed, number)
    months = signup_offset(seed, number)
    signed_up = MonthIdx.of(FOUNDED).idx + int(months)
    day = 1 + int((months % 1) * MonthIdx(signed_up).days)
    first = MonthIdx(signed_up).first_day + timedelta(days=day - 1)
    at = datetime.combine(first, time(8 + below(key, 30, 10), below(key, 31, 60)))
    kind = _kind(key)
    size = _size(key, kind)
    drift = 0.0170 + 0.012 * normal(key, 34)
    lives = _lives(key, kind, signed_up, size)
    name = company_name(key)
    anchored = kind == "paid" and below(key, 35, 100) < 12
    turn = FOREVER
    if lives and kind in ("annual", "moved"):
        turn = lives[0].from_idx + (7 + below(key, 36, 14) if kind == "annual" else 9 + below(key, 36, 50))
    return Profile(
        number=number, customer_id=f"cus_{number:07d}", key=key, kind=kind, name=name,
        domain=domain_of(name, number), region="EU" if below(key, 37, 100) < 38 else "US", signed_up_at=at,
        tax_status="with_tax" if below(key, 38, 100) < 30 else "without_tax",
        anchor=2 + below(key, 39, 26) if anchored else 1, size_cents=size, lives=lives,
        adoptions=_adoptions(key, lives[0].from_idx, size, kind) if lives else (), drift=drift, turn_idx=turn,
    )


def _kind(key: int) -> str:
    drawn = below(key, 40, 1000)
    for name, share in _KINDS:
        drawn -= share
        if drawn < 0:
            return name
    return "free"


def _size(key: int, kind: str) -> int:
    """First monthly bill in cents: log-normal with a long tail, larger for those who sign contracts."""
    median = {"annual": 260_000, "amortized": 320_000, "separate": 60_000, "shared": 60_000, "legacy": 40_000,
              "unsupported": 50_000, "moved": 30_000, "startup": 18_000}.get(kind, 11_000)
    sigma = 0.7 if median > 100_000 else 1.25
    return max(800, min(6_000_000, int(median * math.exp(sigma * normal(key, 41)))))


def _lives(key: int, kind: str, signed_up: int, size: int) -> tuple[Life, ...]:
    """Most start to pay within months of signing up, stay for years, and one in four of those who leave returns."""
    if kind == "free":
        return ()
    wait = 0 if kind in ("startup", "amortized", "legacy") else int(-math.log1p(-unit(key, 50)) * 3.5)
    start = signed_up + wait + 1
    if kind != "paid":
        return (Life(start, FOREVER),)
    monthly_loss = 0.013 if size < 20_000 else 0.007 if size < 100_000 else 0.003
    stay = 2 + int(-math.log1p(-unit(key, 51)) / monthly_loss)
    first = Life(start, start + stay)
    if below(key, 52, 100) >= 25:
        return (first,)
    back = first.end_idx + 1 + below(key, 53, 6)
    return (first, Life(back, back + 4 + int(-math.log1p(-unit(key, 54)) / monthly_loss)))


def _adoptions(key: int, start: int, size: int, kind: str) -> tuple[Adoption, ...]:
    """The products of an account: at least one from the first month, others up to two years later."""
    chosen = [(product, weight) for i, (product, percent, weight) in enumerate(_MIX)
              if below(key, 60 + i, 100) < percent]
    chosen = chosen or [("product_analytics", 60)]
    whole = sum(weight for _, weight in chosen)
    adoptions = []
    for i, (product, weight) in enumerate(chosen):
        later = 0 if i == 0 or below(key, 70 + i, 100) < 45 else 1 + below(key, 80 + i, 26)
        units = units_for(product, max(300, size * weight // whole))
        adoptions.append(Adoption(product, start + later, units, mix(key + i + 1)))
    if size >= 150_000 and kind in ("paid", "annual", "amortized", "separate"):
        adoptions.append(Adoption("platform_package", start + below(key, 90, 9), 1, mix(key + 99)))
    return tuple(adoptions)
