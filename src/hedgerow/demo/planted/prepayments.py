"""Startups that roll off, credit bought for a year, credit that runs out, and credit paid in instalments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hedgerow.demo.accounts import write_config, write_subscription
from hedgerow.demo.billing import Line, flat_line
from hedgerow.demo.planted.billing_shapes import merge
from hedgerow.demo.planted.plant import BEGAN_IDX, HALF_YEAR, Plant, Truth, exact
from hedgerow.demo.prepaid import TERM, Term, cover, write_charges, write_contract, write_purchase
from hedgerow.demo.rows import dollars, month_text
from hedgerow.demo.world import World, at, span_of, stamp
from hedgerow.kernel.calendar import MonthIdx


def plant(world: World, truth: Truth) -> None:
    first = max(BEGAN_IDX, world.from_idx - 2 * HALF_YEAR)
    for start_idx in range(first - first % HALF_YEAR, world.open_idx + 1, HALF_YEAR):
        _startup_inside_an_invoice(world, truth, start_idx)
        _startup_by_expiry(world, truth, start_idx)
    _moves(world, truth)
    _anchored(world, truth)
    _run_out(world, truth)
    _comped_package(world, truth)
    for code, cadence in (("monthly", (1,) * 12), ("quarterly", (3, 3, 3, 3)), ("irregular", (2, 5, 1, 4))):
        _amortized(world, truth, code, cadence)


# -- startups: a new one each half-year ------------------------------------------------------------------------------

_STARTUP_LIFE = 11


def _startup(world: World, code: str, start_idx: int, grant: int, expires: date, months: range,
             paid_from: date, cents: int) -> Plant:
    """A grant, its covered months, and five or more paid ones. Written when any of its months is shown."""
    start = MonthIdx(start_idx).first_day
    plant = Plant(world, f"{code}_{month_text(start_idx).replace('-', '')}", size_cents=cents, began=start)
    plant.account("startup", is_startup_plan_customer="true", credit_expires_at=stamp(at(expires)))
    is_over = paid_from <= world.as_of
    world.rows.add(
        "credit_purchases", purchase_id=f"cp_{plant.payer.customer_id[4:]}", customer_id=plant.customer_id,
        kind="startup_grant", list_credit_amount=dollars(grant), discount_percent="0", price_paid_amount="0.00",
        start_date=start.isoformat(), term_months=TERM, expires_at=stamp(at(expires)), paid_at=stamp(at(start)),
        status=("expired" if paid_from == expires else "exhausted") if is_over else "paid")
    write_config(world, plant.payer, paid_from, "paid")
    for month_idx in plant.months(start_idx, start_idx + _STARTUP_LIFE, start_idx):
        bill = plant.bill(month_idx, exact(cents // 3 * 2), flat_line("platform_package", cents - cents // 3 * 2),
                          classification="startup" if month_idx in months else "standard")
        plant.write(bill)
    return plant


def _startup_inside_an_invoice(world: World, truth: Truth, start_idx: int) -> None:
    """Charge 300 a month, credit 1080: three covered months, then 180 left for the fourth (REV-5, example U)."""
    if start_idx + _STARTUP_LIFE <= world.from_idx:
        return
    last = start_idx + 3
    plant = _startup(world, "startup_used_up", start_idx, 108_000, (MonthIdx(start_idx) + TERM).first_day,
                     range(start_idx, last + 1), (MonthIdx(last) + 1).first_day, 30_000)
    _expect_start(truth, plant, "startup_used_up_inside_invoice", last, "120.00", "REV-5")


def _startup_by_expiry(world: World, truth: Truth, start_idx: int) -> None:
    """Plenty of credit, but it expires in the middle of the third month: that whole invoice is paid (REV-6)."""
    if start_idx + _STARTUP_LIFE <= world.from_idx:
        return
    expires = (MonthIdx(start_idx) + 2).first_day + timedelta(days=14)
    plant = _startup(world, "startup_expired", start_idx, 500_000, expires, range(start_idx, start_idx + 2), expires,
                     30_000)
    _expect_start(truth, plant, "startup_expired", start_idx + 2, "300.00", "REV-6")


def _expect_start(truth: Truth, plant: Plant, kind: str, month_idx: int, expected: str, rule: str) -> None:
    """Revenue, and with it the stage new, begins in this month."""
    if plant.is_closed(month_idx):
        truth.add(kind, table="invoices", record_id=plant.invoice_id(month_idx), customer_id=plant.customer_id,
                  month_idx=month_idx, expected_mrr=expected, expected_stage="new", rule=rule)


# -- a year at a time ------------------------------------------------------------------------------------------------

_ANNUAL_LIST = 100_000


def year_terms(plant: Plant, first_idx: int, list_cents: int, *, every: int = TERM) -> list[Term]:
    """Equal terms from ``first_idx`` on, those that the window touches and that have begun."""
    world, anchor = plant.world, plant.payer.anchor
    return [Term(number, from_idx, list_cents, 200_000)
            for number, from_idx in enumerate(range(first_idx, world.open_idx + 2, every), 1)
            if from_idx + TERM > world.from_idx and span_of(from_idx, anchor).start <= world.as_of]


def write_term(plant: Plant, term: Term, *lines: Line, subscription_start: date | None = None,
               **contract: str) -> None:
    """Contract, purchase, subscription and usage invoices of one term."""
    world, start = plant.world, span_of(term.from_idx, plant.payer.anchor).start
    contract_id = write_contract(world, plant.payer, term, **contract)
    left = term.list_cents
    for month_idx in plant.months(term.from_idx, term.end_idx, term.from_idx):
        bill, after = cover(plant.bill(month_idx, *lines, has_tax=False), left, term.discount_ppm)
        if plant.write(bill):
            left = after
    write_purchase(world, plant.payer, term, contract_id, left)
    write_subscription(world, plant.payer, subscription_start or start,
                       span_of(term.end_idx, plant.payer.anchor).start, 100 + term.number)


def plan_dates(terms: list[Term], anchor: int = 1) -> dict[str, str]:
    last = terms[-1]
    return {"annual_plan_starts_at": span_of(last.from_idx, anchor).start.isoformat(),
            "annual_plan_ends_at": span_of(last.end_idx, anchor).start.isoformat()}


def _moves(world: World, truth: Truth) -> None:
    """A year by the month, a year of prepaid credit, and so on; two accounts, so that each year has both moves."""
    for parity in (0, 1):
        first_idx = 2016 * 12 + parity * TERM
        plant = Plant(world, f"config_moves_{parity + 1}", size_cents=_ANNUAL_LIST)
        terms = year_terms(plant, first_idx, TERM * _ANNUAL_LIST, every=2 * TERM)
        plant.account(subscribed=False, **(plan_dates(terms) if terms else {}))
        for term in terms:
            write_term(plant, term, exact(_ANNUAL_LIST))
        for month_idx in plant.months():
            if month_idx // TERM % 2 != first_idx // TERM % 2:
                plant.write(plant.bill(month_idx, exact(_ANNUAL_LIST)))
        for year in range(world.from_idx // TERM - 1, world.as_of.year + 1):
            january, is_annual = date(year, 1, 1), year % 2 == first_idx // TERM % 2
            write_config(world, plant.payer, january, "annual_upfront" if is_annual else "paid")
            if not is_annual:
                write_subscription(world, plant.payer, january, date(year + 1, 1, 1), year)
        for month_idx in (m for m in plant.occurrences(0, months_before=1) if m % TERM == 0):
            to_annual = month_idx // TERM % 2 == first_idx // TERM % 2
            truth.add("config_paid_to_annual" if to_annual else "config_annual_to_paid", table="billing_configurations",
                      record_id=f"{plant.customer_id} {month_text(month_idx)}-01T00:00:00Z",
                      customer_id=plant.customer_id, month_idx=month_idx, rule="REV-9",
                      expected_mrr="800.00" if to_annual else "1000.00")


def _anchored(world: World, truth: Truth) -> None:
    """Prepaid from 21 September to 20 September: the first sub-period is October's (REV-32)."""
    plant = Plant(world, "anchored_21", anchor=21, size_cents=_ANNUAL_LIST)
    terms = year_terms(plant, 2015 * 12 + 9, 1_250_000)
    plant.account("annual_upfront", subscribed=False, **plan_dates(terms, 21))
    for term in terms:
        write_term(plant, term, exact(_ANNUAL_LIST))
    truth.add("annual_anchored", table="credit_purchases", record_id=f"cp_x_anchored_21_{terms[-1].number}",
              customer_id=plant.customer_id, month_idx=terms[-1].from_idx, rule="REV-32")


