"""The parameters of the requirements as plain values. Money in cents, shares as fractions, months as indexes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .arithmetic import parse_month

DEFAULTS: dict[str, Any] = {
    "revenue.annual_total_basis": [(0, "straight_line"), (parse_month("2026-01"), "usage")],
    "revenue.spike_multiple": Fraction(2),
    "revenue.spike_lookback_months": 2,
    "revenue.spike_min_increase": 100_000,
    "revenue.spike_drop_share": Fraction(1, 2),
    "revenue.credit_override_share": Fraction(1, 2),
    "revenue.credit_override_classes": ("promo", "outage", "billing_correction"),
    "revenue.credit_reason_classes": {
        "Promo Credit": "promo",
        "Incident Credit": "outage",
        "Bug Credit": "billing_correction",
        "First Big Bill": "none",
        "Unwanted Spike": "none",
        "Trial Accommodation": "none",
        "Other": "none",
    },
    "revenue.refund_reason_classes": {"billing_error": "billing_correction", "platform_bug": "billing_correction"},
    "revenue.retention_windows": (3, 6, 12),
    "revenue.retention_min_base_arr": 500_000,
    "revenue.cohort_min_base_arr": 0,
    "revenue.lifecycle_history_months": 18,
    "revenue.lifecycle_forward_months": 2,
    "revenue.arr_multiple": 12,
    "revenue.gainers_losers_limit": 25,
    "revenue.forecast_min_days": 3,
    "revenue.first_payment_min_forecast": 100,
    "revenue.usage_alert_change": Fraction(1, 2),
    "revenue.usage_alert_min_mrr": 100_000,
}


def basis_of(params: dict[str, Any], month: int) -> str:
    """The annual total basis in force for a month: the latest value whose first month has come."""
    found = ""
    for from_month, value in sorted(params["revenue.annual_total_basis"]):
        if from_month <= month:
            found = value
    return found
