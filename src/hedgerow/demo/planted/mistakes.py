"""Mistakes as they happen at the source, each with the code by which it must be found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hedgerow.demo.accounts import write_subscription
from hedgerow.demo.billing import flat_line, metered_line
from hedgerow.demo.catalogue import NEGOTIATED_PRICE, units_for
from hedgerow.demo.planted.billing_shapes import second_payer, taking_turns
from hedgerow.demo.planted.plant import BEGAN, BEGAN_IDX, HALF_YEAR, Plant, Truth, exact
from hedgerow.demo.planted.prepayments import plan_dates, write_amortized_pair, write_term, year_terms
from hedgerow.demo.prepaid import TERM, Term, write_charges, write_contract
from hedgerow.demo.rows import dollars, month_text
from hedgerow.demo.world import World, at, span_of, stamp
from hedgerow.kernel.calendar import MonthIdx

_FLAT = 40_000

HOSTILE_NAMES = (
    '=HYPERLINK("http://evil.example","Invoice")', "<script>alert('x')</script>", "[bold red]Urgent[/bold red]",
    "Rob'); DROP TABLE accounts;--", "@SUM(1+1)*cmd|' /C calc'!A0", "\u202egnitsuj Ltd", "+1-800-EXAMPLE",
    "Ünïcødé 株式会社 🌿",
)


def plant(world: World, truth: Truth) -> None:
    _hostile_text(world, truth)
    _lines(world, truth)
    _negotiated_price(world, truth)
    _provider_objects(world, truth)
    _amortized(world, truth)
    _subscription_before_payment(world, truth)
    _refused_rows(world, truth)
    _duplicate_invoice(world, truth)
    _void_and_draft(world, truth)
    _usage_reports(world, truth)
    _gap(world, truth)
    _startup_without_expiry(world, truth)
    _merge_candidate(world, truth)
    _overrides(world, truth)


def _steady(world: World, code: str, cents: int = _FLAT) -> Plant:
    plant = Plant(world, code, size_cents=cents).account()
    plant.write_steady(cents)
    return plant


def _hostile_text(world: World, truth: Truth) -> None:
    """Names that a spreadsheet would run, a browser render or a terminal colour; two of them pay, so they are shown."""
    for number, name in enumerate(HOSTILE_NAMES, 1):
        pays = number <= 3
        plant = Plant(world, f"hostile_{number}", name=name, size_cents=33_000, pays=pays)
        plant.account("paid" if pays else "free")
        if pays:
            plant.write_half_years(range(33_000, 57_000, 4_000))
        truth.add("hostile_text", customer_id=plant.customer_id, text=name)


def _lines(world: World, truth: Truth) -> None:
    """A line without product, and a line of a product that nobody registered; the money counts (REV-3, REV-27)."""
    for code, product_key in (("unmapped_line", None), ("unknown_product", "beta_widgets")):
        plant = Plant(world, code, size_cents=_FLAT).account()
        for month_idx in plant.months():
            extra = (flat_line(product_key, 12_000),) if month_idx % HALF_YEAR == 1 else ()
            plant.write(plant.bill(month_idx, exact(_FLAT), *extra))
        for month_idx in plant.occurrences(1):
            truth.add(code, code="unmapped_line", table="invoice_lines", record_id=f"{plant.invoice_id(month_idx)}_2",
                      customer_id=plant.customer_id, month_idx=month_idx, expected_mrr="520.00", rule="REV-27")


def _negotiated_price(world: World, truth: Truth) -> None:
    """The second half of each year is billed at a price of its own: a new price id, and not the default one."""
    plant = Plant(world, "negotiated_price", size_cents=150_000).account()
    units = units_for("product_analytics", 150_000)
    for month_idx in plant.months():
        line = metered_line("product_analytics", units, is_negotiated=month_idx // HALF_YEAR % 2 == 1)
        plant.write(plant.bill(month_idx, line))
        if month_idx % HALF_YEAR == 0:
            world.rows.add("price_assignments", customer_id=plant.customer_id, product_key="product_analytics",
                           price_id=line.price_id, from_date=MonthIdx(month_idx).first_day.isoformat())
    for month_idx in plant.occurrences(0):
        if month_idx // HALF_YEAR % 2 == 1:
            truth.add("non_default_price", code="non_default_price", table="invoice_lines",
                      record_id=f"{plant.invoice_id(month_idx)}_1", customer_id=plant.customer_id, month_idx=month_idx,
                      price_id=NEGOTIATED_PRICE, rule="REV-3")


def _provider_objects(world: World, truth: Truth) -> None:
    """Two customers at the provider for one paid account; two subscriptions running at once."""
    plant = Plant(world, "multiple_accounts", size_cents=_FLAT).account()
    second = second_payer(plant)
    for month_idx in plant.months():
        plant.write(plant.bill(month_idx, exact(25_000)))
        plant.write_invoice(replace(plant.bill(month_idx, exact(15_000)), payer=second, suffix="b"))
    truth.add("multiple_accounts", code="multiple_accounts", table="provider_customers",
              record_id=second.provider_customer_id, customer_id=plant.customer_id, rule="REV-3")
    plant = _steady(world, "multiple_subscriptions")
    write_subscription(world, plant.payer, BEGAN + timedelta(days=62), None, 2)
    truth.add("multiple_subscriptions", code="multiple_subscriptions", table="subscriptions",
              record_id=f"sub_{plant.payer.provider_customer_id[3:]}_2", customer_id=plant.customer_id, rule="REV-3")


def _amortized(world: World, truth: Truth) -> None:
    """A pair that nobody merged; a charged customer whose usage customer is missing; a single account beside a pair."""
    charged, usage = write_amortized_pair(world, "unmerged", (3, 3, 3, 3))
    truth.add("amortized_unmerged", code="amortized_unmerged", customer_id=charged.customer_id, rule="REV-14",
              other_customer_id=usage.customer_id)
    alone = Plant(world, "pair_incomplete", size_cents=60_000).account("annual_amortized", role="credits")
    for term in year_terms(alone, BEGAN_IDX, TERM * 60_000):
        write_contract(world, alone.payer, term)
        write_charges(world, alone.payer, term, (3, 3, 3, 3))
    truth.add("amortized_pair_incomplete", code="amortized_pair_incomplete", customer_id=alone.customer_id,
              rule="REV-152")
    single = Plant(world, "config_mismatch", size_cents=60_000).account("annual_amortized")
    for role in ("credits", "usage"):
        world.rows.add("provider_customers", provider_customer_id=f"{single.payer.provider_customer_id}_{role}",
                       customer_id=single.customer_id, role=role)
    single.write_steady(60_000)
    truth.add("config_mismatch", code="config_mismatch", customer_id=single.customer_id, rule="REV-12")


def _subscription_before_payment(world: World, truth: Truth) -> None:
    """A new customer each January, whose subscription is created a week before its credit is paid (REV-152)."""
    for year in range(world.from_idx // TERM, world.as_of.year + 1):
        january = date(year, 1, 1)
        plant = Plant(world, f"early_subscription_{year}", size_cents=50_000, began=january)
        term = Term(1, year * TERM, TERM * 50_000, 200_000)
        plant.account("annual_upfront", subscribed=False, **plan_dates([term]))
        write_term(plant, term, exact(50_000), subscription_start=january - timedelta(days=10))
        if year == world.as_of.year:
            truth.add("subscription_before_payment", code="subscription_before_payment", table="subscriptions",
                      record_id=f"sub_{plant.payer.provider_customer_id[3:]}_101", customer_id=plant.customer_id,
                      rule="REV-152")


def _refused_rows(world: World, truth: Truth) -> None:
    """Rows that would make money wrong: refused with a reason, while the account's other months go on."""
    plant = _steady(world, "refused_rows")
    for month_idx in plant.occurrences(2):
        for suffix, code, extra in (
            ("_eur", "currency_not_supported", {"currency": "EUR"}),
            ("_backward", "period_not_positive", {"period_end": stamp(at(span_of(month_idx - 1, 1).start))}),
            ("_empty", "period_not_positive", {"period_end": stamp(at(span_of(month_idx, 1).start))}),
        ):
            bill = plant.bill(month_idx, *((exact(9_900),) if suffix == "_eur" else ()), suffix=suffix, extra=extra)
            plant.write_invoice(bill)
            truth.add(code, code=code, table="invoices", record_id=bill.invoice_id, customer_id=plant.customer_id,
                      month_idx=month_idx)
    for number, (discount, start) in enumerate((("-5", BEGAN_IDX), ("100", BEGAN_IDX + TERM)), 1):
        contract_id = f"con_x_discount_{number}"
        world.rows.add("contracts", contract_id=contract_id, customer_id=plant.customer_id, kind="new",
                       start_date=MonthIdx(start).first_day.isoformat(), discount_percent=discount,
                       end_date=MonthIdx(start + TERM).first_day.isoformat())
        truth.add("discount_out_of_range", code="discount_out_of_range", table="contracts", record_id=contract_id,
                  customer_id=plant.customer_id)