def _run_out(world: World, truth: Truth) -> None:
    """Credit for 7,500 at 1,000 a month: gone inside August's invoice, bought anew in October."""
    plant = Plant(world, "run_out", size_cents=_ANNUAL_LIST)
    terms = year_terms(plant, 2016 * 12, 750_000)
    plant.account("annual_upfront", subscribed=False, **plan_dates(terms))
    for term in terms:
        is_next_bought = span_of(term.from_idx + 9, 1).start <= world.as_of
        _write_run_out_year(plant, term, has_second=is_next_bought)
        month_idx = term.from_idx + 7
        if plant.is_closed(month_idx) and month_idx >= world.from_idx:
            truth.add("credit_used_up", table="invoices", record_id=plant.invoice_id(month_idx), rule="REV-11",
                      customer_id=plant.customer_id, month_idx=month_idx, discount="100.00",
                      expected_usage_basis="900.00")


def _write_run_out_year(plant: Plant, term: Term, *, has_second: bool) -> None:
    world, payer = plant.world, plant.payer
    contract_id = write_contract(world, payer, term)
    second = Term(term.number, term.from_idx + 9, 300_000, 200_000)
    left = term.list_cents
    for month_idx in plant.months(term.from_idx, term.end_idx, term.from_idx):
        if month_idx == second.from_idx:
            left = second.list_cents
        bill, after = cover(plant.bill(month_idx, exact(_ANNUAL_LIST), has_tax=False), left, 200_000)
        left = after if plant.write(bill) else left
    is_gone = plant.is_closed(term.from_idx + 7)
    write_purchase(world, payer, term, contract_id, 0 if is_gone else term.list_cents)
    write_subscription(world, payer, span_of(term.from_idx, 1).start, span_of(term.end_idx, 1).start,
                       100 + term.number)
    if has_second:
        end = span_of(term.end_idx, 1).start
        second_contract = write_contract(world, payer, second, contract_id=f"{contract_id}b", kind="runout",
                                         end_date=end.isoformat())
        write_purchase(
            world, payer, second, second_contract, 0 if plant.is_closed(term.end_idx - 1) else 1,
            purchase_id=f"cp_{payer.customer_id[4:]}_{term.number}b", term_months="3", expires_at=stamp(at(end)),
            supersedes_purchase_id=f"cp_{payer.customer_id[4:]}_{term.number}")


