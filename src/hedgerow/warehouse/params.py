"""Policy values as tables and whole numbers, so that SQL models read the same policy as decisions do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from hedgerow.kernel.calendar import MonthIdx
from hedgerow.kernel.params import Params

if TYPE_CHECKING:
    import pyarrow as pa

PARAMETER_TABLES = ("policy_month", "reason_class", "override_class", "retention_window")


@dataclass(frozen=True)
class RunMonths:
    """The months a build covers: from the first month with data to the last forward month."""

    first: MonthIdx
    run: MonthIdx
    last: MonthIdx

    @classmethod
    def of(cls, first: MonthIdx, as_of: date, params: Params) -> RunMonths:
        run = MonthIdx.of(as_of)
        return cls(min(first, run), run, run + params.integer("revenue.lifecycle_forward_months"))

    def status(self, month: MonthIdx) -> str:
        return "closed" if month < self.run else "open" if month == self.run else "forward"

    def __iter__(self):  # type: ignore[no-untyped-def]
        return (MonthIdx(idx) for idx in range(self.first.idx, self.last.idx + 1))


def whole(value: Decimal, scale: int) -> int:
    """An exact scaled integer; a policy value finer than the scale is an error, never rounded."""
    scaled = value * scale
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more decimals than the engine keeps (1/{scale})")
    return int(scaled)


def model_values(params: Params) -> dict[str, int]:
    """Whole numbers that stand in models as ``:name``: counts, cents and millionths in force on the run's day."""
    return {
        "spike_lookback_months": params.integer("revenue.spike_lookback_months"),
        "reactivation_min_gap": params.integer("revenue.reactivation_min_gap"),
        "gainers_losers_limit": params.integer("revenue.gainers_losers_limit"),
        "forecast_min_days": params.integer("revenue.forecast_min_days"),
        "trial_flag_max_days": params.integer("revenue.trial_flag_max_days"),
        "first_payment_min_cents": whole(params.decimal("revenue.first_payment_min_forecast"), 100),
        "usage_alert_change_ppm": whole(params.decimal("revenue.usage_alert_change"), 10_000),
        "usage_alert_min_cents": whole(params.decimal("revenue.usage_alert_min_mrr"), 100),
    }


def parameter_tables(params: Params, months: RunMonths) -> dict[str, pa.Table]:
    """``policy_month`` (one row a month with the thresholds in force on its first day) and the lists."""
    import pyarrow as pa

    rows = [_month_row(params, month, months.status(month)) for month in months]
    classes = {"credit": "revenue.credit_reason_classes", "refund": "revenue.refund_reason_classes"}
    reasons = [(reason, source, adjustment)
               for source, name in classes.items()
               for reason, adjustment in params.mapping(name).items()]
    return {
        "policy_month": pa.Table.from_pylist(rows, schema=_month_schema()),
        "reason_class": pa.table({
            "reason": pa.array([r[0] for r in reasons], pa.string()),
            "reason_source": pa.array([r[1] for r in reasons], pa.string()),
            "adjustment_class": pa.array([r[2] for r in reasons], pa.string()),
        }),
        "override_class": pa.table({
            "adjustment_class": pa.array(params.items("revenue.credit_override_classes"), pa.string())}),
        "retention_window": pa.table({
            "window_months": pa.array([int(w) for w in params.items("revenue.retention_windows")], pa.int32())}),
    }


def _month_row(params: Params, month: MonthIdx, status: str) -> dict[str, object]:
    from datetime import datetime, time, timedelta

    day = month.first_day

    def cents(name: str) -> int:
        return whole(params.decimal(name, on=day), 100)

    def millionths(name: str) -> int:
        return whole(params.decimal(name, on=day), 1_000_000)

    return {
        "month_idx": month.idx, "month": str(month), "days": month.days, "status": status,
        "month_start": datetime.combine(day, time()), "month_end": datetime.combine((month + 1).first_day, time()),
        "annual_basis": params.text("revenue.annual_total_basis", on=day),
        "includes_tax_paid": int(params.boolean("revenue.mrr_includes_tax_paid", on=day)),
        "includes_tax_annual": int(params.boolean("revenue.mrr_includes_tax_annual", on=day)),
        "spike_multiple_ppm": millionths("revenue.spike_multiple"),
        "spike_min_increase_cents": cents("revenue.spike_min_increase"),
        "spike_drop_ppm": millionths("revenue.spike_drop_share"),
        "credit_override_ppm": millionths("revenue.credit_override_share"),
        "retention_min_base_cents": cents("revenue.retention_min_base_arr"),
        "cohort_min_base_cents": cents("revenue.cohort_min_base_arr"),
        "arr_multiple": params.integer("revenue.arr_multiple", on=day),
        "as_of": params.as_of,
        "trial_flag_since": params.as_of - timedelta(days=params.integer("revenue.trial_flag_max_days")),
    }


def _month_schema() -> pa.Schema:
    import pyarrow as pa

    small, big, text, instant = pa.int32(), pa.int64(), pa.string(), pa.timestamp("us")
    return pa.schema([
        ("month_idx", small), ("month", text), ("days", small), ("status", text),
        ("month_start", instant), ("month_end", instant), ("annual_basis", text),
        ("includes_tax_paid", big), ("includes_tax_annual", big), ("spike_multiple_ppm", big),
        ("spike_min_increase_cents", big), ("spike_drop_ppm", big), ("credit_override_ppm", big),
        ("retention_min_base_cents", big), ("cohort_min_base_cents", big), ("arr_multiple", big),
        ("as_of", pa.date32()), ("trial_flag_since", pa.date32()),
    ])
