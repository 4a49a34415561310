"""Shapes of customers with prepaid or amortized credit, and of fixes by hand."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .arithmetic import add_months, first_day, month_of
from .draws import ANCHORS, DISCOUNTS, RUN_MONTH, SWITCH, amount, run_of_months, some_products
from .landing import PACKAGE, Landing
from .rows import midnight


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
    is_replaced = term > 2 and rng.random() < 0.4
    if is_replaced:
        again = add_months(start, rng.randint(1, term - 1)).replace(day=rng.choice([1, 15]))
        land.purchase(customer, again, 12, 60_000_00, 48_000_01, discount_ppm=200_000,
                      supersedes_purchase_id=rng.choice([None, bought, bought]),
                      status=rng.choice(["paid", "paid", "refunded", "draft", "void"]))
    end_month = min(month_of(last), RUN_MONTH + 2)
    first_usage = month_of(start) + (1 if start.day > 1 else 0)
    anchor = start.day if start.day in ANCHORS else 1
    upfront_usage(land, customer, list(range(first_usage, end_month + (1 if start.day > 1 else 0))), rng, anchor)
    if not is_replaced and rng.random() < 0.3:
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


def startup_to_annual(land: Landing, rng: Random) -> None:
    """Startup credit ends in a prepaid plan, with the grant or the invoices on an account that was merged away."""
    main, side = land.account(billing_config="startup", is_startup_plan_customer="true"), land.account("b")
    land.merge(side, main, "new_org_new_contract")
    months = [month for month in run_of_months(rng, 6, 10) if month < RUN_MONTH]
    at = rng.randint(1, len(months) - 1)
    start = first_day(months[at])
    land.config(main, midnight(start), "annual_upfront")
    land.config(side, midnight(start), "free")  # rows of a merged account decide nothing
    land.grant(rng.choice([main, side]), first_day(months[0]), rng.choice([1, 300_000, 5_000_000]))
    land.purchase(rng.choice([main, side]), start, 12, 1_200_007, 960_005, discount_ppm=200_000)
    if rng.random() < 0.5:
        land.contract(rng.choice([main, side]), start, add_months(start, 12), rng.choice([None, 150_000]))
    for i, month in enumerate(months):
        land.month_invoice(rng.choice([main, side]), month, some_products(rng), tax_cents=rng.choice([None, 99]),
                           classification="startup" if i < at else "annual")


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
