"""The forecast of one product in the running period (REV-102, REV-103), priced by BILL-200 and BILL-201."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from hedgerow.core.catalog.invoice import Charge, amount_due, charge, tax_on
from hedgerow.core.catalog.price import Tier, exact_dollars, line_price, tier_lines, tier_problems
from hedgerow.core.fields import CouponField, Facts, MoneyField, Name, Outcome, PositiveMoney, Whole
from hedgerow.core.registry import register
from hedgerow.kernel.decision import Decision, Near, Reason
from hedgerow.kernel.money import Money, round_half_up
from hedgerow.kernel.params import Params
from hedgerow.kernel.problem import Problem, Where

Method = Literal["run_rate", "last_period", "units_to_date"]
MOST_UNITS = 10**15


class FlatFee(Facts):
    """A fixed charge of the period."""

    name: Name = Field(description="What it is for")
    amount: PositiveMoney = Field(description="Charge per period, in dollars")


class ForecastFacts(Facts):
    """Usage of the running billing period and the price of the product."""

    days_in_period: Whole = Field(ge=1, le=1100, description="Days of the billing period")
    days_elapsed: Whole = Field(ge=0, description="Full days that have passed")
    days_with_report: Whole | None = Field(default=None, ge=0, description="Full days with a usage report; all elapsed "
                                           "days when left out")
    units_to_date: Whole = Field(ge=0, le=MOST_UNITS, description="Units since the period began (the last report)")
    last_period_units: Whole | None = Field(default=None, ge=0, le=MOST_UNITS,
                                            description="Units of the last full period; none when there was none")
    tiers: tuple[Tier, ...] = Field(default=(), description="Graduated price; empty when only flat fees are charged")
    discount_percent: CouponField = Field(default=Decimal(0), description="Coupon or prepaid-credit discount")
    billing_limit: PositiveMoney | None = Field(default=None, description="Billing limit in dollars after discount; "
                                                "none when there is none")
    flat_fees: tuple[FlatFee, ...] = Field(default=(), description="Fixed charges of the period")
    tax_percent: CouponField = Field(default=Decimal(0), description="Last tax rate, in percent")
    credit_left: PositiveMoney = Field(default=Money(0), description="Startup credit left, in dollars; covers tax too")


class ForecastTierLine(Outcome):
    """What one tier adds."""

    tier: Whole = Field(description="1 is the first tier")
    units: Whole = Field(description="Units inside the tier")
    amount: str = Field(description="Exact dollars, not rounded")


class ForecastStep(Outcome):
    """One step of the way from units to money."""

    step: Literal["list", "discount", "limit", "flat_fees", "tax", "credit"] = Field(description="Name of the step")
    amount: MoneyField = Field(description="Dollars after the step")


class ForecastOutcome(Outcome):
    """Projected units and what they will cost."""

    projected_units: Whole = Field(description="Units expected at the end of the period")
    method: Method = Field(description="What the projection rests on")
    charge: MoneyField = Field(description="Dollars before tax: discounted, capped, with flat fees")
    tax: MoneyField = Field(description="Estimated tax, in dollars")
    forecast: MoneyField = Field(description="Charge and tax less startup credit, not below 0, in dollars")
    steps: tuple[ForecastStep, ...] = Field(description="Amount after each step, in order")
    tier_lines: tuple[ForecastTierLine, ...] = Field(description="The graduated price, tier by tier")


def _check(facts: ForecastFacts) -> list[Problem]:
    problems = tier_problems(facts.tiers, "tiers")
    if facts.days_elapsed > facts.days_in_period:
        problems.append(Problem("out_of_range", f"{facts.days_elapsed} days cannot have passed of a period of "
                                f"{facts.days_in_period}", Where(path="days_elapsed"), rule="REV-102"))
    if facts.days_with_report is not None and facts.days_with_report > facts.days_elapsed:
        problems.append(Problem("out_of_range", f"{facts.days_with_report} days with a report are more than the "
                                f"{facts.days_elapsed} that have passed", Where(path="days_with_report"),
                                rule="REV-102"))
    return problems


def _project(facts: ForecastFacts, params: Params) -> tuple[int, Method, Reason, Near]:
    least = params.integer("revenue.forecast_min_days")
    cite = params.cite("revenue.forecast_min_days")
    reported = facts.days_elapsed if facts.days_with_report is None else facts.days_with_report
    values = {"days_with_report": reported, "forecast_min_days": least, "units_to_date": facts.units_to_date}
    if reported >= least and facts.days_elapsed > 0:
        units = round_half_up(Fraction(facts.units_to_date * facts.days_in_period, facts.days_elapsed))
        text = (f"{reported} full days with a report are at least {least}: {facts.units_to_date:,} units x "
                f"{facts.days_in_period} / {facts.days_elapsed} days = {units:,} units")
        near = Near("REV-102", f"with fewer than {least} reported days the last full period would count",
                    {"days_with_report": f"< {least}"})
        return units, "run_rate", Reason("REV-102", text, cite, values), near
    near = Near("REV-102", f"with {max(least, 1)} reported days the run rate would count",
                {"days_with_report": f">= {max(least, 1)}"})
    last = facts.last_period_units
    units = max(last or 0, facts.units_to_date)
    method: Method = "units_to_date" if last is None or facts.units_to_date > last else "last_period"
    before = "no earlier full period" if last is None else f"{last:,} units in the last full period"
    text = (f"{reported} full days with a report are fewer than {least}; {before}, "
            f"{facts.units_to_date:,} units to date: the larger, {units:,} units, counts")
    return units, method, Reason("REV-102", text, cite, values), near


def _price_reasons(facts: ForecastFacts, units: int, priced: Charge) -> list[Reason]:
    reasons = [Reason("BILL-200", f"{units:,} units cost {priced.listed} by the tiers, rounded once",
                      values={"units": units, "listed": priced.listed})]
    text = f"{priced.listed} less {facts.discount_percent} % is {priced.discounted}"
    if facts.billing_limit is not None:
        text += f"; the billing limit of {facts.billing_limit} leaves {priced.capped}"
    if facts.flat_fees:
        text += f"; flat fees add {priced.flat}"
    reasons.append(Reason("BILL-201", text, values={"discount_percent": facts.discount_percent,
                                                    "billing_limit": facts.billing_limit, "charge": priced.net}))
    return reasons


@register("revenue.forecast_product", input_model=ForecastFacts, output_model=ForecastOutcome, check=_check,
          summary="Forecast a product's units and charge for the running billing period.",
          rules=("REV-102", "REV-103", "BILL-200", "BILL-201"),
          example={"days_in_period": 30, "days_elapsed": 12, "units_to_date": 1_400_000,
                   "tiers": [{"up_to": 1_000_000, "unit_price": "0"}, {"up_to": 2_000_000, "unit_price": "0.00005"},
                             {"unit_price": "0.0000343"}]})
def forecast_product(facts: ForecastFacts, params: Params, *, as_of: date) -> Decision[ForecastOutcome]:
    """Project the units, price them, discount, cap, add flat fees; then tax and startup credit."""
    units, method, why_units, near_units = _project(facts, params)
    listed = line_price(units, facts.tiers)
    priced = charge(listed, percent=facts.discount_percent, limit=facts.billing_limit,
                    flat_fees=[fee.amount for fee in facts.flat_fees])
    tax = tax_on(priced.net, facts.tax_percent)
    due = amount_due(priced.net, tax, facts.credit_left)
    steps = (ForecastStep(step="list", amount=priced.listed), ForecastStep(step="discount", amount=priced.discounted),
             ForecastStep(step="limit", amount=priced.capped), ForecastStep(step="flat_fees", amount=priced.net),
             ForecastStep(step="tax", amount=priced.net + tax), ForecastStep(step="credit", amount=due))
    lines = tuple(ForecastTierLine(tier=line.tier, units=line.units, amount=exact_dollars(line.e10))
                  for line in tier_lines(units, facts.tiers))
    outcome = ForecastOutcome(projected_units=units, method=method, charge=priced.net, tax=tax, forecast=due,
                              steps=steps, tier_lines=lines)
    reasons = [why_units, *_price_reasons(facts, units, priced)]
    if tax.cents or facts.credit_left.cents:
        reasons.append(Reason("REV-103", f"{priced.net} with {tax} tax, less {facts.credit_left} startup credit, "
                              f"is {due}", values={"tax": tax, "credit_left": facts.credit_left}))
    near = [near_units]
    if priced.capped < priced.discounted:
        near.append(Near("BILL-201", f"the limit holds back {priced.discounted - priced.capped}",
                         {"billing_limit": f">= {priced.discounted}"}))
    return Decision(outcome, tuple(reasons), tuple(near))
