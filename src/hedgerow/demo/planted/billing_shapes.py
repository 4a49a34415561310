"""Every billing configuration that has no prepaid credit, and the moves that need several accounts."""

from __future__ import annotations

from dataclasses import replace

from hedgerow.demo.accounts import write_config, write_subscription
from hedgerow.demo.billing import Payer, flat_line, metered_line
from hedgerow.demo.planted.plant import BEGAN, HALF_YEAR, Plant, Truth, exact
from hedgerow.demo.rows import dollars
from hedgerow.demo.world import World, span_of


def plant(world: World, truth: Truth) -> None:
    _tax(world, truth)
    _coupon_and_limit(world, truth)
    _churn_and_return(world, truth)
    _legacy_and_unsupported(world, truth)
    _multi_org(world, truth)
    _region_moves(world, truth)
    _lookalikes(world, truth)
    _free_and_paid(world, truth)


def expect_mrr(truth: Truth, plant: Plant, kind: str, cents: int, *, offset: int = 0, **more: str) -> None:
    """The unadjusted total that each occurrence must have."""
    for month_idx in plant.occurrences(offset):
        truth.add(kind, table="invoices", record_id=plant.invoice_id(month_idx), customer_id=plant.customer_id,
                  month_idx=month_idx, expected_mrr=dollars(cents), **more)


def _tax(world: World, truth: Truth) -> None:
    plant = Plant(world, "with_tax", has_tax=True, size_cents=120_000).account()
    for month_idx in plant.months():
        plant.write(plant.bill(month_idx, exact(90_000), flat_line("platform_package", 30_000)))
    expect_mrr(truth, plant, "tax_in_total", 144_000, rule="REV-2")


def _coupon_and_limit(world: World, truth: Truth) -> None:
    """List 900, 10 % coupon, limit 700: the limit caps what the coupon left (BILL-201)."""
    plant = Plant(world, "coupon_limit", size_cents=70_000).account()
    line = metered_line("data_warehouse", 90_000, coupon_ppm=100_000, limit_cents=70_000)
    for month_idx in plant.months():
        plant.write(plant.bill(month_idx, line))
    world.rows.add("price_assignments", customer_id=plant.customer_id, product_key="data_warehouse",
                   from_date=BEGAN.isoformat(), coupon_percent="10", limit_amount="700.00")
    expect_mrr(truth, plant, "coupon_and_limit", 70_000, rule="BILL-201")


def _churn_and_return(world: World, truth: Truth) -> None:
    """Pays four months, leaves for two, and comes back."""
    plant = Plant(world, "churn_and_return", size_cents=30_000).account(subscribed=False)
    plant.write_half_years((30_000, 30_000, 30_000, 30_000, 0, 0))
    first = world.from_idx
    for number, month_idx in enumerate(m for m in plant.months(start_idx=first - HALF_YEAR) if m % HALF_YEAR == 0):
        write_subscription(world, plant.payer, span_of(month_idx, 1).start, span_of(month_idx + 4, 1).start, number + 1)
    for month_idx in plant.months():
        has_past = month_idx - 3 >= world.from_idx
        stage = {4: "churned", 0: "reactivated"}.get(month_idx % HALF_YEAR)
        if stage and has_past and plant.is_closed(month_idx):
            truth.add("churn_and_return", table="accounts", customer_id=plant.customer_id, month_idx=month_idx,
                      expected_stage=stage, rule="REV-65" if stage == "churned" else "REV-61")


def _legacy_and_unsupported(world: World, truth: Truth) -> None:
    legacy = Plant(world, "legacy", size_cents=45_000).account("legacy")
    legacy.write_steady(45_000)
    truth.add("legacy", customer_id=legacy.customer_id, rule="REV-17")
    both = Plant(world, "unsupported", size_cents=50_000).account("unsupported")
    second = second_payer(both)
    for month_idx in both.months():
        both.write(both.bill(month_idx, exact(30_000)))
        both.write_invoice(replace(both.bill(month_idx, exact(20_000)), payer=second, suffix="b"))
    expect_mrr(truth, both, "unsupported", 50_000, rule="REV-17")


