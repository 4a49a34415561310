"""Lifecycle stages and the components of a month (REV-60 to REV-68, REV-150, REV-151).

The stages come from the warehouse's own lifecycle models, run on the series given, as it is given (unadjusted).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field

from hedgerow.core.fields import Facts, Flag, Key, MoneyField, MonthField, Outcome
from hedgerow.core.revenue.case_rows import CaseLine, CaseRows, Row, RunModels, Tables, inside, last_day, money
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.decision import Decision, Near, Reason
from hedgerow.kernel.money import Money, percent
from hedgerow.kernel.params import Params
from hedgerow.kernel.problem import Problem, Where

Stage = Literal["new", "reactivated", "flat", "growing", "shrinking", "churned"]
RULES = {"new": "REV-60", "reactivated": "REV-61", "flat": "REV-62", "growing": "REV-63", "shrinking": "REV-64",
         "churned": "REV-65"}
COMPONENTS = ("new", "reactivated", "retained", "expansion", "contraction", "churned", "baseline")
WANTED = ["lifecycle", "movement"]
TOTAL = "total"
CITE = "lifecycle-analysis#stages"


class StageMonth(Facts):
    """Revenue of one month."""

    month: MonthField = Field(description="Calendar month")
    mrr: MoneyField = Field(description="Revenue of the month in dollars; below 0 counts as 0")
    products: dict[Key, MoneyField] = Field(default={}, description="Of it per product, in dollars")


class StageCustomer(Facts):
    """One customer's series; a month that is left out is 0."""

    id: Key = Field(description="Customer id")
    months: tuple[StageMonth, ...] = Field(min_length=1, description="The full history, in any order")


class StageFacts(Facts):
    """Series of revenue by month."""

    customers: tuple[StageCustomer, ...] = Field(min_length=1, description="One series per customer")
    month: MonthField | None = Field(default=None, description="Show this month only; the history still counts")


class StageRow(Outcome):
    """Stage of one customer in one month; months without revenue before and now have no row."""

    customer: str = Field(description="Customer id")
    scope: str = Field(description="total, or a product key")
    month: MonthField = Field(description="Calendar month")
    stage: Stage = Field(description="Lifecycle stage")
    previous: MoneyField = Field(description="Revenue of the month before, in dollars")
    mrr: MoneyField = Field(description="Revenue of the month, in dollars")
    delta: MoneyField = Field(description="Change, in dollars")


class MonthComponents(Outcome):
    """Movements of one month over all customers given."""

    month: MonthField = Field(description="Calendar month")
    scope: str = Field(description="total, or a product key")
    baseline: MoneyField = Field(description="Revenue of the whole month before, churners included, in dollars")
    new: MoneyField = Field(description="Revenue of new customers, in dollars")
    reactivated: MoneyField = Field(description="Revenue of customers that came back, in dollars")
    retained: MoneyField = Field(description="Flat revenue, and last month's of growing and shrinking ones, in dollars")
    expansion: MoneyField = Field(description="Growth of growing customers, in dollars")
    contraction: MoneyField = Field(description="Loss of shrinking customers, in dollars; not above 0")
    churned: MoneyField = Field(description="Last month's revenue of churned customers, in dollars; not above 0")
    mrr: MoneyField = Field(description="Revenue of the month, in dollars")
    new_rate: str | None = Field(description="new / baseline, in percent; none without baseline")
    expansion_rate: str | None = Field(description="expansion / baseline, in percent; none without baseline")
    contraction_rate: str | None = Field(description="contraction / baseline, in percent, not above 0")
    churn_rate: str | None = Field(description="churned / baseline, in percent, shown positive")
    identities_hold: Flag = Field(description="Whether the parts add up to baseline and revenue, to the cent")


class StageOutcome(Outcome):
    """Stages and components, oldest month first."""

    stages: tuple[StageRow, ...] = Field(description="One row per customer, scope and month with a stage")
    components: tuple[MonthComponents, ...] = Field(description="One row per month and scope")


EXAMPLE = {"month": "2026-02", "customers": [
    {"id": "oak", "months": [{"month": "2026-01", "mrr": "800.00"}, {"month": "2026-02", "mrr": "1100.00"}]},
    {"id": "elm", "months": [{"month": "2026-01", "mrr": "700.00"}]}]}


def check(facts: StageFacts) -> list[Problem]:
    """A customer once, and a month once per customer."""
    problems = []
    ids = [customer.id for customer in facts.customers]
    for i, customer in enumerate(facts.customers):
        if customer.id in ids[:i]:
            problems.append(Problem("repeated", f"customer {customer.id} is given twice",
                                    Where(path=f"customers[{i}].id")))
        months = [entry.month for entry in customer.months]
        problems += [Problem("repeated", f"{month} is given twice for {customer.id}",
                             Where(path=f"customers[{i}].months[{k}].month"))
                     for k, month in enumerate(months) if month in months[:k]]
        problems += [Problem("reserved", "total is not a product key",
                             Where(path=f"customers[{i}].months[{k}].products"))
                     for k, entry in enumerate(customer.months) if TOTAL in entry.products]
    return problems


def _months(facts: StageFacts) -> list[MonthIdx]:
    given = [entry.month for customer in facts.customers for entry in customer.months]
    return [*given, facts.month] if facts.month else given


def engine_day(facts: StageFacts) -> date:
    """The month after the last one given is open, so that all given months are closed."""
    return last_day(max(_months(facts)) + 1)


