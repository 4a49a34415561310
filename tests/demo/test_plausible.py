"""A company that could exist: growth, retention, churn and sizes, added up from the rows the naive way."""

from __future__ import annotations

from collections import Counter

import pytest

from .reading import Tables, cents, monthly_totals, plus, written

MONTHS = [plus("2024-12", k) for k in range(23)]  # all closed months shown on 22 November 2026


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return written(tmp_path_factory.mktemp("company"), accounts=900, seed=7)


@pytest.fixture(scope="module")
def totals(company: Tables) -> dict[str, Counter[str]]:
    return monthly_totals(company)


def total(totals: dict[str, Counter[str]], month: str) -> int:
    return sum(months[month] for months in totals.values())


def test_grows_a_few_dozen_percent_a_year(totals: dict[str, Counter[str]]) -> None:
    for end in MONTHS[-3:]:
        assert 1.15 < total(totals, end) / total(totals, plus(end, -12)) < 1.70, end


def test_net_retention_is_above_and_gross_below_a_hundred(totals: dict[str, Counter[str]]) -> None:
    """Accounts of at least 5,000 a year in the base month (REV-80)."""
    for end in MONTHS[-3:]:
        both = [(months[plus(end, -12)], months[end]) for months in totals.values()]
        pairs = [pair for pair in both if pair[0] * 12 >= 500_000]
        base = sum(before for before, _ in pairs)
        assert 1.0 < sum(now for _, now in pairs) / base < 1.35, end
        assert 0.80 < sum(min(pair) for pair in pairs) / base < 1.0, end


def test_monthly_churn_is_a_few_percent_at_most(totals: dict[str, Counter[str]]) -> None:
    rates = []
    for month in MONTHS[1:]:
        gone = sum(months[plus(month, -1)] for months in totals.values() if months[month] <= 0)
        rates.append(gone / total(totals, plus(month, -1)))
    assert max(rates) < 0.06
    assert 0.001 < sum(rates) / len(rates) < 0.03


def test_there_is_always_somebody_new(totals: dict[str, Counter[str]]) -> None:
    firsts = Counter(min(month for month, value in months.items() if value > 0)
                     for months in totals.values() if any(value > 0 for value in months.values()))
    assert all(firsts[month] >= 1 for month in MONTHS[1:])


def test_most_accounts_pay_nothing_and_a_few_pay_much(company: Tables, totals: dict[str, Counter[str]]) -> None:
    paid = sorted((months[MONTHS[-1]] for months in totals.values() if months[MONTHS[-1]] > 0), reverse=True)
    assert 0.25 < len(paid) / len(company["accounts"]) < 0.45
    tenth = len(paid) // 10
    assert 0.40 < sum(paid[:tenth]) / sum(paid) < 0.80
    assert 10_000 < paid[len(paid) // 2] < 100_000


def test_several_products_regions_and_segments(company: Tables) -> None:
    net: Counter[str] = Counter()
    for line in company["invoice_lines"]:
        net[line["product_key"]] += cents(line["net_amount"])
    for product in ("product_analytics", "session_replay", "feature_flags", "error_tracking", "data_warehouse",
                    "surveys", "platform_package"):
        assert net[product] > 0.01 * sum(net.values()), product
    segments = Counter(row["segment"] for row in company["accounts"])
    assert segments["self_serve"] > segments["small_business"] > segments["mid_market"] > segments["enterprise"] > 3
    assert 0.2 < sum(row["region"] == "EU" for row in company["accounts"]) / len(company["accounts"]) < 0.5


def test_owners_change_and_leave_a_trail(company: Tables) -> None:
    held = Counter(row["customer_id"] for row in company["assignments"])
    assert max(held.values()) == 2
    ended = [row for row in company["assignments"] if row["to_date"]]
    assert len(ended) > 20
    starts = {(row["customer_id"], row["from_date"]) for row in company["assignments"]}
    assert all((row["customer_id"], row["to_date"]) in starts for row in ended)


def test_no_name_of_a_company_can_be_mailed(company: Tables) -> None:
    """Domains end in .example, which is reserved."""
    assert all(row["domain"].endswith(".example") for row in company["accounts"])
    assert all(row["email"].endswith(".example") for row in company["users"])