def _duplicate_invoice(world: World, truth: Truth) -> None:
    """One invoice exported twice: the earlier version has another tax; the later one counts."""
    plant = Plant(world, "duplicate_invoice", has_tax=True, size_cents=_FLAT).account()
    for month_idx in plant.months():
        bill = plant.bill(month_idx, exact(_FLAT))
        if month_idx % HALF_YEAR == 4 and plant.is_closed(month_idx):
            first = replace(bill, lines=(), extra={"tax_amount": "31.00", "total_amount": "431.00",
                                                   "updated_at": stamp(at(bill.span.end, 1)) or ""})
            plant.write_invoice(first)
            truth.add("duplicate_invoice", code="older_version_replaced", table="invoices", record_id=bill.invoice_id,
                      customer_id=plant.customer_id, month_idx=month_idx, expected_mrr="480.00")
        plant.write(bill)


def _void_and_draft(world: World, truth: Truth) -> None:
    """Voided and drafted invoices stand in the export and count nowhere."""
    plant = _steady(world, "void_and_draft")
    for month_idx in plant.occurrences(5):
        for status in ("void", "draft"):
            plant.write_invoice(plant.bill(month_idx, exact(77_700), suffix=f"_{status}", extra={"status": status}))
        truth.add("void_and_draft", table="invoices", record_id=plant.invoice_id(month_idx, "_void"),
                  customer_id=plant.customer_id, month_idx=month_idx, expected_mrr="400.00")


