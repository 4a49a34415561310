"""Cases that hurt: small customers of every configuration, with amounts and days exactly at the thresholds.

Everything is drawn from a `random.Random`, so the same shapes come from a seed (`batch`) and from hypothesis
(`cases`), which shrinks what it finds. Several customers go into one landing, each under its own prefix.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from .arithmetic import add_months, first_day, month_of, parse_month
from .identity import Tables
from .landing import PACKAGE, PRODUCTS, Landing, products
from .rows import midnight

AS_OF = date(2026, 5, 10)
RUN_MONTH = month_of(AS_OF)
SWITCH = parse_month("2026-01")  # the first month on the usage basis
ANCHORS = (1, 1, 1, 2, 15, 21, 28, 31)
DISCOUNTS = (0, 50_000, 100_000, 100_000, 145_000, 200_000, 200_000, 333_333, 500_000, 999_999)

Shape = Callable[[Landing, Random], None]


def amount(rng: Random) -> int:
    """Cents: round figures, odd cents, single cents, zero."""
    return rng.choice([0, 1, 2, 3, 99, 333, 1_000, 41_666, 41_667, 50_000, 100_000, 100_001, 333_333,
                       rng.randint(1, 2_000_000), rng.randint(1, 500_000)])


def some_products(rng: Random, *, odd: bool = True) -> list[tuple[str | None, int]]:
    """One to three products; at times a line without a product or with an unknown one, or two of one product."""
    keys: list[str | None] = list(rng.sample(PRODUCTS, rng.randint(1, 3)))
    if odd and rng.random() < 0.15:
        keys.append(rng.choice([None, "mystery", keys[0]]))
    return [(key, amount(rng)) for key in keys]


def spread_over(rng: Random, total: int) -> list[tuple[str | None, int]]:
    """A total as lines of one or two products that add up to it."""
    if rng.random() < 0.5 or total < 2:
        return [("product_analytics", total)]
    part = rng.randint(0, total)
    return [("product_analytics", part), ("session_replay", total - part)]


def run_of_months(rng: Random, low: int = 4, high: int = 13) -> list[int]:
    """Consecutive months that end before, in, or after the open month."""
    last = rng.choice([RUN_MONTH - 4, RUN_MONTH - 2, RUN_MONTH - 1, RUN_MONTH - 1, RUN_MONTH, RUN_MONTH + 2])
    return list(range(last - rng.randint(low, high) + 1, last + 1))


def monthly(land: Landing, customer: str, months: list[int], totals: list[int], rng: Random) -> list[str]:
    return [land.month_invoice(customer, month, spread_over(rng, total))
            for month, total in zip(months, totals, strict=True)]


def paid(land: Landing, rng: Random) -> None:
    """Self-serve: tax, balance credit, refunds beyond the charge, voids, missing months, two invoices in a month."""
    customer = land.account(billing_config=rng.choice([None, "paid", "legacy", "unsupported"]))
    anchor = rng.choice(ANCHORS)
    for month in run_of_months(rng):
        if rng.random() < 0.15:
            continue
        tax = rng.choice([None, 0, 1, 777, 24_000]) if rng.random() < 0.4 else None
        nets = some_products(rng)
        charge = sum(net for _, net in nets) + (tax or 0)
        credit = rng.choice([None, None, None, 1, charge // 2, charge // 3, charge])
        status = rng.choice(["paid", "paid", "open", "uncollectible", None, "void", "draft"])
        invoice = land.month_invoice(customer, month, nets, anchor, tax_cents=tax, credit_applied_cents=credit,
                                     status=status)
        if rng.random() < 0.2:
            land.refund(invoice, rng.choice([1, charge // 2, charge, charge + 1, 2 * charge]) + 1,
                        product_key=rng.choice([None, None, *PRODUCTS, "mystery"]),
                        reason=rng.choice(["billing_error", "platform_bug", "goodwill", None]))
        if rng.random() < 0.1:
            land.month_invoice(customer, month, some_products(rng), rng.choice(ANCHORS))


def period_edges(land: Landing, rng: Random) -> None:
    """REV-31: ends one second before, at, and one second after a month's first instant."""
    customer = land.account()
    for month in run_of_months(rng, 3, 6):
        end = midnight(first_day(month)) + timedelta(seconds=rng.choice([-1, 0, 1, 2]))
        land.invoice(customer, end - timedelta(days=30), end, some_products(rng))


