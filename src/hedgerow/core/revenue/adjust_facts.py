"""A customer's months on paper, and both series that come of them (REV-40 to REV-51)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from hedgerow.core.fields import Facts, Flag, Key, MoneyField, MonthField, Name, Outcome, PercentField, PositiveMoney
from hedgerow.kernel.money import Money
from hedgerow.kernel.problem import Problem, Where

AdjustmentClass = Literal["promo", "outage", "billing_correction", "none"]
CreditReason = Literal["First Big Bill", "Unwanted Spike", "Trial Accommodation", "Promo Credit", "Incident Credit",
                       "Bug Credit", "Other"]
State = Literal["applied", "pending", "not_applicable"]
TOTAL = "total"


class OneTimeCredit(Facts):
    """A credit that lowered the month."""

    amount: PositiveMoney = Field(description="Credit, in dollars")
    reason: CreditReason = Field(description="Reason from the pick list")
    adjustment_class: AdjustmentClass | None = Field(default=None, description="Class set by hand; the default of the "
                                                     "reason when left out")


class OneTimeRefund(Facts):
    """A refund of the month's invoice; the month's total is given after it."""

    amount: PositiveMoney = Field(description="Refund, in dollars")
    reason: Name = Field(description="Internal reason, for example billing_error")
    adjustment_class: AdjustmentClass | None = Field(default=None, description="Class set by hand; the default of the "
                                                     "reason when left out")


class SeriesMonth(Facts):
    """One month of one account, unadjusted."""

    month: MonthField = Field(description="Calendar month")
    total: PositiveMoney = Field(description="Unadjusted revenue in dollars, after discount, credits and refunds")
    products: dict[Key, PositiveMoney] = Field(default={}, description="Revenue per product in dollars; they need not "
                                               "add up to the total")
    account: Key = Field(default="main", description="Account of the customer; several are summed")
    is_annual: Flag = Field(default=False, description="Whether the customer is on an annual plan in the month")
    discount_percent: PercentField = Field(default=Decimal(0), description="Credit discount of the annual plan")
    standard_rate_part: PositiveMoney = Field(default=Money(0), description="Part of the total billed at standard rate "
                                              "after the credit ran out, in dollars")
    standard_rate_products: dict[Key, PositiveMoney] = Field(default={}, description="Of it per product, in dollars")
    is_trial: Flag = Field(default=False, description="Whether the account was flagged as evaluating in the month")
    trial_set_by: Name = Field(default="sales", description="Role that set the flag")
    credits: tuple[OneTimeCredit, ...] = Field(default=(), description="One-time credits that lowered the month")
    refunds: tuple[OneTimeRefund, ...] = Field(default=(), description="Refunds of the month's invoice")
    is_open: Flag = Field(default=False, description="Whether the month is not closed yet; forecasts prove nothing")


class SeriesFacts(Facts):
    """A customer's history."""

    months: tuple[SeriesMonth, ...] = Field(min_length=1, description="Months in any order; one left out is 0")


class Step(Outcome):
    """One adjustment that was tested in a month."""

    rule: Literal["REV-40", "REV-41", "REV-42", "REV-43", "REV-44"] = Field(description="Rule of the step")
    state: State = Field(description="Whether it applies, waits for the next month to close, or does not apply")
    before: MoneyField = Field(description="Total before the step, in dollars")
    after: MoneyField = Field(description="Total after the step, in dollars")
    evidence: dict[str, str] = Field(description="Figures that the test looked at, in dollars or percent")
    why: str = Field(description="In words")


class AdjustedMonth(Outcome):
    """One month of the customer in both series."""

    month: MonthField = Field(description="Calendar month")
    unadjusted: MoneyField = Field(description="Unadjusted revenue, in dollars")
    adjusted: MoneyField = Field(description="Adjusted revenue, in dollars")
    products: dict[str, MoneyField] = Field(description="Adjusted revenue per product, in dollars")
    steps: tuple[Step, ...] = Field(description="Adjustments that were tested, in their order")


class SeriesOutcome(Outcome):
    """Both series, oldest month first."""

    months: tuple[AdjustedMonth, ...] = Field(description="Every month from the first to the last given")


EXAMPLE = {"months": [{"month": "2025-01", "total": "1500.00"}, {"month": "2025-02", "total": "1700.00"},
                      {"month": "2025-03", "total": "4800.00"}, {"month": "2025-04", "total": "1900.00"}]}


def check(facts: SeriesFacts) -> list[Problem]:
    """What no single month shows: repeated months, open months before closed ones, parts larger than the whole."""
    problems: list[Problem] = []
    keys = [(entry.account, entry.month) for entry in facts.months]
    closed = [entry.month for entry in facts.months if not entry.is_open]

    def add(i: int, name: str, code: str, message: str) -> None:
        problems.append(Problem(code, message, Where(path=f"months[{i}].{name}")))

    for i, entry in enumerate(facts.months):
        if keys[i] in keys[:i]:
            add(i, "month", "repeated", f"{entry.month} is given twice for account {entry.account}")
        if entry.is_open and closed and entry.month <= max(closed):
            add(i, "is_open", "open_before_closed", f"{entry.month} cannot be open when {max(closed)} is closed")
        if entry.discount_percent and not entry.is_annual:
            add(i, "discount_percent", "not_annual", "a credit discount belongs to an annual plan; set is_annual")
        if entry.standard_rate_part > entry.total:
            add(i, "standard_rate_part", "out_of_range", f"it is more than the total, {entry.total}")
        if TOTAL in entry.products:
            add(i, "products", "reserved", "total is not a product key")
    return problems
