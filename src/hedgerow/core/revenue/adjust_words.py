"""Why an adjustment applies, waits or does not apply: the clauses of REV-43 and REV-44 with the real figures.

The models decide; this module only says why, and which single figure would have changed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from hedgerow.core.revenue.adjust_facts import SeriesFacts, SeriesMonth, State, Step
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.decision import Near, Reason
from hedgerow.kernel.money import Money
from hedgerow.kernel.params import Params

Row = Mapping[str, Any]
CITES = {"REV-40": "revenue-adjustments#4", "REV-41": "revenue-adjustments#1", "REV-42": "revenue-adjustments#3"}


@dataclass(frozen=True)
class Clause:
    """One condition of a rule. ``flips`` is the figure that would change it; None when nothing single would."""

    holds: bool
    text: str
    flips: Mapping[str, str] | None = None


def _at_least(cents: Fraction) -> str:
    return f">= {Money(ceil(cents))}"


def _at_most(cents: Fraction) -> str:
    return f"<= {Money(floor(cents))}"


def _above(cents: Fraction) -> str:
    return f"> {Money(floor(cents))}"


@dataclass
class Explainer:
    """Steps, reasons and near misses, collected month by month from the oldest on."""

    facts: SeriesFacts
    params: Params
    months: Sequence[MonthIdx]
    unadjusted: Mapping[MonthIdx, Money]
    tested: Mapping[tuple[int, str], Row]
    reasons: list[Reason] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lookback = self.params.integer("revenue.spike_lookback_months")
        self._valued = self._after(self.unadjusted, ("REV-41", "REV-42"))
        self._credited = self._after(self._valued, ("REV-43",))

    def steps(self, month: MonthIdx) -> list[Step]:
        """Every step of one month, in the order of section D, with reasons for what applies or waits."""
        entries = [entry for entry in self.facts.months if entry.month == month]
        found = [step for one in (self._consolidation, self._trial, self._annual_value, self._one_time, self._spike)
                 for step in one(month, entries)]
        for step in found:
            if step.state != "not_applicable":
                self._explain(month, step)
        return found

    def _explain(self, month: MonthIdx, step: Step) -> None:
        name = {"REV-43": "revenue.credit_override_share", "REV-44": "revenue.spike_multiple"}.get(step.rule)
        cite = self.params.cite(name, on=month.first_day) if name else CITES[step.rule]
        waits = " (pending: the next month is still open, REV-46)" if step.state == "pending" else ""
        self.reasons.append(Reason(step.rule, f"{month}: {step.why}{waits}", cite,
                                   {"before": step.before, "after": step.after, **step.evidence}))

    def _after(self, series: Mapping[MonthIdx, Money], rules: Sequence[str]) -> dict[MonthIdx, Money]:
        """The series after the given steps, replayed from what the models say they did."""
        done = dict(series)
        for rule in rules:
            for month in self.months:
                row = self.tested.get((month.idx, rule))
                if row and row["state"] == "applied":
                    done[month] = Money(int(row["after_cents"]))
        return done

    def _consolidation(self, month: MonthIdx, entries: Sequence[SeriesMonth]) -> list[Step]:
        if len(entries) < 2:
            return []
        first = self.facts.months[0].account
        own = sum((entry.total for entry in entries if entry.account == first), Money(0))
        whole = sum((entry.total for entry in entries), Money(0))
        parts = {entry.account: str(entry.total) for entry in entries}
        return [Step(rule="REV-40", state="applied", before=own, after=whole, evidence=parts,
                     why=f"{len(entries)} accounts of one customer count together: " + " + ".join(parts.values()))]

    def _trial(self, month: MonthIdx, entries: Sequence[SeriesMonth]) -> list[Step]:
        row = self.tested.get((month.idx, "REV-41"))
        if not row:
            return []
        by = ", ".join(dict.fromkeys(entry.trial_set_by for entry in entries if entry.is_trial))
        return [self._step(row, "REV-41", {"set_by": by}, f"flagged as a trial by {by}: its revenue is taken out")]

    def _annual_value(self, month: MonthIdx, entries: Sequence[SeriesMonth]) -> list[Step]:
        row = self.tested.get((month.idx, "REV-42"))
        if not row:
            return []
        share = Fraction(int(row["discount_ppm"]), 10_000)
        standard = sum((entry.standard_rate_part for entry in entries), Money(0))
        before, after = Money(int(row["before_cents"])), Money(int(row["after_cents"]))
        text = f"{before} / (1 - {percent_text(share)} %) = {after}"
        if standard.cents:
            text = (f"({before} - {standard}) / (1 - {percent_text(share)} %) + {standard} = {after}; what was billed "
                    "at standard rate is not divided")
        return [self._step(row, "REV-42", {"discount_percent": percent_text(share)}, text)]

    def _one_time(self, month: MonthIdx, entries: Sequence[SeriesMonth]) -> list[Step]:
        row = self.tested.get((month.idx, "REV-43"))
        if not row:
            return []
        clauses = self._credit_clauses(month, row, entries)
        evidence = {"credit": str(Money(int(row["credit_cents"]))), **self._around(self._valued, month)}
        before, after = Money(int(row["before_cents"])), Money(int(row["after_cents"]))
        return [self._judged(month, row["state"], "REV-43", clauses, evidence, before, after)]

    def _credit_clauses(self, month: MonthIdx, row: Row, entries: Sequence[SeriesMonth]) -> list[Clause]:
        share = self.params.decimal("revenue.credit_override_share", on=month.first_day)
        classes = self.params.items("revenue.credit_override_classes")
        credit, prior = int(row["credit_cents"]), int(row["prev1_cents"])
        given = sum(c.amount.cents for entry in entries for c in entry.credits)
        given += sum(r.amount.cents for entry in entries for r in entry.refunds)
        if entries and any(entry.is_open for entry in entries):
            return [Clause(False, "the month itself is still open (REV-46)")]
        if not self._has_history(self._valued, month):
            return [Clause(False, self._too_early())]
        if prior <= 0:
            return [Clause(False, "the month before has no revenue to go back to (REV-47)")]
        if credit <= 0:
            flips = {"adjustment_class": " or ".join(classes)} if given >= Fraction(share) * prior else None
            text = f"no credit or refund of the {Money(given)} is of class {', '.join(classes)} (REV-49)"
            return [Clause(False, text, flips)]
        average = Fraction(self._sum_before(self._valued, month), self._lookback)
        following = self._valued.get(month + 1, Money(0))
        least = Fraction(share) * prior
        word = "at least" if credit >= least else "less than"
        clauses = [Clause(credit >= least, f"credits and refunds of {Money(credit)} are {word} {share} x "
                          f"{Money(prior)}, the month before", {"credit": _at_least(least)})]
        if row["state"] != "pending":
            word = "at least" if following.cents >= average else "less than"
            clauses.append(Clause(following.cents >= average, f"the next month's {following} is {word} "
                                  f"{Money(ceil(average))}, the average of the {self._lookback} months before",
                                  {"next_month": _at_least(average)}))
        else:
            clauses.append(Clause(False, "the next month is not closed", {"next_month": _at_least(average)}))
        return clauses

    def _spike(self, month: MonthIdx, entries: Sequence[SeriesMonth]) -> list[Step]:
        row = self.tested.get((month.idx, "REV-44"))
        before = self._credited.get(month, Money(0))
        state: State = row["state"] if row else "not_applicable"
        after = Money(int(row["after_cents"])) if row else before
        clauses = self._spike_clauses(month, before, entries)
        evidence = self._around(self._credited, month)
        return [self._judged(month, state, "REV-44", clauses, evidence, before, after)]

    def _spike_clauses(self, month: MonthIdx, before: Money, entries: Sequence[SeriesMonth]) -> list[Clause]:
        day, lookback = month.first_day, self._lookback
        if any(entry.is_open for entry in entries):
            return [Clause(False, "the month itself is still open (REV-46)")]
        if not self._has_history(self._credited, month):
            return [Clause(False, self._too_early())]
        multiple = self.params.decimal("revenue.spike_multiple", on=day)
        least = Fraction(self.params.decimal("revenue.spike_min_increase", on=day)) * 100
        kept = 1 - self.params.decimal("revenue.spike_drop_share", on=day)
        average = Fraction(self._sum_before(self._credited, month), lookback)
        rise, top, limit = before.cents - average, before.cents * Fraction(kept), average * Fraction(multiple)
        more, enough = before.cents > limit, rise >= least
        clauses = [
            Clause(more, f"{before} is {'more' if more else 'not more'} than {multiple} x {Money(ceil(average))}, the "
                   f"average of the {lookback} months before", {"total": _above(limit)}),
            Clause(enough, f"it is {Money(floor(rise))} above it, {'at least' if enough else 'less than'} "
                   f"{Money(int(least))}", {"total": _at_least(average + least)})]
        if self._next_is_open(month):
            return [*clauses, Clause(False, "the next month is not closed", {"next_month": _at_most(top)})]
        following = self._credited.get(month + 1, Money(0))
        word = "at most" if following.cents <= top else "more than"
        return [*clauses, Clause(following.cents <= top, f"the next month's {following} is {word} {Money(floor(top))}, "
                                 f"{kept} of the month", {"next_month": _at_most(top)})]

    def _too_early(self) -> str:
        return f"fewer than {self._lookback} months lie between the first payment and the month (REV-45)"

    def _judged(self, month: MonthIdx, state: State, rule: str, clauses: Sequence[Clause], evidence: dict[str, str],
                before: Money, after: Money) -> Step:
        wrong = [clause for clause in clauses if not clause.holds]
        told = wrong[:1] if state == "not_applicable" and wrong else clauses
        why = "; ".join(clause.text for clause in told)
        if state != "applied" and len(wrong) == 1 and wrong[0].flips:
            text = f"{month}: only this kept {rule} from applying: {wrong[0].text}"
            self.near.append(Near(rule, text, wrong[0].flips))
        return Step.model_validate({"rule": rule, "state": state, "before": before, "after": after,
                                    "evidence": evidence, "why": why})

    def _step(self, row: Row, rule: str, evidence: dict[str, str], why: str) -> Step:
        return Step.model_validate({"rule": rule, "state": row["state"],
                                    "before": Money(int(row["before_cents"])),
                                    "after": Money(int(row["after_cents"])), "evidence": evidence, "why": why})

    def _around(self, series: Mapping[MonthIdx, Money], month: MonthIdx) -> dict[str, str]:
        before = {f"{month - back}": str(series.get(month - back, Money(0))) for back in range(self._lookback, 0, -1)}
        if self._next_is_open(month):
            return before
        return {**before, f"{month + 1}": str(series.get(month + 1, Money(0)))}

    def _next_is_open(self, month: MonthIdx) -> bool:
        closed = [entry.month for entry in self.facts.months if not entry.is_open]
        return not closed or month + 1 > max(closed)

    def _sum_before(self, series: Mapping[MonthIdx, Money], month: MonthIdx) -> int:
        return sum(series.get(month - back, Money(0)).cents for back in range(1, self._lookback + 1))

    def _has_history(self, series: Mapping[MonthIdx, Money], month: MonthIdx) -> bool:
        paying = [idx for idx, amount in series.items() if amount.cents > 0]
        return bool(paying) and month - self._lookback >= min(paying)


def percent_text(value: Fraction) -> str:
    """A percentage with up to four places as text, without idle zeros."""
    whole, fraction = divmod(round(value * 10_000), 10_000)
    return f"{whole}.{fraction:04d}".rstrip("0").rstrip(".")