def spike(land: Landing, rng: Random) -> None:
    """REV-44 exactly at each threshold, and one cent beyond; two spikes in a row; a spike too early or too late."""
    customer = land.account()
    p2, p1, month, following = rng.choice([
        (150_000, 170_000, 480_000, 190_000), (150_000, 170_000, 480_000, 240_000),
        (150_000, 170_000, 480_000, 240_001), (150_000, 170_000, 320_000, 0),
        (150_000, 170_000, 320_001, 0), (30_000, 30_000, 129_999, 0),
        (30_000, 30_000, 130_000, 0), (30_000, 30_001, 130_000, 0), (30_000, 30_001, 130_001, 65_000),
        (0, 0, 100_000, 50_000), (0, 0, 99_999, 0), (0, 1, 100_001, 50_001), (150_000, 170_000, 480_000, 480_000),
    ])
    before = [rng.choice([100, 150_000])] * rng.randint(0, 3)
    totals = [*before, p2, p1, month, following, *[rng.choice([0, following, p1])] * rng.randint(0, 2)]
    last = rng.choice([RUN_MONTH - 1, RUN_MONTH, RUN_MONTH + 1, RUN_MONTH - 3])
    months = list(range(last - len(totals) + 1, last + 1))
    invoices = monthly(land, customer, months, totals, rng)
    if rng.random() < 0.2:
        land.refund(rng.choice(invoices), 300_000, reason="goodwill")


def one_time_credit(land: Landing, rng: Random) -> None:
    """REV-43: first all conditions just met, then at times one of them missed by a cent, a class, or a month."""
    customer = land.account()
    p2, p1, month, following, given = rng.choice([
        (220_000, 200_000, 30_000, 210_000, 170_000), (220_000, 200_000, 30_000, 210_000, 100_000),
        (220_001, 200_001, 30_000, 210_001, 100_001), (220_000, 200_000, 900_000, 210_000, 100_000),
        (0, 200_001, 0, 100_001, 100_001), (100, 101, 1, 101, 51), (100_000, 400_000, 0, 250_000, 400_000),
    ])
    missed = rng.choice([None, None, None, "next", "credit", "class", "prior", "month"])
    following -= missed == "next"
    given -= missed == "credit"
    p1 = 0 if missed == "prior" else p1
    reason = rng.choice(["Unwanted Spike", "Other", "First Big Bill", "Trial Accommodation"] if missed == "class" else
                        ["Incident Credit", "Promo Credit", "Bug Credit"])
    before = [rng.choice([200_000, 1])] * rng.randint(0, 2)
    totals = [*before, p2, p1, month, following, following]
    last = rng.choice([RUN_MONTH - 1, RUN_MONTH - 1, RUN_MONTH, RUN_MONTH + 1, RUN_MONTH + 2, RUN_MONTH - 5])
    months = list(range(last - len(totals) + 1, last + 1))
    invoices = monthly(land, customer, months, totals, rng)
    at = len(before) + (3 if missed == "month" else 2)
    given_by_hand = rng.random() < 0.2
    by_hand = None if not given_by_hand else "none" if missed == "class" else "outage"
    if given_by_hand:
        reason = rng.choice(["Incident Credit", "Other"])
    refund_class = by_hand or ("none" if missed == "class" else "billing_correction")
    how = rng.choice(["event", "event", "two", "mixed"])
    part = given if how == "event" else given // 2
    land.credit(customer, months[at], part, reason, adjustment_class=by_hand)
    if how == "two":
        land.credit(customer, months[at], given - part, reason, adjustment_class=by_hand)
    if how == "mixed":  # the refund lowers the month itself too, whose amount no test of REV-43 reads
        land.refund(invoices[at], given - part, reason=rng.choice(["platform_bug", "goodwill"]),
                    adjustment_class=refund_class, product_key=rng.choice([None, "product_analytics"]))


def negative_months(land: Landing, rng: Random) -> None:
    """Refunds beyond the charges before and after steps, so that prior months are 0 or below."""
    customer = land.account()
    months = run_of_months(rng, 5, 8)
    totals = [rng.choice([0, 100_000, 200_000, 200_001, 450_000]) for _ in months]
    for month, invoice, total in zip(months, monthly(land, customer, months, totals, rng), totals, strict=True):
        if rng.random() < 0.3:
            land.refund(invoice, total + rng.choice([0, 1, 5_000]) or 1, reason="billing_error",
                        product_key=rng.choice([None, "product_analytics"]))
        if rng.random() < 0.2:
            land.credit(customer, month, rng.choice([50_000, 100_000]), "Bug Credit")