def second_payer(plant: Plant) -> Payer:
    """A second object at the provider, with a subscription of its own."""
    payer = replace(plant.payer, provider_customer_id=plant.payer.provider_customer_id + "_b")
    plant.world.rows.add("provider_customers", provider_customer_id=payer.provider_customer_id,
                         customer_id=plant.customer_id, role="single")
    write_subscription(plant.world, payer, BEGAN, None)
    return payer


def merge(world: World, source: Plant, target: Plant, kind: str, note: str) -> None:
    world.rows.add("merges", source_customer_id=source.customer_id,
                   source_organization_id=source.payer.organization_id, canonical_customer_id=target.customer_id,
                   canonical_organization_id=target.payer.organization_id,
                   kind=kind, note=note)


def _multi_org(world: World, truth: Truth) -> None:
    main, other = (Plant(world, code, name="Two Teams Studio", domain="two-teams.example", size_cents=50_000)
                   for code in ("separate_a", "separate_b"))
    for plant, cents in ((main, 50_000), (other, 20_000)):
        plant.account("multi_org_separate")
        plant.write_steady(cents)
    merge(world, other, main, "parallel_teams", "two teams, billed apart")
    expect_mrr(truth, main, "multi_org_separate", 70_000, rule="REV-15")
    shared = [Plant(world, f"shared_{letter}", name=f"Shared Bill {letter.upper()}", domain="shared-bill.example",
                    size_cents=60_000) for letter in "abc"]
    for plant in shared:
        if plant is not shared[0]:
            plant.payer = replace(plant.payer, provider_customer_id="")
        plant.account("multi_org_shared", subscribed=plant is shared[0], shared_billing_id="shared_x")
    shared[0].write_steady(60_000)
    expect_mrr(truth, shared[0], "multi_org_shared", 60_000, rule="REV-16")


def taking_turns(cents: int, half: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A sum in every first half of a year (0) or every second one (1), and nothing in the other."""
    paid, unpaid = (cents,) * HALF_YEAR, (0,) * HALF_YEAR
    return (paid, unpaid) if half == 0 else (unpaid, paid)


def _region_moves(world: World, truth: Truth) -> None:
    """A company that moves between the regions every half-year, merged: neither churn nor new (REV-40)."""
    home, away = (Plant(world, code, name="Restless Hosting", domain="restless.example", region=region,
                        size_cents=80_000)
                  for code, region in (("region_us", "US"), ("region_eu", "EU")))
    for plant, half in ((home, 0), (away, 1)):
        plant.account(subscribed=False)
        plant.write_half_years(*taking_turns(80_000, half))
        for month_idx in plant.months(start_idx=world.from_idx - HALF_YEAR):
            if month_idx % HALF_YEAR == 0 and month_idx // HALF_YEAR % 2 == half:
                write_subscription(world, plant.payer, span_of(month_idx, 1).start,
                                   span_of(month_idx + HALF_YEAR, 1).start, month_idx)
    merge(world, away, home, "region_migration", "moves with its data residency")
    for month_idx in home.occurrences(0, months_before=1):
        truth.add("region_migration", table="merges", record_id=away.customer_id, customer_id=home.customer_id,
                  month_idx=month_idx, rule="REV-40", expected_stage="flat", expected_mrr="800.00")


def _lookalikes(world: World, truth: Truth) -> None:
    """Two companies of one name that have nothing to do with each other: never a candidate, names are not matched."""
    pair = [Plant(world, f"lookalike_{side}", name="Meadow Ledger Co", domain=f"meadow-ledger-{side}.example",
                  size_cents=35_000).account() for side in ("one", "two")]
    for plant in pair:
        plant.write_steady(35_000)
    truth.add("lookalike_pair", customer_id=pair[0].customer_id, other_customer_id=pair[1].customer_id, rule="REV-155")


def _free_and_paid(world: World, truth: Truth) -> None:
    """Moves from free to paid and back are on record, with the months between them at 0."""
    plant = Plant(world, "free_and_paid", size_cents=22_000).account("free")
    plant.write_half_years((22_000,) * 5 + (0,))
    for month_idx in plant.months(start_idx=world.from_idx - HALF_YEAR):
        if month_idx % HALF_YEAR in (0, 5):
            moved_to = "paid" if month_idx % HALF_YEAR == 0 else "free"
            write_config(world, plant.payer, span_of(month_idx, 1).start, moved_to)
    expect_mrr(truth, plant, "config_free_to_paid", 22_000, rule="REV-1")
