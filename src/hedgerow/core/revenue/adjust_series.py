"""A customer's monthly series to its adjusted series, step by step (REV-40 to REV-51).

The steps are the warehouse's own adjustment models, run on the months given. This module turns months on paper into
contract rows, and result rows into an explained answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from hedgerow.core.revenue.adjust_facts import TOTAL, AdjustedMonth, SeriesFacts, SeriesMonth, SeriesOutcome
from hedgerow.core.revenue.adjust_words import Explainer
from hedgerow.core.revenue.case_rows import CaseLine, CaseRows, Row, RunModels, Tables, inside, last_day, money, ppm
from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.decision import Decision, Reason
from hedgerow.kernel.money import Money, round_half_up
from hedgerow.kernel.params import Params

WANTED = ["adjusted_month", "adjustment"]
NOTHING = (Money(0), Money(0))


def engine_day(facts: SeriesFacts) -> date:
    """A day of the first open month; when none is given, of the month after the last one."""
    still_open = [entry.month for entry in facts.months if entry.is_open]
    return last_day(min(still_open) if still_open else max(entry.month for entry in facts.months) + 1)


def tables(facts: SeriesFacts) -> Tables:
    """Contract rows that recognition turns into exactly the totals and products given.

    An annual month is a prepayment row that the source has split already, beside a usage invoice that carries the
    products: the total and the products then stand on their own, as they do on paper.
    """
    rows = CaseRows()
    accounts = list(dict.fromkeys(entry.account for entry in facts.months))
    rows.products(sorted({key for entry in facts.months for key in (*entry.products, *entry.standard_rate_products)}))
    for account in accounts:
        rows.add("accounts", customer_id=account, name=account, billing_config="paid", tax_status="without_tax")
        if account != accounts[0]:
            rows.add("merges", source_customer_id=account, canonical_customer_id=accounts[0], kind="parallel_teams",
                     note="accounts of one customer")
    for entry in sorted(facts.months, key=lambda m: (m.month, m.account)):
        _month_rows(rows, entry, accounts[0])
    return rows.tables


def _month_rows(rows: CaseRows, entry: SeriesMonth, canonical: str) -> None:
    start, end = inside(entry.month)
    given_back = sum((refund.amount for refund in entry.refunds), Money(0))
    corrected = (_annual_rows if entry.is_annual else _monthly_rows)(rows, entry, start, end, given_back)
    rows.add("billing_configurations", customer_id=canonical, from_at=start,
             billing_config="annual_amortized" if entry.is_annual else "paid")
    for refund in entry.refunds:
        rows.refund(corrected, refund.amount, reason=refund.reason, adjustment_class=refund.adjustment_class)
    for number, credit in enumerate(entry.credits):
        rows.add("credit_events", credit_event_id=f"{entry.account}/{entry.month}/{number}", customer_id=entry.account,
                 cents=credit.amount.cents, reason=credit.reason, adjustment_class=credit.adjustment_class,
                 month_idx=entry.month.idx)
    if entry.is_trial:
        rows.add("trial_flags", customer_id=entry.account, from_month_idx=entry.month.idx,
                 to_month_idx=entry.month.idx, set_by=entry.trial_set_by)


def _lines(products: Mapping[str, Money], total: Money) -> list[CaseLine]:
    """One line per product; what they leave of the total is on a line that names none."""
    rest = total - sum(products.values(), Money(0))
    return [*(CaseLine(key, amount) for key, amount in products.items()), CaseLine(None, rest)]


def _monthly_rows(rows: CaseRows, entry: SeriesMonth, start: datetime, end: datetime, given_back: Money) -> str:
    name = f"{entry.account}/{entry.month}/standard"
    rows.invoice(name, entry.account, start, end, _lines(entry.products, entry.total + given_back),
                 type="upcoming" if entry.is_open else "completed", classification="standard")
    return name


def _annual_rows(rows: CaseRows, entry: SeriesMonth, start: datetime, end: datetime, given_back: Money) -> str:
    stem, kind = f"{entry.account}/{entry.month}", "upcoming" if entry.is_open else "completed"
    keep = 1 - Fraction(entry.discount_percent) / 100
    covered = {key: amount - entry.standard_rate_products.get(key, Money(0)) for key, amount in entry.products.items()}
    listed = [CaseLine(key, Money(round_half_up(Fraction(amount.cents) / keep))) for key, amount in covered.items()]
    rows.invoice(f"{stem}/prepaid", entry.account, start, end,
                 [CaseLine(None, entry.total - entry.standard_rate_part + given_back)], type="annual",
                 classification="annual")
    rows.invoice(f"{stem}/usage", entry.account, start, end, listed, type=kind, classification="annual")
    if entry.standard_rate_part.cents:
        rows.invoice(f"{stem}/standard", entry.account, start, end,
                     _lines(entry.standard_rate_products, entry.standard_rate_part), type=kind,
                     classification="standard")
    rows.add("contracts", contract_id=f"{stem}/contract", customer_id=entry.account, kind="new",
             start_date=entry.month.first_day, end_date=(entry.month + 1).first_day,
             discount_ppm=ppm(entry.discount_percent))
    return f"{stem}/prepaid"


def decide(facts: SeriesFacts, params: Params, *, as_of: date, run: RunModels) -> Decision[SeriesOutcome]:
    """Run the models and explain every step of every month."""
    built = run(tables(facts), as_of=engine_day(facts), params=params, want=WANTED)
    canonical = facts.months[0].account
    given = sorted({entry.month for entry in facts.months})
    months = [MonthIdx(idx) for idx in range(given[0].idx, given[-1].idx + 1)]
    series = _both_series(built, canonical)
    tested: dict[tuple[int, str], Row] = {(row["month_idx"], row["rule"]): row for row in built["adjustment"]}
    totals = {month: series.get((TOTAL, month.idx), NOTHING) for month in months}
    explainer = Explainer(facts, params, months, {month: pair[0] for month, pair in totals.items()}, tested)
    products = sorted({scope for scope, _ in series if scope not in (TOTAL, "")})
    outcome = SeriesOutcome(months=tuple(
        AdjustedMonth(month=month, unadjusted=totals[month][0], adjusted=totals[month][1],
                      products={key: series[key, month.idx][1] for key in products if (key, month.idx) in series},
                      steps=tuple(explainer.steps(month)))
        for month in months))
    unchanged = Reason("REV-45", "nothing applies in any month: the adjusted series is the unadjusted one; each month "
                       "says which condition failed")
    return Decision(outcome, tuple(explainer.reasons) or (unchanged,), tuple(explainer.near))


def _both_series(built: Mapping[str, list[Row]], canonical: str) -> dict[tuple[str, int], tuple[Money, Money]]:
    """(scope, month) -> unadjusted and adjusted."""
    return {(row["scope"], row["month_idx"]): (money(row, "unadjusted_cents"), money(row, "adjusted_cents"))
            for row in built["adjusted_month"] if row["customer_id"] == canonical}
