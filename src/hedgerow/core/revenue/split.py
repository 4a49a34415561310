"""Spread a prepaid sum over the months of its term (REV-30, REV-31, REV-32)."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import Field

from hedgerow.core.fields import DayField, Facts, MoneyField, MonthField, Outcome, PositiveMoney, Whole
from hedgerow.core.registry import register
from hedgerow.kernel.calendar import add_months, month_of_period_end
from hedgerow.kernel.decision import Decision, Reason
from hedgerow.kernel.params import Params

LONGEST_TERM = 600  # months; keeps a slip of the key from asking for millions of rows


class SplitFacts(Facts):
    """A payment and the term that it pays for."""

    amount: PositiveMoney = Field(description="Sum to spread, in dollars")
    months: Whole = Field(ge=1, le=LONGEST_TERM, description="Length of the term, in months")
    start_date: DayField = Field(description="First day of the term")


class SplitPart(Outcome):
    """One sub-period of the term."""

    number: Whole = Field(description="1, 2, 3 … in order of time")
    month: MonthField = Field(description="Calendar month that the part counts in")
    start: DayField = Field(description="First day of the sub-period")
    end: DayField = Field(description="Day after its last day")
    amount: MoneyField = Field(description="Part of the sum, in dollars")


class SplitOutcome(Outcome):
    """All parts; they add up to the sum."""

    parts: tuple[SplitPart, ...] = Field(description="One part for each month of the term")
    total: MoneyField = Field(description="Sum of the parts, in dollars; always the amount given")


@register("revenue.split", input_model=SplitFacts, output_model=SplitOutcome,
          summary="Spread a prepaid sum over the months of its term.", rules=("REV-30", "REV-31", "REV-32"),
          example={"amount": "80000.00", "months": 12, "start_date": "2025-09-21"})
def split(facts: SplitFacts, params: Params, *, as_of: date) -> Decision[SplitOutcome]:
    """Equal parts by cumulative rounding, in sub-periods anchored on the start day."""
    amounts = facts.amount.split(facts.months)
    parts = []
    for k, amount in enumerate(amounts):
        start, end = add_months(facts.start_date, k), add_months(facts.start_date, k + 1)
        month = month_of_period_end(datetime.combine(end, time.min))
        parts.append(SplitPart(number=k + 1, month=month, start=start, end=end, amount=amount))
    first, last = parts[0], parts[-1]
    reasons = (
        Reason("REV-30", f"{facts.amount} over {facts.months} months, rounded cumulatively half up to the cent, "
               f"so that the parts add up to {facts.amount}", values={"amount": facts.amount, "months": facts.months}),
        Reason("REV-32", f"each part covers one month from day {facts.start_date.day} of the month, or from the "
               "last day of a shorter month", values={"start_date": facts.start_date}),
        Reason("REV-31", f"a part counts in the month of its last second: {first.month} to {last.month}",
               values={"first_month": first.month, "last_month": last.month}),
    )
    return Decision(SplitOutcome(parts=tuple(parts), total=facts.amount), reasons)
