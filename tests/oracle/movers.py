"""Gainers and losers (REV-100): the largest unadjusted changes against the month before."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .identity import Row


def mover_rows(lifecycle: list[Row], run_month: int, params: dict[str, Any]) -> list[Row]:
    """Closed months only; ties by customer id, ascending."""
    changes: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in lifecycle:
        delta = row["unadjusted_cents"] - row["unadjusted_prev_cents"]
        if row["scope"] != "total" or row["month_idx"] >= run_month or delta == 0:
            continue
        changes[row["month_idx"], "gainer" if delta > 0 else "loser"].append(row | {"delta": delta})
    rows = []
    for (month, side), found in sorted(changes.items()):
        found.sort(key=lambda row: (-abs(row["delta"]), row["customer_id"]))
        for rank, row in enumerate(found[:params["revenue.gainers_losers_limit"]], start=1):
            rows.append({"month_idx": month, "side": side, "rank": rank, "customer_id": row["customer_id"],
                         "prev_cents": row["unadjusted_prev_cents"], "mrr_cents": row["unadjusted_cents"],
                         "delta_cents": row["delta"], "stage": row["unadjusted_stage"]})
    return rows