def _usage_reports(world: World, truth: Truth) -> None:
    """Two reports on one day for one period: the last one counts, the other is counted as replaced."""
    plant = _steady(world, "two_reports")
    for month_idx in plant.occurrences(1):
        span = span_of(month_idx, 1)
        moment = stamp(at(span.end, 0, 10))
        world.rows.add("usage", customer_id=plant.customer_id, organization_id=plant.payer.organization_id,
                       product_key="data_warehouse", period_start=span.start.isoformat(),
                       period_end=span.end.isoformat(), report_at=moment, units=_FLAT * 3)
        truth.add("usage_report_replaced", code="usage_report_replaced", table="usage", month_idx=month_idx,
                  record_id=f"{plant.customer_id} data_warehouse {span.start} {moment}", customer_id=plant.customer_id,
                  expected_units=_FLAT)


def _gap(world: World, truth: Truth) -> None:
    """An invoice that never arrived, in the middle of a history."""
    plant = Plant(world, "gap", size_cents=_FLAT).account()
    plant.write_half_years((_FLAT, _FLAT, _FLAT, 0, _FLAT, _FLAT))
    for month_idx in plant.occurrences(3, months_before=1):
        if plant.is_closed(month_idx + 1):
            truth.add("gap_no_invoice", code="gap_no_invoice", table="invoices", record_id=plant.invoice_id(month_idx),
                      customer_id=plant.customer_id, month_idx=month_idx, expected_mrr="0.00")


def _startup_without_expiry(world: World, truth: Truth) -> None:
    """On credits while its balance lasts, which is for years; nobody entered an expiry."""
    plant = Plant(world, "no_expiry", size_cents=10_000).account("startup", is_startup_plan_customer="TRUE")
    for month_idx in plant.months():
        plant.write(plant.bill(month_idx, exact(10_000), classification="startup"))
    world.rows.add(
        "credit_purchases", purchase_id="cp_x_no_expiry", customer_id=plant.customer_id, kind="startup_grant",
        list_credit_amount="50000.00", discount_percent="0", price_paid_amount="0.00", start_date=BEGAN.isoformat(),
        term_months="240", status="paid", paid_at=stamp(at(BEGAN)))
    truth.add("startup_without_expiry", code="startup_without_expiry", customer_id=plant.customer_id,
              expected_mrr="0.00", rule="REV-7")


def _merge_candidate(world: World, truth: Truth) -> None:
    """A company that changes its account every half-year, not merged: same domain, one ends as the other begins."""
    pair = [Plant(world, f"candidate_{side}", name=f"Wandering Bakery {side.upper()}", domain="wandering.example",
                  region=region, size_cents=55_000).account() for side, region in (("us", "US"), ("eu", "EU"))]
    for half, plant in enumerate(pair):
        plant.write_half_years(*taking_turns(55_000, half))
    for month_idx in pair[0].occurrences(0, months_before=1):
        appearing = pair[month_idx // HALF_YEAR % 2]
        ending = pair[1 - month_idx // HALF_YEAR % 2]
        truth.add("merge_candidate", code="merge_candidate", customer_id=ending.customer_id, month_idx=month_idx,
                  other_customer_id=appearing.customer_id, rule="REV-40")
        return  # later on the appearing account is not a new one any more


def _overrides(world: World, truth: Truth) -> None:
    """Fixes by hand, each with a note: an amount on the summary, a label on the layer above (REV-23, REV-24)."""
    plant = _steady(world, "overridden")
    for month_idx in plant.occurrences(2):
        month = month_text(month_idx)
        for field, value, layer, note in (("total_mrr", "750.00", "summary", "billed outside the provider"),
                                          ("selected_type", "annual", "recalc", "counted with the annual plans")):
            world.rows.add("overrides", organization_id=plant.payer.organization_id, from_month=month, to_month=month,
                           field=field, value=value, applies_to=layer, note=note)
        truth.add("override", table="overrides", record_id=f"{plant.payer.organization_id} total_mrr {month}",
                  customer_id=plant.customer_id, month_idx=month_idx, expected_mrr=dollars(75_000), rule="REV-23")