def _comped_package(world: World, truth: Truth) -> None:
    """The support package stands on the invoices but is not charged against credit (REV-153)."""
    plant = Plant(world, "comped_package", size_cents=_ANNUAL_LIST)
    terms = year_terms(plant, 2016 * 12 + 3, TERM * (_ANNUAL_LIST + 20_000))
    plant.account("annual_upfront", subscribed=False, **plan_dates(terms))
    for term in terms:
        write_term(plant, term, exact(_ANNUAL_LIST), flat_line("platform_package", 20_000),
                   platform_package_charged_to_credits="false", platform_package_set_by="csm",
                   platform_package_reason="part of the renewal")
    truth.add("package_comped", table="contracts", record_id=f"con_x_comped_package_{terms[-1].number}",
              customer_id=plant.customer_id, rule="REV-153")


def _amortized(world: World, truth: Truth, code: str, cadence: tuple[int, ...]) -> None:
    """A tenth of example M: list usage 1,310 a month at 25 % off, credit for 1,500 a month paid on given dates."""
    charged, usage = write_amortized_pair(world, code, cadence)
    merge(world, usage, charged, "new_org_new_contract", "credit and usage of one contract")
    for month_idx in charged.occurrences(0):
        truth.add(f"amortized_{code}", table="invoices", record_id=usage.invoice_id(month_idx), rule="REV-12",
                  customer_id=charged.customer_id, month_idx=month_idx, expected_mrr="1500.00")


def write_amortized_pair(world: World, code: str, cadence: tuple[int, ...]) -> tuple[Plant, Plant]:
    """Two billing customers of one company; not merged here."""
    name = f"Instalment {code.title()}"
    charged, usage = (Plant(world, f"amortized_{code}_{side}", name=name, domain=f"instalment-{code}.example",
                            size_cents=131_000) for side in ("credits", "usage"))
    charged.account("annual_amortized", role="credits")
    usage.account("annual_amortized", role="usage", parent_customer_id=charged.customer_id)
    for term in year_terms(charged, BEGAN_IDX, 2_400_000):
        term = replace(term, discount_ppm=250_000)
        write_contract(world, charged.payer, term)
        write_charges(world, charged.payer, term, cadence)
        for month_idx in usage.months(term.from_idx, term.end_idx, term.from_idx):
            usage.write(usage.bill(month_idx, exact(131_000), classification="annual", has_tax=False))
    return charged, usage


