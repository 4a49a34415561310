"""Sixteen subscription periods, worked out on paper first.

A period counts in a month when it runs at the end of the month's last day; its end is the day after its last day.
Months of 2024 by number, dollars:

            1     2     3     4     5     6     7     8     9    10    11    12   13 (2025-01)
 acorn    500   500   500   500   500   750   750   750   500   500   500   500  500    an add-on overlaps
 birch          1000  1000  1000  1000  1000  1200  1200  1200  1200  1200  1200 1200   replaced on one day, 31 July
 cedar    450   450   450   450     0     0   450   450   450   450     0     0    0    away in May and June
 dogwood                                                                                10 to 20 March: no month's end
 elm                416.67 416.67 416.67 416.66 416.66 416.66 416.66  0     0     0    0    its cent add-on ends 1 June
 fir                       800   600   600   600   600   600   600   600     0    0    last day 30 December
 ginkgo                                                                   2000 2000    begins on 31 December
 hazel           300   300   300   500   500   500   200   200   200   100   100  100   two overlap in May
 iris     417     0                                                                     one month
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.walk import Walk

PERIODS = """\
id,customer,start,end,mrr,product
s1,acorn,2024-01-01,,500.00,core
s2,acorn,2024-06-15,2024-09-15,250.00,addon
s3,birch,2024-02-29,2024-07-31,1000.00,core
s4,birch,2024-07-31,,1200.00,core
s5,cedar,2024-01-31,2024-05-31,450.00,core
s6,cedar,2024-07-01,2024-11-30,450.00,core
s7,dogwood,2024-03-10,2024-03-20,99.00,core
s8,elm,2024-03-01,2024-10-01,416.66,core
s9,elm,2024-03-01,2024-06-01,0.01,addon
s10,fir,2024-04-30,2024-05-01,800.00,core
s11,fir,2024-05-01,2024-12-31,600.00,core
s12,ginkgo,2024-12-31,,2000.00,addon
s13,hazel,2024-02-01,2024-08-01,300.00,core
s14,hazel,2024-05-01,2024-11-01,200.00,core
s15,hazel,2024-11-01,,100.00,addon
s16,iris,2024-01-01,2024-02-01,417.00,core
"""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    folder = tmp_path_factory.mktemp("periods")
    (folder / "periods.csv").write_text(PERIODS)
    walk = Walk(folder / "home", "2025-02-10")
    walk.bring("subscriptions", folder / "periods.csv")
    walk.build()
    return walk


def test_each_movement_of_the_total_to_the_cent(walk: Walk) -> None:
    """REV-60 to REV-66, REV-150."""
    moved = {(month, component): value for (month, product, component), value
             in walk.moved("2024-01", "2025-01").items() if product is None}
    assert moved == {
        ("2024-01", "new"): (3, "1367.00"),  # 500 + 450 + 417
        ("2024-02", "new"): (2, "1300.00"),  # birch 1000, from the leap day on; hazel 300
        ("2024-02", "retained"): (2, "950.00"),
        ("2024-02", "churned"): (1, "-417.00"),  # iris
        ("2024-03", "new"): (1, "416.67"),  # elm 416.66 + 0.01; dogwood counts in no month
        ("2024-03", "retained"): (4, "2250.00"),
        ("2024-04", "new"): (1, "800.00"),  # fir's one day holds the month's end
        ("2024-04", "retained"): (5, "2666.67"),
        ("2024-05", "retained"): (5, "3016.67"),  # 500 + 1000 + 416.67 + fir before 800 + hazel before 300
        ("2024-05", "expansion"): (1, "200.00"),  # hazel 300 -> 500
        ("2024-05", "contraction"): (1, "-200.00"),  # fir 800 -> 600
        ("2024-05", "churned"): (1, "-450.00"),  # cedar's end is 31 May: its last day was the 30th
        ("2024-06", "retained"): (5, "3016.67"),
        ("2024-06", "expansion"): (1, "250.00"),  # acorn's add-on
        ("2024-06", "contraction"): (1, "-0.01"),  # elm's add-on
        ("2024-07", "reactivated"): (1, "450.00"),  # cedar
        ("2024-07", "retained"): (5, "3266.66"),
        ("2024-07", "expansion"): (1, "200.00"),  # birch 1000 -> 1200: on 31 July only the new period runs
        ("2024-08", "retained"): (6, "3916.66"),
        ("2024-08", "contraction"): (1, "-300.00"),  # hazel 500 -> 200
        ("2024-09", "retained"): (6, "3616.66"),
        ("2024-09", "contraction"): (1, "-250.00"),  # acorn's add-on ended on 15 September
        ("2024-10", "retained"): (5, "2950.00"),
        ("2024-10", "churned"): (1, "-416.66"),  # elm
        ("2024-11", "retained"): (4, "2500.00"),  # 500 + 1200 + 600 + hazel before 200
        ("2024-11", "contraction"): (1, "-100.00"),  # hazel changes product on one day: 200 core -> 100 add-on
        ("2024-11", "churned"): (1, "-450.00"),  # cedar again: end 30 November, last day the 29th
        ("2024-12", "new"): (1, "2000.00"),  # ginkgo
        ("2024-12", "retained"): (3, "1800.00"),
        ("2024-12", "churned"): (1, "-600.00"),  # fir's last day was 30 December
        ("2025-01", "retained"): (4, "3800.00"),
    }


def test_a_product_has_stages_of_its_own(walk: Walk) -> None:
    """REV-67: hazel shrinks in total, leaves the core and is new in the add-on, all in November."""
    moved = walk.moved("2024-11", "2024-11")
    assert moved[("2024-11", "addon", "new")] == (1, "100.00")
    assert moved[("2024-11", "core", "churned")] == (2, "-650.00")  # hazel 200 + cedar 450
    assert moved[("2024-11", None, "contraction")] == (1, "-100.00")
    assert ("2024-11", None, "new") not in moved


def test_retention_of_three_six_and_twelve_months(walk: Walk) -> None:
    """REV-80 to REV-86, as of January 2025."""
    assert walk.kept("2025-01") == {
        # base October: acorn 500, birch 1200, cedar 450 (5400 a year), fir 600 (7200); hazel's 2400 is below 5000
        (3, None): (4, "2750.00", "1700.00", "1700.00", "61.82", "61.82"),  # 500 + 1200 of 2750
        (3, "core"): (4, "2750.00", "1700.00", "1700.00", "61.82", "61.82"),
        (3, "addon"): (0, "0.00", "0.00", "0.00", None, None),  # REV-84: nobody, so no rate
        # base July: acorn 750, birch 1200, cedar 450, fir 600, hazel 500; elm 416.66 x 12 = 4999.92 is 8 cents short
        (6, None): (5, "3500.00", "1800.00", "1800.00", "51.43", "51.43"),  # 500 + 1200 + 0 + 0 + 100
        (6, "core"): (5, "3250.00", "1700.00", "1700.00", "52.31", "52.31"),  # acorn 500, hazel 500 -> 0 in the core
        (6, "addon"): (1, "250.00", "0.00", "0.00", "0.00", "0.00"),  # acorn; ginkgo and hazel had no base
        # base January 2024: acorn 500, cedar 450, iris 417 x 12 = 5004
        (12, None): (3, "1367.00", "500.00", "500.00", "36.58", "36.58"),
        (12, "core"): (3, "1367.00", "500.00", "500.00", "36.58", "36.58"),
        (12, "addon"): (0, "0.00", "0.00", "0.00", None, None),
    }


def test_the_base_filter_one_cent_either_side(walk: Walk) -> None:
    """REV-80: elm's 416.67 x 12 = 5000.04 is in; a cent less, 4999.92, is out."""
    # base March: acorn 500, birch 1000, cedar 450, elm 416.67; hazel 300 is out. June: 750 + 1000 + 0 + 416.66
    assert walk.kept("2024-06")[(3, None)] == (4, "2366.67", "2166.66", "1916.66", "91.55", "80.99")
    # base June: acorn 750, birch 1000, fir 600, hazel 500; elm 416.66 is out. September: 500 + 1200 + 600 + 200
    assert walk.kept("2024-09")[(3, None)] == (4, "2850.00", "2500.00", "2300.00", "87.72", "80.70")


