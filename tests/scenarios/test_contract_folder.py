"""Seven customers in a contract folder, one for each way in which revenue is not what was billed. Worked out on paper.

Unadjusted and, where it differs, (adjusted) dollars:

       2025-08   09      10                11                12                2026-01         02 and 03
 oak    2200    2000     300 (2000)       2100              2100              2100            2100
 ivy     700     700     700               700               700               700             700
 ash    1500    1700    4800 (1600)       1900              1900              1900            1900
 bay    1440    1440    1440              1440              1340              1440            1440
 elm                    6666.67 (8333.34) 6666.66 (8333.33) 6666.67 (8333.34) 4400 (5500)     4400 (5500)
 fig                       0              1200              3600              3600            3600
 gum                    5000 (0)          5000 (0)             0

 oak  an Incident Credit of 1700 on October's 2000: 1700 >= 1000, and November's 2100 >= (2200 + 2000) / 2 (REV-43)
 ivy  moved from EU to US on 1 December: one customer after the merge (REV-40)
 ash  October 4800 > 2 x 1600, 3200 above it, November 1900 <= 2400 (REV-44)
 bay  900 + 300 + 240 tax; 100 of December's session replay given back out of goodwill (REV-2, REV-34)
 elm  80,000 for 100,000 of credit, 12 months from 21 September; from 2026 usage (4200 + 1300) x 0.8; / 0.8 (REV-42)
 fig  4800 of startup credit; 3000 a month: left 1800, then 1200 uncovered, then 3000 + 600 tax (REV-4 to REV-6)
 gum  flagged as a trial for its two months (REV-41)
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scenarios.walk import Walk

MONTHS = ("2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04")
CORE, ANALYTICS, REPLAY = "core", "product_analytics", "session_replay"


def _bills() -> list[tuple[str, str, str, dict[str, str], str, str]]:
    """(customer, month, classification, product -> dollars, tax, balance credit)."""
    bills: list[tuple[str, str, str, dict[str, str], str, str]] = []
    oak = ("2200.00", "2000.00", "2000.00", *["2100.00"] * 5)
    ash = ("1500.00", "1700.00", "4800.00", *["1900.00"] * 5)
    for i, month in enumerate(MONTHS[:-1]):
        bills.append(("oak", month, "standard", {CORE: oak[i]}, "0", "1700.00" if month == "2025-10" else "0"))
        bills.append(("ash", month, "standard", {CORE: ash[i]}, "0", "0"))
        bills.append(("ivy_us" if i >= 4 else "ivy_eu", month, "standard", {CORE: "700.00"}, "0", "0"))
        bills.append(("bay", month, "standard", {ANALYTICS: "900.00", REPLAY: "300.00"}, "240.00", "0"))
        if i >= 2:
            bills.append(("elm", month, "annual", {ANALYTICS: "4200.00", REPLAY: "1300.00"}, "0", "0"))
            tax = "600.00" if i >= 4 else "0"
            bills.append(("fig", month, "startup", {ANALYTICS: "2000.00", REPLAY: "1000.00"}, tax, "0"))
        if i in (2, 3):
            bills.append(("gum", month, "standard", {CORE: "5000.00"}, "0", "0"))
    return bills


def _write(folder: Path, table: str, header: str, rows: Sequence[Sequence[str]]) -> None:
    with (folder / f"{table}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("contract")
    _write(folder, "accounts", "customer_id,name,billing_config,is_startup_plan_customer,credit_expires_at",
           [[who, who.title(), "paid", "", ""] for who in ("oak", "ash", "ivy_us", "ivy_eu", "bay", "gum")]
           + [["elm", "Elm", "annual_upfront", "", ""], ["fig", "Fig", "startup", "true", "2026-12-31T00:00:00Z"]])
    _write(folder, "products", "product_key", [[CORE], [ANALYTICS], [REPLAY]])
    bills = _bills()
    _write(folder, "invoices", "invoice_id,customer_id,type,classification,status,period_start,period_end,tax_amount,"
           "credit_applied_amount",
           [[f"{who}/{month}", who, "completed", kind, "paid", f"{month}-01", f"{MONTHS[MONTHS.index(month) + 1]}-01",
             tax, credit] for who, month, kind, _, tax, credit in bills])
    _write(folder, "invoice_lines", "line_id,invoice_id,product_key,net_amount",
           [[f"{who}/{month}/{key}", f"{who}/{month}", key, amount]
            for who, month, _, products, _, _ in bills for key, amount in products.items()])
    _write(folder, "refunds", "refund_id,invoice_id,product_key,amount,reason",
           [["r1", "bay/2025-12", REPLAY, "100.00", "goodwill"]])
    _write(folder, "credit_events", "credit_event_id,customer_id,amount,reason,month",
           [["c1", "oak", "1700.00", "Incident Credit", "2025-10"]])
    _write(folder, "contracts", "contract_id,customer_id,start_date,end_date,discount_percent",
           [["k1", "elm", "2025-09-21", "2026-09-21", "20"]])
    _write(folder, "credit_purchases", "purchase_id,customer_id,contract_id,kind,list_credit_amount,discount_percent,"
           "price_paid_amount,start_date,term_months,status,expires_at",
           [["p1", "elm", "k1", "purchase", "100000.00", "20", "80000.00", "2025-09-21", "12", "paid", ""],
            ["p2", "fig", "", "startup_grant", "4800.00", "", "0", "2025-10-01", "15", "paid", "2026-12-31T00:00:00Z"]])
    _write(folder, "trial_flags", "customer_id,from_month,to_month,set_by", [["gum", "2025-10", "2025-11", "sales"]])
    _write(folder, "merges", "source_customer_id,canonical_customer_id,kind,note",
           [["ivy_eu", "ivy_us", "region_migration", "moved to the US region"]])
    walk = Walk(folder / "home", "2026-04-10")
    walk.bring("contract", folder)
    walk.build()
    return walk


def _total(walk: Walk, series: str, first: str, last: str) -> dict[tuple[str, str], tuple[int, str]]:
    rows = walk.ask("movements", "--from", first, "--to", last, "--product", "total", "--series", series)
    return {(r["month"], r["component"]): (r["customers"], r["amount"]) for r in rows if r["customers"]}


def test_the_adjusted_movements_to_the_cent(walk: Walk) -> None:
    assert _total(walk, "adjusted", "2025-08", "2026-03") == {
        ("2025-08", "new"): (4, "5840.00"),  # 2200 + 700 + 1500 + 1440
        ("2025-09", "retained"): (4, "5840.00"),
        ("2025-09", "expansion"): (1, "200.00"),  # ash
        ("2025-09", "contraction"): (1, "-200.00"),  # oak
        ("2025-10", "new"): (1, "8333.34"),  # elm: 6666.67 / 0.8 = 8333.3375; gum is a trial
        ("2025-10", "retained"): (4, "5840.00"),  # oak stays at 2000 in spite of its credit
        ("2025-10", "contraction"): (1, "-100.00"),  # ash 1700 -> 1600 in place of its spike
        ("2025-11", "new"): (1, "1200.00"),  # fig's credit ran out
        ("2025-11", "retained"): (5, "14073.34"),  # 2000 + 700 + 1600 + 1440 + 8333.34
        ("2025-11", "expansion"): (2, "400.00"),  # oak 100, ash 300
        ("2025-11", "contraction"): (1, "-0.01"),  # elm: 6666.66 / 0.8 = 8333.325, half up 8333.33
        ("2025-12", "retained"): (6, "15673.33"),  # 2100 + 700 + 1900 + 1440 + 8333.33 + 1200; ivy's move is no churn
        ("2025-12", "expansion"): (2, "2400.01"),  # fig 1200 -> 3600 with tax; elm's cent
        ("2025-12", "contraction"): (1, "-100.00"),  # bay's refund
        # REV-158: December's elm is read on January's basis, 5500, so the switch is neither churn nor contraction
        ("2026-01", "retained"): (6, "15140.00"),  # 2100 + 700 + 1900 + 1340 + 5500 + 3600
        ("2026-01", "expansion"): (1, "100.00"),  # bay
        ("2026-02", "retained"): (6, "15240.00"),
        ("2026-03", "retained"): (6, "15240.00"),
    }


def test_the_unadjusted_movements_keep_credit_spike_and_trial(walk: Walk) -> None:
    """REV-50, REV-51."""
    assert _total(walk, "unadjusted", "2025-10", "2026-01") == {
        ("2025-10", "new"): (2, "11666.67"),  # elm 6666.67, gum 5000
        ("2025-10", "retained"): (4, "5840.00"),
        ("2025-10", "expansion"): (1, "3100.00"),  # ash 1700 -> 4800
        ("2025-10", "contraction"): (1, "-1700.00"),  # oak
        ("2025-11", "new"): (1, "1200.00"),
        ("2025-11", "retained"): (6, "18906.67"),  # before: 300 + 700 + 4800 + 1440 + 6666.67 + 5000
        ("2025-11", "expansion"): (1, "1800.00"),
        ("2025-11", "contraction"): (2, "-2900.01"),
        ("2025-12", "retained"): (6, "14006.66"),  # 2100 + 700 + 1900 + 1440 + 6666.66 + 1200
        ("2025-12", "expansion"): (2, "2400.01"),
        ("2025-12", "contraction"): (1, "-100.00"),
        ("2025-12", "churned"): (1, "-5000.00"),  # gum
        ("2026-01", "retained"): (6, "14040.00"),  # elm 4400 on both months
        ("2026-01", "expansion"): (1, "100.00"),
    }


def test_retention_before_and_across_the_switch_of_the_annual_basis(walk: Walk) -> None:
    """REV-80 to REV-82, REV-158."""
    # base September: 2000 + 700 + 1700 + 1440; December: 2100 + 700 + 1900 + 1340
    assert walk.kept("2025-12")[(3, None)] == (4, "5840.00", "6040.00", "5740.00", "103.42", "98.29")
    # base October, adjusted and on usage: 2000 + 700 + 1600 + 1440 + 5500; January: 2100 + 700 + 1900 + 1440 + 5500
    assert walk.kept("2026-01")[(3, None)] == (5, "11240.00", "11640.00", "11240.00", "103.56", "100.00")
    # base November: 2100 + 700 + 1900 + 1440 + 5500 + 1200; February: 15240
    assert walk.kept("2026-02")[(3, None)] == (6, "12840.00", "15240.00", "12840.00", "118.69", "100.00")


def test_what_one_customer_page_shows(walk: Walk) -> None:
    elm = walk.months("elm")
    assert [elm[month] for month in ("2025-10", "2025-12", "2026-01")] == [
        ("6666.67", "new"), ("6666.67", "growing"), ("4400.00", "flat")]
    assert walk.months("elm", product=ANALYTICS)["2025-10"] == ("3360.00", "new")
    assert walk.months("elm", "adjusted", ANALYTICS)["2025-10"] == ("4200.00", "new")  # 3360 / 0.8
    fig = walk.months("fig", product=REPLAY)
    assert (fig["2025-11"], fig["2025-12"]) == (("400.00", "new"), ("1000.00", "growing"))
    bay = walk.months("bay", product=REPLAY)
    assert (bay["2025-12"], walk.months("bay")["2025-12"]) == (("200.00", "shrinking"), ("1340.00", "shrinking"))
    ivy = walk.months("ivy_eu")  # a merged id leads to the customer that stayed
    assert {stage for month, (_, stage) in ivy.items() if "2025-09" <= month <= "2026-03"} == {"flat"}


def test_an_open_month_without_previews_is_not_mass_churn(walk: Walk) -> None:
    """REV-69, REV-104: no row has come for April yet. Nothing is stated of it, least of all that all have left."""
    for words in (("movements",), ("movements", "--rates"), ("summary",), ("lifecycle",)):
        assert max(row["month"] for row in walk.ask(*words)) == "2026-03", words
    assert {row["month"] for row in walk.ask("movers")} <= {"2026-03"}
    for words in (("movements", "--from", "2026-04"), ("movers", "--month", "2026-04")):
        assert "no rows for 2026-04 yet" in walk.run("revenue", *words, code=3)
