"""Spikes, one-time credits, refunds and trials, with what the adjusted series must make of each (REV-41, 43, 44)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hedgerow.demo.catalogue import half_up
from hedgerow.demo.planted.plant import HALF_YEAR, Plant, Truth, exact
from hedgerow.demo.rows import dollars, month_text
from hedgerow.demo.world import World, at, span_of, stamp
from hedgerow.kernel.calendar import MonthIdx


def plant(world: World, truth: Truth) -> None:
    for offset in range(HALF_YEAR):
        _bot_attack(world, truth, offset)
    _spike(world, truth, "spike_edge", (60_000, 60_000, 190_000, 95_000, 60_000, 60_000))
    _near_miss(world, truth, "next_month_a_cent_too_high", (60_000, 60_000, 190_000, 95_001, 60_000, 60_000))
    _near_miss(world, truth, "exactly_twice", (100_000, 100_000, 200_000, 100_000, 100_000, 100_000))
    _near_miss(world, truth, "increase_a_cent_short", (30_000, 30_000, 129_999, 30_000, 30_000, 30_000))
    _near_miss(world, truth, "plateau", (60_000, 60_000, 190_000, 190_000, 60_000, 60_000))
    for code, reason, credit, state in (
        ("incident_credit", "Incident Credit", 42_500, "applied"),
        ("promo_credit", "Promo Credit", 25_000, "applied"),
        ("bug_credit", "Bug Credit", 37_500, "applied"),
        ("credit_a_cent_short", "Incident Credit", 24_999, "not_applicable"),
        ("credit_unwanted_spike", "Unwanted Spike", 42_500, "not_applicable"),
    ):
        _credit(world, truth, code, reason, credit, state)
    _refund(world, truth, "refund_split", is_by_product=True)
    _refund(world, truth, "refund_whole", is_by_product=False)
    _trial(world, truth)


def _bot_attack(world: World, truth: Truth, offset: int) -> None:
    """Six accounts, one for each place in the half-year, so that on any day one spike still waits for its evidence."""
    half_year = [60_000 + 500 * (place % 3) for place in range(HALF_YEAR)]
    half_year[offset] = 190_000
    _spike(world, truth, f"bot_attack_{offset + 1}", half_year)


def _spike(world: World, truth: Truth, code: str, half_year: Sequence[int]) -> None:
    plant = Plant(world, code, size_cents=half_year[0]).account()
    plant.write_half_years(half_year)
    offset = max(range(HALF_YEAR), key=lambda place: half_year[place])
    for month_idx in plant.occurrences(offset, months_before=2):
        before = half_year[offset]
        average = half_up(half_year[(offset - 1) % HALF_YEAR] + half_year[(offset - 2) % HALF_YEAR], 2)
        is_known = plant.is_closed(month_idx + 1)
        truth.adjust("spike", plant, month_idx, rule="REV-44", before=before, after=average if is_known else before,
                     state="applied" if is_known else "pending")


def _near_miss(world: World, truth: Truth, code: str, half_year: Sequence[int]) -> None:
    plant = Plant(world, code, size_cents=half_year[0]).account()
    plant.write_half_years(half_year)
    for month_idx in plant.occurrences(2, months_before=2):
        if plant.is_closed(month_idx + 1):
            truth.adjust(f"near_miss_{code}", plant, month_idx, rule="REV-44", before=half_year[2], after=half_year[2],
                         state="not_applicable")


_LIST = (53_750, 55_000, 50_000, 50_000, 52_500, 53_750)
_HIT, _PRIOR = 3, 2


def _credit(world: World, truth: Truth, code: str, reason: str, credit: int, state: str) -> None:
    """The fourth month of each half-year is lowered by a balance credit, which also stands among the credit events."""
    plant = Plant(world, code, size_cents=_LIST[0]).account()
    for month_idx in plant.months():
        place = month_idx % HALF_YEAR
        bill = plant.bill(month_idx, exact(_LIST[place]), credit_cents=credit if place == _HIT else None)
        if plant.write(bill) and place == _HIT:
            event = f"cre_x_{code}_{month_text(month_idx)}"
            world.rows.add("credit_events", credit_event_id=event, customer_id=plant.customer_id,
                           amount=dollars(credit), reason=reason, month=month_text(month_idx), reference="ticket 10001")
    _expect(truth, plant, code, credit, state)


def _refund(world: World, truth: Truth, code: str, *, is_by_product: bool) -> None:
    """The same month, lowered by a refund ten days after the invoice: it is that month that it changes (REV-34)."""
    plant, refund = Plant(world, code, size_cents=_LIST[0]).account(), 42_500
    for month_idx in plant.months():
        plant.write(plant.bill(month_idx, exact(_LIST[month_idx % HALF_YEAR])))
    for month_idx in plant.occurrences(_HIT):
        issued = span_of(month_idx, 1).end + timedelta(days=10)
        if issued <= world.as_of:
            world.rows.add("refunds", refund_id=f"re_x_{code}_{month_text(month_idx)}",
                           invoice_id=plant.invoice_id(month_idx), amount=dollars(refund), reason="platform_bug",
                           product_key="data_warehouse" if is_by_product else None, issued_at=stamp(at(issued, 11)))
    _expect(truth, plant, code, refund, "applied", is_refund=True)


def _expect(truth: Truth, plant: Plant, code: str, credit: int, state: str, *, is_refund: bool = False) -> None:
    for month_idx in plant.occurrences(_HIT, months_before=2):
        if is_refund and span_of(month_idx, 1).end + timedelta(days=10) > plant.world.as_of:
            continue
        before = _LIST[_HIT] - credit
        applies = state == "applied"
        is_known = plant.is_closed(month_idx + 1)
        truth.adjust(code, plant, month_idx, rule="REV-43", before=before,
                     after=_LIST[_PRIOR] if applies and is_known else before,
                     state="pending" if applies and not is_known else state,
                     table="refunds" if is_refund else "credit_events",
                     record_id=f"{'re' if is_refund else 'cre'}_x_{code}_{month_text(month_idx)}")


def _trial(world: World, truth: Truth) -> None:
    """Flagged as only evaluating in the second and third month of each half-year; and one flag that nobody closed."""
    plant = Plant(world, "trial", size_cents=40_000).account()
    plant.write_steady(40_000)
    for month_idx in plant.months():
        if month_idx % HALF_YEAR == 1:
            world.rows.add("trial_flags", customer_id=plant.customer_id, from_month=month_text(month_idx),
                           to_month=month_text(month_idx + 1), set_by="tae", reason="may host it itself",
                           set_on=MonthIdx(month_idx).first_day.isoformat())
            for flagged in (month_idx, month_idx + 1):
                if plant.is_closed(flagged):
                    truth.adjust("trial", plant, flagged, rule="REV-41", before=40_000, after=0, table="trial_flags",
                                 record_id=f"{plant.customer_id} {month_text(month_idx)}")
    overdue = Plant(world, "trial_overdue", size_cents=25_000).account()
    overdue.write_steady(25_000)
    from_month = month_text(MonthIdx.of(overdue.profile.signed_up_at.date()).idx)
    world.rows.add("trial_flags", customer_id=overdue.customer_id, from_month=from_month, set_by="tam",
                   set_on=overdue.profile.signed_up_at.date().isoformat(), reason="evaluates")
    truth.add("trial_flag_overdue", code="trial_flag_overdue", table="trial_flags",
              record_id=f"{overdue.customer_id} {from_month}", customer_id=overdue.customer_id)
