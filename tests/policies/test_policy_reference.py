"""The reference policies say what the revenue requirements say, value by value, and cite where it comes from."""

from __future__ import annotations

from datetime import date

import pytest

from hedgerow.policies.loader import reference_policies
from hedgerow.policies.tree import plain

POLICIES = reference_policies()
CLASSES = {"Promo Credit": "promo", "Incident Credit": "outage", "Bug Credit": "billing_correction",
           "First Big Bill": "none", "Unwanted Spike": "none", "Trial Accommodation": "none", "Other": "none"}
REFUNDS = {"billing_error": "billing_correction", "platform_bug": "billing_correction", "learning_curve": "none",
           "unexpected_stardom": "none", "under_attack": "none", "wrong_setup": "none", "goodwill": "none",
           "other": "none"}

EXPECTED = {
    "mrr_includes_tax_paid": (True, "flag", "customer-billing-configurations#paid-plan"),
    "mrr_includes_tax_annual": (False, "flag", "decision"),
    "annual_total_basis": ("usage", "basis", "customer-billing-configurations-newer"),
    "startup_mrr_on_credits": ("0", "USD", "customer-billing-configurations#start-up"),
    "platform_package_charged": (True, "flag", "decision"),
    "spike_multiple": ("2", "multiple", "revenue-adjustments#2"),
    "spike_lookback_months": (2, "months", "revenue-adjustments#2"),
    "spike_min_increase": ("1000", "USD", "revenue-adjustments#2"),
    "spike_drop_share": ("0.5", "share", "revenue-adjustments#2"),
    "spike_increase_reference": ("average_of_previous_months", "reference", "decision"),
    "spike_replacement": ("average_of_previous_months", "reference", "decision"),
    "credit_override_share": ("0.5", "share", "revenue-adjustments#5"),
    "credit_override_recovery": ("average_of_previous_months", "reference", "revenue-adjustments#5"),
    "credit_override_classes": (["promo", "outage", "billing_correction"], "classes", "revenue-adjustments#5"),
    "credit_reason_classes": (CLASSES, "class by reason", "decision"),
    "refund_reason_classes": (REFUNDS, "class by reason", "decision"),
    "trial_flag_max_days": (60, "days", "decision"),
    "retention_windows": (["3", "6", "12"], "months", "retention-metrics#how"),
    "retention_min_base_arr": ("5000", "USD", "retention-metrics#how"),
    "cohort_min_base_arr": ("0", "USD", "decision"),
    "arr_multiple": (12, "x MRR", "decision"),
    "lifecycle_history_months": (18, "months", "lifecycle-analysis#notes"),
    "lifecycle_forward_months": (2, "months", "lifecycle-analysis#notes"),
    "reactivation_min_gap": (1, "months", "lifecycle-analysis#notes"),
    "shrink_cause_min": ("100", "USD", "decision"),
    "cause_list": (["usage_fluctuation", "dissatisfaction", "competitive_pressure", "one_off", "other"], "causes",
                   "lifecycle-analysis#stages"),
    "gainers_losers_limit": (25, "rows", "decision"),
    "usage_alert_change": ("50", "percent", "lead-scoring#product-led"),
    "usage_alert_min_mrr": ("1000", "USD", "lead-scoring#product-led"),
    "first_payment_min_forecast": ("1", "USD", "automations#segments"),
    "forecast_min_days": (3, "days", "decision"),
    "forecast_conversion_months": (3, "months", "decision"),
    "vanished_share_max": ("20", "percent", "decision"),
    "vanished_min_customers": (10, "customers", "decision"),
    "close_day": (5, "day of month", "decision"),
    "refresh_cadence": ("hourly", "cadence", "revenue-views#caveats"),
    "metric_subjects": (["mrr", "arr", "nrr", "gdr", "logo_retention", "paying_customers"], "words",
                        "metric-conventions#1"),
    "metric_methods": (["current", "monthly", "quarterly", "monthly_rolling", "quarterly_annualized"], "words",
                       "metric-conventions#1"),
    "metric_segments": (["managed", "ever_core"], "words", "metric-conventions#1"),
    "metric_units": (["usd", "percent", "count"], "words", "metric-conventions#1"),
    "metric_unit_words": (["usd", "dollars", "percent", "pct"], "words", "metric-conventions#1"),
    "metric_workflow_words": (["dashboard", "board", "growth_review"], "words", "metric-conventions#1"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_newest_value_with_its_unit_and_citation(name: str) -> None:
    parameter = POLICIES.parameter(f"revenue.{name}")
    last = parameter.values[-1]
    assert (plain(last.value), parameter.unit, last.cite) == EXPECTED[name]


def test_the_revenue_policy_holds_these_and_no_other() -> None:
    held = {name.removeprefix("revenue.") for name in POLICIES.names() if name.startswith("revenue.")}
    assert held == set(EXPECTED)


@pytest.mark.parametrize(("day", "basis"), [(date(2025, 12, 31), "straight_line"), (date(2026, 1, 1), "usage")])
def test_the_basis_of_annual_plans_switches_with_2026(day: date, basis: str) -> None:
    """REV-8 up to 2025-12, REV-9 from 2026-01."""
    assert POLICIES.params(day, day).text("revenue.annual_total_basis") == basis


@pytest.mark.parametrize("name", POLICIES.names())
def test_every_value_says_its_rule_its_page_and_why(name: str) -> None:
    parameter = POLICIES.parameter(name)
    assert parameter.rules or name.startswith("policy.")
    assert all(value.cite for value in parameter.values)
    assert parameter.cite != "decision" or parameter.note
    assert parameter.label[0].isupper()
    assert not parameter.label.endswith(".")
    assert all(value.recorded_on <= value.valid_from for value in parameter.values)


@pytest.mark.parametrize("name", ["catalog.tiers_product_analytics", "catalog.tiers_person_profiles"])
def test_price_tiers_rise_in_bound_and_end_open(name: str) -> None:
    bounds = list(POLICIES.params(date(2026, 1, 1), date(2026, 1, 1)).mapping(name))
    assert bounds[-1] == "above"
    assert [int(bound) for bound in bounds[:-1]] == [1_000_000, 2_000_000, 15_000_000, 50_000_000, 100_000_000,
                                                     250_000_000]


def test_the_tiers_price_the_worked_example() -> None:
    """Example F: 3,500,000 events cost 50.00 + 1,500,000 x 0.0000343 = 101.45."""
    tiers = POLICIES.params(date(2026, 1, 1), date(2026, 1, 1)).mapping("catalog.tiers_product_analytics")
    assert (tiers["1000000"], tiers["2000000"], tiers["15000000"]) == ("0", "0.00005", "0.0000343")