def test_cohorts_by_first_paying_month(walk: Walk) -> None:
    """REV-87, REV-89: January's cohort is acorn, cedar and iris."""
    rows = walk.ask("cohorts", "--from", "2024-01", "--to", "2024-01", "--product", "total")
    cells = {(r["kind"], r["age"]): r["value"] for r in rows}
    assert [cells[("ndr", age)] for age in range(14)] == [
        "100.00",  # 1367
        "69.50", "69.50", "69.50",  # 950
        "36.58",  # May, cedar away: 500
        "54.86",  # June: acorn with its add-on, 750
        "87.78", "87.78",  # July, August: 750 + 450 = 1200
        "69.50", "69.50",  # 950
        "36.58", "36.58", "36.58",  # 500
        None,  # February 2025 is not closed
    ]
    # GDR holds acorn at its 500: June 500, July 950
    assert [cells[("gdr", age)] for age in (4, 5, 6)] == ["36.58", "36.58", "69.50"]


def test_one_customer_month_by_month(walk: Walk) -> None:
    cedar = walk.months("cedar")
    assert [cedar[f"2024-{month:02d}"] for month in (4, 5, 7, 10, 11)] == [
        ("450.00", "flat"), ("0.00", "churned"), ("450.00", "reactivated"), ("450.00", "flat"), ("0.00", "churned")]
    assert "2024-06" not in cedar or cedar["2024-06"][1] == "inactive"  # REV-66: no stage while away
    elm = walk.months("elm", series="adjusted", product="addon")
    assert elm["2024-05"] == ("0.01", "flat")
    assert elm["2024-06"] == ("0.00", "churned")


