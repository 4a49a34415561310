"""Shapes of customers that are billed by the month: self-serve, startups, merges, trials, subscriptions."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from .arithmetic import add_months, first_day
from .draws import ANCHORS, RUN_MONTH, amount, monthly, run_of_months, some_products
from .landing import PRODUCTS, Landing
from .rows import midnight


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


def awkward_lines(land: Landing, rng: Random) -> None:
    """Negative lines, lines that cancel out, invoices without lines or with tax alone."""
    customer = land.account()
    for month in run_of_months(rng, 4, 8):
        nets: list[tuple[str | None, int]] = rng.choice([
            [("product_analytics", 10_000), ("session_replay", -10_000)], [("product_analytics", -500)], [],
            [("product_analytics", 10_001), ("session_replay", -5_000), ("feature_flags", 1)],
            [("product_analytics", 0)], [("product_analytics", 33_333), ("product_analytics", 33_334)]])
        charge = sum(net for _, net in nets)
        land.month_invoice(customer, month, nets, tax_cents=rng.choice([None, 0, 77]),
                           credit_applied_cents=charge // 2 if charge > 0 and rng.random() < 0.4 else None)


def thresholds_of_retention(land: Landing, rng: Random) -> None:
    """Base months exactly at, and a cent beside, 5,000 a year; contraction under it later; gone and back."""
    customer = land.account()
    months = run_of_months(rng, 5, 14)
    totals = [rng.choice([0, 41_666, 41_667, 41_668, 42_000, 500_000, 1]) for _ in months]
    monthly(land, customer, months, totals, rng)
