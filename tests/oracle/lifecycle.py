"""Stages and movements (section E, REV-150), month by month, each month compared on its own basis."""

from __future__ import annotations

from collections import defaultdict

from .adjustments import Ledger
from .identity import Row

STAGES = ("new", "reactivated", "flat", "growing", "shrinking", "churned", "inactive")
COMPONENTS = ("new", "reactivated", "retained", "expansion", "contraction", "churned", "baseline")


def floored(values: dict[int, int], month: int) -> int:
    """Stages need amounts of zero or more; a month without a row is 0."""
    return max(values.get(month, 0), 0)


def stage(previous: int, now: int, *, paid_before: bool) -> str:
    """REV-60 to REV-66. `paid_before`: some earlier month was above 0."""
    if now > 0 and not paid_before:
        return "new"
    if now > 0 and previous == 0:
        return "reactivated"
    if now == 0:
        return "churned" if previous > 0 else "inactive"
    if now == previous:
        return "flat"
    return "growing" if now > previous else "shrinking"


def stage_of(values: dict[int, int], month: int) -> tuple[str, int, int]:
    """(stage, previous, now), from the full history before the month (REV-68)."""
    previous, now = floored(values, month - 1), floored(values, month)
    paid_before = any(cents > 0 for idx, cents in values.items() if idx < month)
    return stage(previous, now, paid_before=paid_before), previous, now


def lifecycle_rows(ledgers: dict[str, Ledger]) -> list[Row]:
    rows = []
    for ledger in ledgers.values():
        for scope in ledger.scopes:
            for month in ledger.months:
                series = ledger.on_basis_of(month)
                name, previous, now = stage_of(series.adjusted[scope], month)
                raw_name, raw_previous, raw = stage_of(series.unadjusted[scope], month)
                if name == raw_name == "inactive":
                    continue
                rows.append({
                    "scope": scope, "customer_id": ledger.customer_id, "month_idx": month, "stage": name,
                    "prev_cents": previous, "mrr_cents": now, "delta_cents": now - previous,
                    "unadjusted_stage": raw_name, "unadjusted_prev_cents": raw_previous, "unadjusted_cents": raw,
                })
    return rows


def components(stage_name: str, previous: int, now: int) -> dict[str, int]:
    """REV-150: what one customer-month adds to each component; only components that it belongs to."""
    parts: dict[str, int] = {}
    if previous > 0:
        parts["baseline"] = previous
    if stage_name in ("new", "reactivated"):
        parts[stage_name] = now
    elif stage_name == "flat":
        parts["retained"] = now
    elif stage_name == "growing":
        parts |= {"retained": previous, "expansion": now - previous}
    elif stage_name == "shrinking":
        parts |= {"retained": previous, "contraction": now - previous}
    elif stage_name == "churned":
        parts["churned"] = -previous
    return parts


def movement_rows(lifecycle: list[Row]) -> list[Row]:
    cells: dict[tuple[str, str, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in lifecycle:
        seen = {
            "adjusted": (row["stage"], row["prev_cents"], row["mrr_cents"]),
            "unadjusted": (row["unadjusted_stage"], row["unadjusted_prev_cents"], row["unadjusted_cents"]),
        }
        for series, (name, previous, now) in seen.items():
            for component, cents in components(name, previous, now).items():
                cell = cells[series, row["scope"], row["month_idx"], component]
                cell[0] += 1
                cell[1] += cents
    return [
        {"series": series, "scope": scope, "month_idx": month, "component": component,
         "customers": cell[0], "amount_cents": cell[1]}
        for (series, scope, month, component), cell in sorted(cells.items())
    ]


def window(run_month: int, history: int, forward: int) -> list[tuple[int, str]]:
    """REV-69: closed months, the open one, and the forward ones, in order."""
    return [
        (month, "closed" if month < run_month else "open" if month == run_month else "forward")
        for month in range(run_month - history, run_month + forward + 1)
    ]