def test_gainers_and_losers_of_december(walk: Walk) -> None:
    """REV-100."""
    rows = walk.ask("movers", "--month", "2024-12")
    columns = ("side", "rank", "customer_id", "previous", "current", "delta", "stage")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("gainer", 1, "ginkgo", "0.00", "2000.00", "2000.00", "new"),
        ("loser", 1, "fir", "600.00", "0.00", "-600.00", "churned"),
    ]


def test_the_open_month_is_not_read_as_churn(walk: Walk) -> None:
    """REV-69: running subscriptions are forecast on; what has ended stays ended."""
    assert walk.moved("2025-02", "2025-04") == {
        (month, product, "retained"): value for month in ("2025-02", "2025-03", "2025-04")
        for product, value in ((None, (4, "3800.00")), ("core", (2, "1700.00")), ("addon", (2, "2100.00")))}


@pytest.mark.parametrize("spelling", [
    PERIODS.replace("\n", "\r\n"),
    "\ufeff" + PERIODS,
    PERIODS.replace(",", ";"),
    PERIODS.replace("-", "/"),  # year first: one reading only
], ids=["crlf", "bom", "semicolons", "slashes"])
def test_other_spellings_of_the_file_give_the_same_figures(spelling: str, walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "periods.csv").write_bytes(spelling.encode())
    other = Walk(tmp_path / "home", walk.as_of)
    other.bring("subscriptions", tmp_path / "periods.csv")
    other.build()
    assert other.moved("2024-01", "2025-01") == walk.moved("2024-01", "2025-01")


def test_again_changes_nothing_and_a_dry_run_stores_nothing(walk: Walk, tmp_path: Path) -> None:
    (tmp_path / "periods.csv").write_text(PERIODS)
    fresh = Walk(tmp_path / "home", walk.as_of)
    assert "3466.67" in fresh.bring("subscriptions", tmp_path / "periods.csv", "--dry-run")  # April's MRR
    assert not list((tmp_path / "home").rglob("*.parquet"))
    assert "nothing was changed" not in fresh.bring("subscriptions", tmp_path / "periods.csv")
    assert "nothing was changed" in fresh.bring("subscriptions", tmp_path / "periods.csv")