def startup(land: Landing, rng: Random) -> None:
    """Credit that runs out inside an invoice, expires at the instant of finalization, or is not known at all."""
    months = run_of_months(rng, 4, 8)
    expires = rng.choice([None, midnight(first_day(months[-1])), midnight(first_day(months[-1] + 1)),
                          midnight(first_day(months[-2] + 1)) + timedelta(seconds=1)])
    customer = land.account(billing_config="startup", credit_expires_at=expires,
                            is_startup_plan_customer=rng.choice(["true", "true", "True", "1", "yes", "maybe", "false",
                                                                 " No ", "", None]))
    invoices = []
    for month in months:
        tax = rng.choice([None, None, 0, 100, 12_345])
        nets = some_products(rng)
        invoices.append((month, nets, tax))
    charges = [sum(net for _, net in nets) + (tax or 0) for _, nets, tax in invoices]
    has_grant = rng.random() < 0.8
    if has_grant:
        reach = rng.randint(0, len(charges))
        left = sum(charges[:reach]) + rng.choice([0, 1, -1, 180_000])
        land.grant(customer, first_day(months[0]) - timedelta(days=1), max(left, 0))
        if rng.random() < 0.3:
            land.grant(customer, rng.choice([first_day(months[2]), first_day(months[2] + 1)]), amount(rng),
                       status=rng.choice(["paid", "void", "expired"]))
    becomes_paid = rng.randint(1, len(months) - 1) if rng.random() < 0.3 else None
    if becomes_paid is not None:
        land.config(customer, midnight(first_day(months[becomes_paid])), "paid")
    for i, (month, nets, tax) in enumerate(invoices):
        on_plan = becomes_paid is None or i < becomes_paid
        closed_at = midnight(first_day(month + 1))
        finalized = rng.choice([None, closed_at, closed_at + timedelta(hours=3)])
        invoice = land.month_invoice(
            customer, month, nets, tax_cents=tax, finalized_at=finalized,
            classification="startup" if on_plan else "standard",
            credit_applied_cents=rng.choice([None, charges[i] // 2, charges[i]]) if on_plan and not has_grant else None)
        if rng.random() < 0.1:
            land.refund(invoice, max(charges[i] // 3, 1), product_key=rng.choice([None, "product_analytics"]))


def upfront_usage(land: Landing, customer: str, months: list[int], rng: Random, anchor: int = 1) -> None:
    """Usage invoices of an annual customer, some stating what the discount took, some with standard rows beside."""
    for month in months:
        if rng.random() < 0.1:
            continue
        nets = some_products(rng)
        if rng.random() < 0.3:
            nets.append((PACKAGE, amount(rng)))
        whole = sum(net for _, net in nets)
        stated = rng.choice([0, whole // 5, whole // 7, whole]) if rng.random() < 0.25 else None
        land.month_invoice(customer, month, nets, anchor, classification="annual", discount_cents=stated,
                           tax_cents=rng.choice([None, None, 555]), credit_applied_cents=rng.choice([None, whole]))
        if rng.random() < 0.2:
            standard = some_products(rng)
            charge = sum(net for _, net in standard)
            invoice = land.month_invoice(customer, month, standard, anchor,
                                         credit_applied_cents=rng.choice([None, charge // 3]))
            if rng.random() < 0.3:
                land.refund(invoice, charge // 2 + 1, product_key=rng.choice([None, "session_replay"]),
                            reason="billing_error")


def upfront(land: Landing, rng: Random) -> None:
    """Prepaid: straight line until the switch, usage after it; changes of discount; early replacement; expansion."""
    customer = land.account(billing_config=rng.choice(["annual_upfront", "paid"]))
    start_month = SWITCH - rng.randint(0, 13)
    start = date(start_month // 12, start_month % 12 + 1, rng.choice([1, 1, 15, 21, 28]))
    if start.day == 28 and start_month % 12 + 1 in (1, 3, 5, 7, 8, 10, 12):
        start = start.replace(day=31)
    term = rng.choice([1, 3, 7, 12, 12, 12, 24])
    land.config(customer, midnight(start) - timedelta(days=rng.choice([0, 40])), "annual_upfront")
    discount = rng.choice(DISCOUNTS)
    listed = rng.choice([100_000_00, 12_345_67, 1, 999_99])
    bought = land.purchase(customer, start, term, listed, listed * (1_000_000 - discount) // 1_000_000,
                           discount_ppm=discount, status=rng.choice(["paid", "invoiced", "exhausted", "expired"]))
    last = add_months(start, term)
    if rng.random() < 0.7:
        changed = add_months(start, rng.randint(1, term))
        land.contract(customer, start, rng.choice([last, changed]), discount,
                      platform_package_charged_to_credits=rng.choice([None, True, False]))
        if rng.random() < 0.5:
            land.contract(customer, changed, add_months(changed, 12), rng.choice(DISCOUNTS))
    if term > 2 and rng.random() < 0.4:
        again = add_months(start, rng.randint(1, term - 1)).replace(day=rng.choice([1, 15]))
        land.purchase(customer, again, 12, 60_000_00, 48_000_01, discount_ppm=200_000,
                      supersedes_purchase_id=rng.choice([None, bought, bought]),
                      status=rng.choice(["paid", "paid", "refunded", "draft", "void"]))
    end_month = min(month_of(last), RUN_MONTH + 2)
    first_usage = month_of(start) + (1 if start.day > 1 else 0)
    anchor = start.day if start.day in ANCHORS else 1
    upfront_usage(land, customer, list(range(first_usage, end_month + (1 if start.day > 1 else 0))), rng, anchor)
    if rng.random() < 0.3:
        land.config(customer, midnight(last), "paid")
        if end_month < RUN_MONTH:
            land.month_invoice(customer, end_month + 1, some_products(rng), tax_cents=rng.choice([None, 321]))


def paid_to_upfront(land: Landing, rng: Random) -> None:
    """Monthly until the prepay starts, with the same usage: flat in the adjusted series."""
    customer = land.account(billing_config="paid")
    start_month = rng.choice([SWITCH - 2, SWITCH - 1, SWITCH, SWITCH + 1])
    months = range(start_month - rng.randint(2, 4), RUN_MONTH + 1)
    whole = rng.choice([1_000_000, 1_000_001, 333_333])
    land.config(customer, midnight(first_day(start_month)), "annual_upfront")
    land.purchase(customer, first_day(start_month), 12, whole * 12, whole * 12 * 4 // 5, discount_ppm=200_000)
    for month in months:
        land.month_invoice(customer, month, [("product_analytics", whole)],
                           classification="standard" if month < start_month else "annual")


def split_at_source(land: Landing, rng: Random) -> None:
    """Prepay rows that arrive split by month (type annual), usage beside them or not."""
    customer = land.account(billing_config="annual_upfront")
    months = [month for month in run_of_months(rng, 6, 12) if month < RUN_MONTH]
    land.contract(customer, first_day(months[0]), first_day(months[0] + 12), rng.choice(DISCOUNTS))
    for month in months:
        land.month_invoice(customer, month, [("product_analytics", amount(rng))], type="annual",
                           classification="annual", tax_cents=rng.choice([None, 100]))
        if rng.random() < 0.6:
            land.month_invoice(customer, month, some_products(rng), classification="annual")


def amortized(land: Landing, rng: Random) -> None:
    """Two provider customers; charges on any rhythm, two on one day, on the 31st; usage feeds the products."""
    customer = land.account(billing_config="annual_amortized")
    pays, uses = land.new_id("pc"), land.new_id("pc")
    usage_customer = customer
    if rng.random() < 0.4:
        usage_customer = land.account("u", billing_config="annual_amortized")
        land.merge(usage_customer, customer, "parallel_teams")
    land.tables["provider_customers"] += [
        {"provider_customer_id": pays, "customer_id": customer, "role": "credits"},
        {"provider_customer_id": uses, "customer_id": usage_customer, "role": "usage"}]
    first = RUN_MONTH - rng.randint(7, 14)
    day = date(first // 12, first % 12 + 1, rng.choice([1, 1, 15, 28]))
    start, charges = day, []
    while month_of(day) < RUN_MONTH and len(charges) < 8:
        charges.append(day)
        day = rng.choice([add_months(start, 3 * len(charges)), add_months(day, rng.randint(1, 6)),
                          day + timedelta(days=rng.choice([0, 10, 45]))])
    if rng.random() < 0.7:
        land.contract(customer, start, rng.choice([add_months(start, 12), charges[-1] + timedelta(days=1),
                                                   add_months(charges[-1], 5)]), rng.choice(DISCOUNTS),
                      platform_package_charged_to_credits=rng.choice([None, False]))
    for charge in charges:
        land.invoice(customer, midnight(charge), midnight(charge + timedelta(days=1)),
                     [(None, rng.choice([45_000_00, 10_000_01, 1]))], classification="annual",
                     provider_customer_id=pays, type="completed", tax_cents=rng.choice([None, 900]),
                     status=rng.choice(["paid", "paid", "paid", "void"]))
    for month in range(first, RUN_MONTH + 1):
        nets = some_products(rng) + ([(PACKAGE, amount(rng))] if rng.random() < 0.3 else [])
        land.month_invoice(usage_customer, month, nets, classification="annual", provider_customer_id=uses)
        if rng.random() < 0.15:
            land.month_invoice(usage_customer, month, some_products(rng), provider_customer_id=uses)


def merged(land: Landing, rng: Random) -> None:
    """A move between regions: one account fades as the other begins, at times both bill in one month."""
    old, new = land.account("eu", billing_config="paid"), land.account("us", billing_config="paid")
    source, canonical = rng.choice([(old, new), (new, old)])
    land.merge(source, canonical, rng.choice(["region_migration", "new_org_new_contract", "parallel_teams"]))
    months = run_of_months(rng, 5, 9)
    moved = rng.randint(1, len(months) - 1)
    overlap = rng.choice([0, 0, 1])
    for i, month in enumerate(months):
        if i < moved + overlap:
            land.month_invoice(old, month, some_products(rng))
        if i >= moved:
            land.month_invoice(new, month, some_products(rng), rng.choice(ANCHORS))
    if rng.random() < 0.4:
        land.trial(rng.choice([old, new]), months[moved], None)
    if rng.random() < 0.4:
        land.credit(old, months[moved], 100_000, "Bug Credit")
    land.usage(old, "product_analytics", months[0], 5, 10)
    land.usage(new, "product_analytics", months[0], 7, 3)


def shared(land: Landing, rng: Random) -> None:
    """Organizations billed through one account: all on the lowest id, shorter ids first."""
    names = rng.choice([("9", "10", "11"), ("2", "1"), ("b", "a1")])
    ids = [land.account(name, billing_config="multi_org_shared", shared_billing_id=f"{land.prefix}-bill")
           for name in names]
    for month in run_of_months(rng, 3, 6):
        land.month_invoice(rng.choice(ids), month, some_products(rng), tax_cents=rng.choice([None, 50]))


def separate(land: Landing, rng: Random) -> None:
    """Organizations with their own accounts, summed on one customer by a merge."""
    one, two = (land.account(name, billing_config="multi_org_separate") for name in ("x", "y"))
    land.merge(two, one, "parallel_teams")
    for month in run_of_months(rng, 3, 6):
        land.month_invoice(one, month, some_products(rng))
        land.month_invoice(two, month, some_products(rng))


def moves(land: Landing, rng: Random) -> None:
    """Free to paid to free, the move at the exact instant of a row's last second, or one second beside it."""
    customer = land.account(billing_config=rng.choice(["free", None, "paid"]))
    months = run_of_months(rng, 5, 9)
    for month in months:
        land.month_invoice(customer, month, some_products(rng), rng.choice([1, 1, 15]))
    for config in rng.sample(["free", "paid", "legacy", "free"], 3):
        end = midnight(first_day(rng.choice(months) + 1))
        from_at = end + timedelta(seconds=rng.choice([-2, -1, 0]))
        if all(row["from_at"] != from_at for row in land.tables["billing_configurations"]):
            land.config(customer, from_at, config)


def trials(land: Landing, rng: Random) -> None:
    """Flags at the start, in the middle, open ended, over the whole life, and over the spike's own evidence."""
    customer = land.account()
    months = run_of_months(rng, 6, 9)
    totals = [rng.choice([0, 100_000, 150_000, 500_000]) for _ in months]
    monthly(land, customer, months, totals, rng)
    first = rng.choice(months)
    land.trial(customer, first, rng.choice([None, first, first + 1, months[-1]]))
    if rng.random() < 0.3 and first - 2 >= months[0]:
        land.trial(customer, months[0], months[0])


def overrides(land: Landing, rng: Random) -> None:
    """Fixes by organization and by customer id, also on the first and the last month of a range."""
    config = rng.choice(["paid", "annual_upfront"])
    customer = land.account(billing_config=config)
    organization = f"{land.prefix}org"
    land.tables["organizations"].append({"organization_id": organization, "customer_id": customer})
    months = [month for month in run_of_months(rng, 6, 10) if month < RUN_MONTH]
    land.contract(customer, first_day(months[0]), first_day(months[0] + 24), 200_000)
    for month in months:
        land.month_invoice(customer, month, some_products(rng),
                           classification="annual" if config == "annual_upfront" else "standard")
    field, value = rng.choice([("total_mrr", "1234.56"), ("total_mrr", "0"), ("product_analytics_mrr", "77.01"),
                               ("discount_percent", "12.5"), ("selected_type", "annual")])
    low = rng.choice(months)
    high = rng.choice([month for month in months if month >= low])
    if field == "total_mrr" and config == "annual_upfront":
        low, high = max(low, SWITCH), max(high, SWITCH)
        if high > months[-1]:
            return
    land.override(rng.choice([organization, customer]), low, high, field, value)


def subscribed(land: Landing, rng: Random) -> None:
    """Periods without invoices: overlaps, gaps, same-day changes, first and last days of months."""
    customer = land.account()
    day = first_day(RUN_MONTH - rng.randint(3, 12)) + timedelta(days=rng.choice([0, 0, 14, 27]))
    for _ in range(rng.randint(1, 4)):
        end = add_months(day, rng.randint(0, 4)) + timedelta(days=rng.choice([0, 0, 1, 20]))
        last = rng.random() < 0.3
        land.tables["subscriptions"].append({
            "subscription_id": land.new_id("su"), "customer_id": customer, "start_date": day,
            "end_date": None if last else max(end, day + timedelta(days=1)),
            "product_key": rng.choice([None, "product_analytics", "session_replay", "mystery"]),
            "monthly_cents": amount(rng)})
        day = rng.choice([end, end, end + timedelta(days=40), end - timedelta(days=10)])


def units(land: Landing, rng: Random) -> None:
    """Usage beside revenue: repeated reports, months without a report, zero units at the start."""
    customer = land.account()
    for month in run_of_months(rng, 4, 8):
        land.month_invoice(customer, month, [("product_analytics", amount(rng)), ("session_replay", amount(rng))])
        if rng.random() < 0.8:
            land.usage(customer, "product_analytics", month, *[rng.randint(0, 100) for _ in range(rng.randint(1, 3))])
        if rng.random() < 0.5:
            for name in ("o1", "o2"):
                land.usage(customer, "session_replay", month, rng.randint(0, 9), organization=land.prefix + name)


def thresholds_of_retention(land: Landing, rng: Random) -> None:
    """Base months exactly at, and a cent beside, 5,000 a year; contraction under it later; gone and back."""
    customer = land.account()
    months = run_of_months(rng, 5, 14)
    totals = [rng.choice([0, 41_666, 41_667, 41_668, 42_000, 500_000, 1]) for _ in months]
    monthly(land, customer, months, totals, rng)


SHAPES: tuple[Shape, ...] = (
    paid, paid, period_edges, spike, spike, one_time_credit, one_time_credit, negative_months, startup, startup,
    upfront, upfront, upfront, paid_to_upfront, split_at_source, amortized, amortized, merged, shared, separate, moves,
    trials, overrides, subscribed, units, thresholds_of_retention,
)


def add_case(tables: Tables, prefix: str, rng: Random, shape: Shape) -> None:
    """One more customer (or group of merged ones) into the landing."""
    land = Landing(prefix, RUN_MONTH)
    shape(land, rng)
    for name, rows in land.tables.items():
        tables.setdefault(name, []).extend(rows)


def batch(count: int, seed: int = 20, shapes: tuple[Shape, ...] = SHAPES) -> Tables:
    """`count` cases in one landing; the prefix names the case, so that a difference leads back to its shape."""
    tables: Tables = {"products": products()}
    for i in range(count):
        shape = shapes[i % len(shapes)]
        add_case(tables, f"{shape.__name__}{i:05d}", Random(seed * 1_000_003 + i), shape)
    return tables


@st.composite
def cases(draw: st.DrawFn, shapes: tuple[Shape, ...] = SHAPES, most: int = 3) -> Tables:
    """Landings of a few customers; hypothesis shrinks the draws behind them."""
    tables: Tables = {"products": products()}
    for i in range(draw(st.integers(1, most))):
        shape = draw(st.sampled_from(shapes))
        add_case(tables, f"{shape.__name__}{i:05d}", draw(st.randoms(use_true_random=False)), shape)
    return tables
