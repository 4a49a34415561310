"""The reference computes every worked example of the requirements, from landing rows to the published figure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from .arithmetic import first_day, parse_month, split
from .forecast import graduated_price, projected_units
from .identity import Row
from .landing import PACKAGE, Landing, complete, products
from .lifecycle import window
from .parameters import DEFAULTS
from .reference import compute
from .rows import midnight

AS_OF = date(2025, 12, 10)
RUN = parse_month("2025-12")
NOW = RUN - 1  # the last closed month


def dollars(text: str) -> int:
    whole, _, cents = text.partition(".")
    return int(whole) * 100 + int(cents or 0)


def run(land: Landing, as_of: date = AS_OF) -> dict[str, list[Row]]:
    return compute(complete(land.tables | {"products": products()}), as_of)


def one(rows: list[Row], **wanted: object) -> Row:
    found = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows with {wanted}"
    return found[0]


def pay(land: Landing, customer: str, amounts: list[int], last: int = NOW) -> list[str]:
    """Monthly invoices of one product that end with the month `last`."""
    return [land.month_invoice(customer, last - len(amounts) + 1 + i, [("product_analytics", cents)])
            for i, cents in enumerate(amounts)]


def test_example_l_movements() -> None:
    """REV-60..66, REV-150: every stage once; the sums close both ways."""
    land = Landing("L", RUN)
    histories = {"new": [0, 1200], "flat": [500, 500], "grow": [800, 1100], "shrink": [2000, 1500], "churn": [700, 0],
                 "back": [300, 0, 450], "gone": [5, 0, 0]}
    for name, amounts in histories.items():
        pay(land, land.account(name), [cents * 100 for cents in amounts])
    tables = run(land)
    got = {row["component"]: row["amount_cents"] // 100 for row in tables["movement"]
           if (row["series"], row["scope"], row["month_idx"]) == ("adjusted", "total", NOW)}
    assert got == {"baseline": 4000, "new": 1200, "reactivated": 450, "retained": 3300, "expansion": 300,
                   "contraction": -500, "churned": -700}
    stages = {row["customer_id"]: row["stage"] for row in tables["lifecycle"]
              if row["scope"] == "total" and row["month_idx"] == NOW}
    assert stages == {"Lnew": "new", "Lflat": "flat", "Lgrow": "growing", "Lshrink": "shrinking", "Lchurn": "churned",
                      "Lback": "reactivated"}


@pytest.mark.parametrize("months", [3, 6, 12])
def test_example_r_retention(months: int) -> None:
    """REV-80..85: 420 a month is in (5,040 a year), 410 is out, a customer without base is out."""
    land = Landing("R", RUN)
    for name, base, now in [("A", 1000, 1300), ("B", 2000, 1500), ("C", 600, 0), ("D", 420, 420), ("E", 410, 5000),
                            ("F", 0, 900)]:
        pay(land, land.account(name), [base * 100, *[base * 100] * (months - 1), now * 100])
    cell = one(run(land)["retention"], month_idx=NOW, window_months=months, scope="total")
    assert (cell["customers"], cell["base_cents"], cell["current_cents"], cell["capped_cents"]) == (
        4, 402_000, 322_000, 292_000)


@pytest.mark.parametrize(("monthly", "is_in"), [(41_666, False), (41_667, True)])
def test_retention_filter_is_inclusive(monthly: int, is_in: bool) -> None:
    """REV-80: 416.67 x 12 = 5,000.04 is in, 416.66 x 12 = 4,999.92 is out."""
    land = Landing("R", RUN)
    pay(land, land.account(), [monthly] * 4)
    cells = [row for row in run(land)["retention"] if row["month_idx"] == NOW and row["scope"] == "total"]
    assert len(cells) == int(is_in)


@pytest.mark.parametrize(("amounts", "adjusted", "state"), [
    (["1500", "1700", "4800", "1900"], "1600.00", "applied"),
    (["1500", "1700", "4800", "2400"], "1600.00", "applied"),
    (["1500", "1700", "4800", "2400.01"], "4800", None),
    (["1500", "1700", "3200", "0"], "3200", None),  # exactly 2 x average
    (["1500", "1700", "3200.01", "0"], "1600", "applied"),
    (["300", "300", "1299.99", "0"], "1299.99", None),  # up by 999.99
    (["300", "300", "1300", "0"], "300", "applied"),  # up by exactly 1,000
    (["0", "1700", "4800", "0"], "4800", None),  # paying begins with 1,700: only one month before (REV-45)
])
def test_example_s_spike(amounts: list[str], adjusted: str, state: str | None) -> None:
    """REV-44, REV-45."""
    land = Landing("S", RUN)
    pay(land, land.account(), [dollars(text) for text in amounts])
    tables = run(land)
    row = one(tables["adjusted_month"], scope="total", month_idx=NOW - 1)
    assert row["adjusted_cents"] == dollars(adjusted)
    assert row["unadjusted_cents"] == dollars(amounts[2])
    states = [step["state"] for step in tables["adjustment"] if step["rule"] == "REV-44" and step["scope"] == "total"]
    assert states == ([state] if state else [])


def test_example_s_pending_while_next_month_is_open() -> None:
    """REV-46: the last closed month waits, whatever the preview of the open month says."""
    land = Landing("S", RUN)
    pay(land, land.account(), [dollars(text) for text in ["1500", "1700", "4800", "0.01"]], last=RUN)
    tables = run(land)
    assert one(tables["adjusted_month"], scope="total", month_idx=NOW)["adjusted_cents"] == 480_000
    step = one(tables["adjustment"], rule="REV-44", scope="total")
    assert (step["state"], step["next_cents"]) == ("pending", None)


@pytest.mark.parametrize(("credit", "reason", "following", "adjusted"), [
    ("1700", "Incident Credit", "2100", "2000"),
    ("1000", "Incident Credit", "2100", "2000"),
    ("999.99", "Incident Credit", "2100", "300"),
    ("1700", "Incident Credit", "2099.99", "300"),
    ("1700", "Unwanted Spike", "2100", "300"),
])
def test_example_c_one_time_credit(credit: str, reason: str, following: str, adjusted: str) -> None:
    """REV-43, REV-49."""
    land = Landing("C", RUN)
    customer = land.account()
    pay(land, customer, [220_000, 200_000, 30_000, dollars(following)])
    land.credit(customer, NOW - 1, dollars(credit), reason)
    row = one(run(land)["adjusted_month"], scope="total", month_idx=NOW - 1)
    assert row["adjusted_cents"] == dollars(adjusted)


@pytest.mark.parametrize(("listed", "billed", "adjusted"), [
    ("10000", "8000", "10000"),
    ("8333.34", "6666.67", "8333.34"),
])
def test_example_a_annual_value(listed: str, billed: str, adjusted: str) -> None:
    """REV-42: billed / (1 - 20 %), half up."""
    land = Landing("A", parse_month("2026-03"))
    customer = land.account(billing_config="annual_upfront")
    month = parse_month("2026-02")
    land.contract(customer, first_day(month), first_day(month + 12), 200_000)
    land.month_invoice(customer, month, [("product_analytics", dollars(listed))], classification="annual",
                       discount_cents=dollars(listed) - dollars(billed))
    row = one(run(land, date(2026, 3, 5))["adjusted_month"], scope="total", month_idx=month)
    assert (row["unadjusted_cents"], row["adjusted_cents"]) == (dollars(billed), dollars(adjusted))


def test_example_a_move_to_prepaid_is_flat() -> None:
    """REV-42: 10,000 monthly, then prepaid at 20 %: unadjusted falls to 8,000, adjusted stays, stage flat."""
    land = Landing("A", RUN)
    customer = land.account(billing_config="paid")
    land.month_invoice(customer, NOW - 1, [("product_analytics", 1_000_000)])
    land.config(customer, midnight(first_day(NOW)), "annual_upfront")
    land.purchase(customer, first_day(NOW), 12, 12_000_000, 9_600_000, discount_ppm=200_000)
    row = one(run(land)["lifecycle"], scope="total", month_idx=NOW)
    assert (row["stage"], row["unadjusted_stage"], row["unadjusted_cents"]) == ("flat", "shrinking", 800_000)


@pytest.mark.parametrize(("start", "as_of", "total", "gap"), [
    (date(2025, 11, 1), AS_OF, "6666.67", 226_667),
    (date(2026, 1, 1), date(2026, 2, 5), "4400.00", 0),
])
def test_example_p_prepaid_on_both_bases(start: date, as_of: date, total: str, gap: int) -> None:
    """REV-8 before 2026, REV-9 from 2026 on, REV-10 always."""
    month = parse_month(f"{start:%Y-%m}")
    land = Landing("P", month + 1)
    customer = land.account(billing_config="annual_upfront")
    land.purchase(customer, start, 12, 10_000_000, 8_000_000, discount_ppm=200_000)
    land.month_invoice(customer, month, [("product_analytics", 420_000), ("session_replay", 130_000)],
                       classification="annual")
    tables = run(land, as_of)
    row = one(tables["customer_month"], month_idx=month)
    assert (row["total_cents"], row["usage_basis_cents"]) == (dollars(total), 440_000)
    assert row["basis_gap_cents"] == gap
    products = {row["product_key"]: row["mrr_cents"] for row in tables["product_month"] if row["month_idx"] == month}
    assert products == {"product_analytics": 336_000, "session_replay": 104_000}


def test_example_p_split() -> None:
    """REV-30."""
    rows = split(8_000_000, 12)
    assert rows == [666_667, 666_666, 666_667] * 4
    assert sum(rows) == 8_000_000


def test_example_m_amortized() -> None:
    """REV-12, REV-13: 45,000 a quarter is 15,000 a month; the usage invoice feeds products only."""
    land = Landing("M", RUN)
    customer = land.account(billing_config="annual_amortized")
    land.tables["provider_customers"] += [
        {"provider_customer_id": "pay", "customer_id": customer, "role": "credits"},
        {"provider_customer_id": "use", "customer_id": customer, "role": "usage"}]
    first = RUN - 6
    land.contract(customer, first_day(first), first_day(first + 6), 250_000)
    for charge in (first, first + 3):
        land.invoice(customer, midnight(first_day(charge)), midnight(first_day(charge) + timedelta(days=1)),
                     [(None, 4_500_000)], classification="annual", provider_customer_id="pay", type="completed")
    land.month_invoice(customer, NOW, [("product_analytics", 1_000_000), ("session_replay", 310_000)],
                       classification="annual", provider_customer_id="use")
    tables = run(land)
    totals = {row["month_idx"]: row["total_cents"] for row in tables["customer_month"]}
    assert [totals[first + k] for k in range(6)] == [1_500_000] * 6
    assert sum(row["mrr_cents"] for row in tables["product_month"] if row["month_idx"] == NOW) == 982_500


def test_example_t_tax_inside_total() -> None:
    """REV-2."""
    land = Landing("T", RUN)
    customer = land.account()
    land.month_invoice(customer, NOW, [("product_analytics", 90_000), ("session_replay", 30_000)], tax_cents=24_000)
    tables = run(land)
    row = one(tables["customer_month"], month_idx=NOW)
    assert (row["total_cents"], row["ex_tax_cents"]) == (144_000, 120_000)
    assert sum(row["mrr_cents"] for row in tables["product_month"] if row["month_idx"] == NOW) == 120_000


def test_example_u_startup_credit_runs_out() -> None:
    """REV-4, REV-5: nothing while the credit lasts; then the uncovered part, in proportion; that month is new."""
    land = Landing("U", RUN)
    customer = land.account(billing_config="startup", is_startup_plan_customer="true")
    land.grant(customer, first_day(NOW - 1), 280_000)
    land.month_invoice(customer, NOW - 1, [("product_analytics", 100_000)], classification="startup")
    land.month_invoice(customer, NOW, [("product_analytics", 200_000), ("session_replay", 100_000)],
                       classification="startup")
    tables = run(land)
    totals = {row["month_idx"]: (row["total_cents"], row["covered_cents"]) for row in tables["customer_month"]}
    assert totals[NOW - 1] == (0, 100_000)
    assert totals[NOW] == (120_000, 180_000)
    products = {row["product_key"]: row["mrr_cents"] for row in tables["product_month"] if row["month_idx"] == NOW}
    assert products == {"product_analytics": 80_000, "session_replay": 40_000}
    assert one(tables["lifecycle"], scope="total", month_idx=NOW)["stage"] == "new"


def test_example_w_waterfall() -> None:
    """REV-28, REV-29: balance credit of a standard customer counts; of an annual one it is the way of paying."""
    land = Landing("W", parse_month("2026-03"))
    month = parse_month("2026-02")
    standard, annual = land.account("s"), land.account("a", billing_config="annual_upfront")
    invoice = land.month_invoice(standard, month, [("product_analytics", 200_000)], credit_applied_cents=50_000)
    land.refund(invoice, 10_000)
    land.contract(annual, first_day(month), first_day(month + 12), 200_000)
    land.month_invoice(annual, month, [("product_analytics", 1_000_000)], classification="annual",
                       discount_cents=190_000, credit_applied_cents=810_000)
    tables = run(land, date(2026, 3, 5))
    rows = {row["customer_id"]: row for row in tables["customer_month"] if row["month_idx"] == month}
    columns = ("list_cents", "discount_cents", "credit_applied_cents", "refund_cents", "total_cents")
    assert [rows[standard][name] for name in columns] == [200_000, 0, 50_000, 10_000, 140_000]
    assert [rows[annual][name] for name in columns] == [1_000_000, 190_000, 0, 0, 810_000]


def test_example_k_cohort() -> None:
    """REV-87: the cap is the customer's own first month."""
    land = Landing("K", RUN)
    for name, first, later in [("a", 1000, 900), ("b", 500, 0), ("c", 2000, 2600)]:
        pay(land, land.account(name), [first * 100, *[first * 100] * 5, later * 100])
    cell = one(run(land)["cohort"], scope="total", age=6)
    assert (cell["customers"], cell["base_cents"], cell["current_cents"], cell["capped_cents"]) == (
        3, 350_000, 350_000, 290_000)


