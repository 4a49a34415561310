"""Laws that hold for every input: splits add up, forecasts rise with units, names read back."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from hedgerow.core.catalog.invoice import amount_due, charge
from hedgerow.core.catalog.price import Tier, graduated_e10, line_price, tier_lines
from hedgerow.core.fields import PercentField
from hedgerow.core.revenue.forecast_product import ForecastFacts, forecast_product
from hedgerow.core.revenue.metric_name import MetricNameFacts, metric_name
from hedgerow.core.revenue.split import SplitFacts, split
from hedgerow.kernel.money import Money

AS_OF = date(2026, 11, 22)
SUBJECTS = ("mrr", "arr", "nrr", "gdr", "logo_retention", "paying_customers")
METHODS = ("current", "monthly", "quarterly", "monthly_rolling", "quarterly_annualized")
SEGMENTS = ("managed", "ever_core")
NAMES = {"revenue.metric_subjects": SUBJECTS, "revenue.metric_methods": METHODS, "revenue.metric_segments": SEGMENTS,
         "revenue.metric_unit_words": ("usd", "pct"), "revenue.metric_workflow_words": ("dashboard", "growth_review")}
LAWS = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
Chosen = Callable[..., Any]

cents = st.integers(0, 10**11).map(lambda c: str(Money(c)))
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@st.composite
def tier_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    bounds = sorted(draw(st.sets(st.integers(1, 10**7), max_size=5)))
    prices = [f"{draw(st.integers(0, 10**8)):09d}" for _ in range(len(bounds) + 1)]
    flats = [str(Money(draw(st.integers(0, 10**5)))) for _ in prices]
    return [{"up_to": bound, "unit_price": f"0.{price}", "flat_amount": flat}
            for bound, price, flat in zip([*bounds, None], prices, flats, strict=True)]


@LAWS
@given(cents, st.integers(1, 120), days)
def test_split_parts_add_up_and_months_follow_each_other(chosen: Chosen, amount: str, months: int, start: date) -> None:
    """REV-30, REV-31, REV-32."""
    facts = SplitFacts.model_validate({"amount": amount, "months": months, "start_date": start})
    parts = split(facts, chosen(), as_of=AS_OF).value.parts
    assert sum((part.amount for part in parts), Money(0)) == facts.amount
    assert [part.month.idx for part in parts] == list(range(parts[0].month.idx, parts[0].month.idx + months))
    assert all(before.end == after.start for before, after in pairwise(parts))
    assert max(part.amount.cents for part in parts) - min(part.amount.cents for part in parts) <= 1
    assert parts[0].start == start
    for part in parts:
        assert part.start.day == min(start.day, monthrange(part.start.year, part.start.month)[1])


@LAWS
@given(tier_lists(), st.integers(0, 10**8), st.integers(0, 10**8))
def test_more_units_never_cost_less(tiers: list[dict[str, Any]], one: int, other: int) -> None:
    """BILL-200: the price rises with the units, and equals its lines."""
    built = [Tier.model_validate(tier) for tier in tiers]
    low, high = sorted((one, other))
    assert graduated_e10(low, built) <= graduated_e10(high, built)
    lines = tier_lines(high, built)
    assert sum(line.units for line in lines) == high
    assert abs(line_price(high, built).cents - Fraction(sum(line.e10 for line in lines), 10**8)) <= Fraction(1, 2)


@LAWS
@given(tier_lists(), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(3, 30), st.integers(0, 100),
       st.one_of(st.none(), cents))
def test_forecast_rises_with_units_and_keeps_its_limit(chosen: Chosen, tiers: list[dict[str, Any]], one: int,
                                                       other: int, elapsed: int, percent: int,
                                                       limit: str | None) -> None:
    """REV-102: monotone in units to date; never above the limit; never below the units seen."""
    given_facts = {"days_in_period": 30, "days_elapsed": elapsed, "tiers": tiers, "discount_percent": str(percent),
                   "billing_limit": limit}
    low, high = (forecast_product(ForecastFacts.model_validate({**given_facts, "units_to_date": units}),
                                  chosen({"revenue.forecast_min_days": 3}), as_of=AS_OF).value
                 for units in sorted((one, other)))
    assert low.projected_units <= high.projected_units
    assert low.charge <= high.charge
    assert max(one, other) <= high.projected_units
    assert limit is None or high.charge <= Money.parse(limit)


@LAWS
@given(st.integers(0, 10**9), st.integers(0, 99), st.one_of(st.none(), st.integers(0, 10**9)), st.integers(0, 10**9))
def test_the_order_of_an_invoice(listed: int, percent: int, limit: int | None, credit: int) -> None:
    """BILL-201: each step only takes away; credit never makes an invoice negative."""
    from pydantic import TypeAdapter

    rate = TypeAdapter(PercentField).validate_python(str(percent))
    priced = charge(Money(listed), percent=rate, limit=None if limit is None else Money(limit))
    assert Money(0) <= priced.capped <= priced.discounted <= priced.listed
    assert abs(priced.discounted.cents * 100 - listed * (100 - percent)) <= 50
    due = amount_due(priced.net, Money(0), Money(credit))
    assert due == Money(max(0, priced.net.cents - credit))


@LAWS
@given(st.sampled_from(SUBJECTS), st.sampled_from((None, *METHODS)), st.sampled_from((None, *SEGMENTS)))
def test_names_read_back(chosen: Chosen, subject: str, method: str | None, segment: str | None) -> None:
    """REV-120: every name built from the tables reads as what it was built from."""
    name = "_".join(part for part in (subject, method, segment) if part)
    outcome = metric_name(MetricNameFacts(name=name), chosen(NAMES), as_of=AS_OF).value
    assert (outcome.is_valid, outcome.subject, outcome.method, outcome.segment) == (True, subject, method, segment)


@LAWS
@given(st.lists(st.sampled_from([*SUBJECTS, *METHODS, *SEGMENTS, "usd", "dashboard", "foo", "surveys"]), min_size=1,
                max_size=5))
def test_an_offered_name_is_valid(chosen: Chosen, words: list[str]) -> None:
    """REV-120: a refused name has problems, and the name offered instead is accepted."""
    facts = MetricNameFacts(name="_".join(words), product_keys=("surveys",))
    answer = metric_name(facts, chosen(NAMES), as_of=AS_OF)
    assert answer.value.is_valid == (not answer.value.problems)
    for near in answer.near:
        mended = MetricNameFacts(name=near.would_change_if["name"])
        assert metric_name(mended, chosen(NAMES), as_of=AS_OF).value.is_valid