def tables(facts: StageFacts) -> Tables:
    """One paid customer per series, one invoice per month; what no product takes is on a line without product."""
    rows = CaseRows()
    rows.products(sorted({key for c in facts.customers for m in c.months for key in m.products}))
    for customer in facts.customers:
        rows.add("accounts", customer_id=customer.id, name=customer.id, billing_config="paid", tax_status="without_tax")
        for entry in customer.months:
            lines = [CaseLine(key, amount) for key, amount in entry.products.items()]
            rest = entry.mrr - sum(entry.products.values(), Money(0))
            start, end = inside(entry.month)
            rows.invoice(f"{customer.id}/{entry.month}", customer.id, start, end,
                         [*lines, *([CaseLine(None, rest)] if rest.cents or not lines else [])],
                         type="completed", classification="standard")
    return rows.tables


def decide(facts: StageFacts, params: Params, *, as_of: date, run: RunModels) -> Decision[StageOutcome]:
    """Stages of the months given, from the full history."""
    built = run(tables(facts), as_of=engine_day(facts), params=params, want=WANTED)
    shown = {facts.month.idx} if facts.month else set(range(min(_months(facts)).idx, max(_months(facts)).idx + 1))
    rows = [_stage(row) for row in built["lifecycle"] if row["month_idx"] in shown and row["scope"] != ""
            and row["unadjusted_stage"] != "inactive"]
    rows.sort(key=lambda row: (row.month, row.scope != TOTAL, row.scope, row.customer))
    movements = [row for row in built["movement"] if row["series"] == "unadjusted" and row["month_idx"] in shown
                 and row["scope"] != ""]
    outcome = StageOutcome(stages=tuple(rows), components=tuple(_components(movements)))
    reasons = [_reason(row) for row in rows]
    reasons += [_component_reason(entry) for entry in outcome.components if entry.scope == TOTAL]
    if not reasons:
        reasons = [Reason("REV-66", "no revenue in the months shown nor before them: inactive, no row", CITE)]
    last = rows[-1].month if rows else None
    near = [_near(row) for row in rows if row.month == last and row.scope == TOTAL and len(facts.customers) == 1]
    return Decision(outcome, tuple(reasons), tuple(one for one in near if one))


def _stage(row: Row) -> StageRow:
    previous, now = money(row, "unadjusted_prev_cents"), money(row, "unadjusted_cents")
    return StageRow(customer=row["customer_id"], scope=row["scope"], month=MonthIdx(row["month_idx"]),
                    stage=row["unadjusted_stage"], previous=previous, mrr=now, delta=now - previous)


def _components(movements: Sequence[Mapping[str, Any]]) -> list[MonthComponents]:
    keys = sorted({(row["month_idx"], row["scope"] != TOTAL, row["scope"]) for row in movements})
    found = []
    for month, _, scope in keys:
        parts = {name: Money(0) for name in COMPONENTS}
        for row in movements:
            if (row["month_idx"], row["scope"]) == (month, scope) and row["component"] in parts:
                parts[row["component"]] += money(row, "amount_cents")
        found.append(_month_components(MonthIdx(month), scope, parts))
    return found


def _month_components(month: MonthIdx, scope: str, parts: Mapping[str, Money]) -> MonthComponents:
    cents = {name: amount.cents for name, amount in parts.items()}
    base = cents["baseline"]
    gained = cents["new"] + cents["reactivated"] + cents["expansion"] + cents["contraction"]
    mrr = cents["retained"] + gained
    holds = base == cents["retained"] - cents["churned"] and mrr == base + gained + cents["churned"]
    return MonthComponents(month=month, scope=scope, **parts, mrr=Money(mrr), new_rate=percent(cents["new"], base),
                           expansion_rate=percent(cents["expansion"], base),
                           contraction_rate=percent(cents["contraction"], base),
                           churn_rate=percent(-cents["churned"], base), identities_hold=holds)


def _reason(row: StageRow) -> Reason:
    texts = {"new": f"{row.mrr}, and no earlier month above 0",
             "reactivated": f"{row.mrr} after a month at 0, with revenue before it",
             "flat": f"{row.mrr} as in the month before, to the cent",
             "growing": f"{row.previous} to {row.mrr}", "shrinking": f"{row.previous} to {row.mrr}",
             "churned": f"{row.previous} to nothing"}
    where = "" if row.scope == TOTAL else f" ({row.scope})"
    return Reason(RULES[row.stage], f"{row.customer}{where} {row.month}: {texts[row.stage]}: {row.stage}", CITE,
                  {"previous": row.previous, "mrr": row.mrr})


def _component_reason(entry: MonthComponents) -> Reason:
    text = (f"{entry.month}: baseline {entry.baseline} + new {entry.new} + reactivated {entry.reactivated} + expansion "
            f"{entry.expansion} + contraction {entry.contraction} + churned {entry.churned} = {entry.mrr}")
    return Reason("REV-150", text, CITE, {"baseline": entry.baseline, "mrr": entry.mrr})


def _near(row: StageRow) -> Near | None:
    flips = {"flat": ("growing", f"> {row.previous}"), "growing": ("flat", f"= {row.previous}"),
             "shrinking": ("flat", f"= {row.previous}"), "churned": ("shrinking", "> 0.00")}
    if row.stage not in flips:
        return None
    other, value = flips[row.stage]
    return Near(RULES[other], f"{row.customer} would be {other} in {row.month}", {"mrr": value})