def test_example_z_window() -> None:
    """REV-69: 18 closed, one open, two forward."""
    shown = window(parse_month("2025-11"), DEFAULTS["revenue.lifecycle_history_months"],
                   DEFAULTS["revenue.lifecycle_forward_months"])
    assert shown[0] == (parse_month("2024-05"), "closed")
    assert shown[17:] == [(parse_month("2025-10"), "closed"), (parse_month("2025-11"), "open"),
                          (parse_month("2025-12"), "forward"), (parse_month("2026-01"), "forward")]


def test_example_f_forecast() -> None:
    """REV-102: day 12 of 30, 1.4 M events -> 3.5 M; graduated tiers -> 101.45."""
    units = projected_units(1_400_000, days_elapsed=12, days_in_period=30, last_full_units=0, min_days=3)
    assert units == 3_500_000
    tiers = [(1_000_000, 0, 0), (2_000_000, 500_000, 0), (15_000_000, 343_000, 0), (None, 295_000, 0)]
    assert graduated_price(units, tiers) == 10_145


def test_platform_package_comped() -> None:
    """REV-153: the package is worth 0 and stays out of the usage total when it is not charged against credit."""
    land = Landing("X", parse_month("2026-03"))
    month = parse_month("2026-02")
    customer = land.account(billing_config="annual_upfront")
    land.contract(customer, first_day(month), first_day(month + 12), 200_000, platform_package_charged_to_credits=False)
    land.month_invoice(customer, month, [("product_analytics", 100_000), (PACKAGE, 50_000)], classification="annual")
    tables = run(land, date(2026, 3, 5))
    assert one(tables["customer_month"], month_idx=month)["total_cents"] == 80_000
    assert one(tables["product_month"], month_idx=month, product_key=PACKAGE)["mrr_cents"] == 0
