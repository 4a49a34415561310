"""The revenue lifecycle of paid-plan customers with pandas, from the same Parquet: ``pandas_lifecycle.py HOME OUT``.

Not a straw man: only the columns needed are read, ids are categories, and every step is vectorized. It covers what
plain customers need (lines + tax, both series with the spike rule of REV-44, stages REV-60..66, components REV-150
in total and per product, retention REV-80..86) and none of the prepaid, start-up, credit or merge rules.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

MONTHS = 24
FIRST_MONTH = 2023 * 12 + 11
SPIKE_MIN_INCREASE = 100_000  # cents
BASE_MIN_ARR = 500_000  # cents
WINDOWS = (3, 6, 12)


def dense(frame: pd.DataFrame, customers: int) -> np.ndarray:
    """Customers x months of cents; a month without a row is 0."""
    grid = np.zeros((customers, MONTHS), dtype=np.int64)
    grid[frame["customer"].to_numpy(), frame["month_idx"].to_numpy() - FIRST_MONTH] = frame["cents"].to_numpy()
    return grid


def spikes(total: np.ndarray) -> np.ndarray:
    """Where REV-44 applies; the last month waits for its next one, the first two paying months have no evidence."""
    found = np.zeros(total.shape, dtype=bool)
    month, two = total[:, 2:-1], total[:, 1:-2] + total[:, :-3]
    paid_before = np.maximum.accumulate(total, axis=1)[:, :-3] > 0
    found[:, 2:-1] = ((month > two) & (2 * month - two >= 2 * SPIKE_MIN_INCREASE)
                      & (2 * total[:, 3:] <= month) & paid_before)
    return found


def smoothed(grid: np.ndarray, spike: np.ndarray) -> np.ndarray:
    """Spike months replaced by the average of the two months before, half up, from the values before the step."""
    average = np.zeros_like(grid)
    average[:, 2:] = (grid[:, 1:-1] + grid[:, :-2] + 1) // 2
    return np.where(spike, average, grid)


def movements(grid: np.ndarray, series: str, scope: str) -> pd.DataFrame:
    before = np.zeros_like(grid)
    before[:, 1:] = grid[:, :-1]
    earlier = np.zeros(grid.shape, dtype=bool)
    earlier[:, 1:] = np.maximum.accumulate(grid, axis=1)[:, :-1] > 0
    paid, paid_before = grid > 0, before > 0
    components = {
        "new": (paid & ~earlier, grid),
        "reactivated": (paid & ~paid_before & earlier, grid),
        "retained": (paid & paid_before, np.where(grid == before, grid, before)),
        "expansion": (paid & paid_before & (grid > before), grid - before),
        "contraction": (paid & paid_before & (grid < before), grid - before),
        "churned": (~paid & paid_before, -before),
        "baseline": (paid_before, before),
    }
    rows = []
    for component, (mask, amounts) in components.items():
        sums, counts = np.where(mask, amounts, 0).sum(axis=0), mask.sum(axis=0)
        rows += [(series, scope, FIRST_MONTH + m, component, int(counts[m]), int(sums[m])) for m in range(MONTHS)]
    columns = ["series", "scope", "month_idx", "component", "customers", "amount_cents"]
    return pd.DataFrame(rows, columns=columns)


def retention(total: np.ndarray, grid: np.ndarray, scope: str) -> pd.DataFrame:
    rows = []
    for window in WINDOWS:
        for month in range(window, MONTHS):
            base, now = grid[:, month - window], grid[:, month]
            inside = (total[:, month - window] * 12 >= BASE_MIN_ARR) & (base > 0)
            rows.append((FIRST_MONTH + month, window, scope, int(inside.sum()), int(base[inside].sum()),
                         int(now[inside].sum()), int(np.minimum(now, base)[inside].sum())))
    columns = ["month_idx", "window_months", "scope", "customers", "base_cents", "current_cents", "capped_cents"]
    return pd.DataFrame(rows, columns=columns)


def main() -> None:
    landing, out = Path(sys.argv[1]) / "landing" / "bench", Path(sys.argv[2])
    lines = pd.read_parquet(landing / "invoice_lines.parquet",
                            columns=["customer_id", "month_idx", "product_key", "net_cents", "is_counted"])
    invoices = pd.read_parquet(landing / "invoices.parquet",
                               columns=["customer_id", "period_end", "tax_cents", "status"])
    lines = lines[lines["is_counted"]]
    invoices = invoices[~invoices["status"].isin(["void", "draft"])]
    last = (invoices["period_end"] - pd.Timedelta(seconds=1)).dt
    invoices["month_idx"] = last.year * 12 + last.month - 1

    customers = pd.Index(invoices["customer_id"].unique())
    lines["customer"] = customers.get_indexer(lines["customer_id"])
    invoices["customer"] = customers.get_indexer(invoices["customer_id"])
    lines["product_key"] = lines["product_key"].astype("category")
    product = (lines.groupby(["customer", "month_idx", "product_key"], observed=True)["net_cents"].sum()
               .rename("cents").reset_index())
    plain = product.groupby(["customer", "month_idx"])["cents"].sum()
    tax = invoices.groupby(["customer", "month_idx"])["tax_cents"].sum()
    month = plain.add(tax, fill_value=0).astype("int64").rename("cents").reset_index()

    total = dense(month, len(customers))
    spike = spikes(total)
    adjusted = smoothed(total, spike)
    moved = [movements(total, "unadjusted", "total"), movements(adjusted, "adjusted", "total")]
    kept = [retention(adjusted, adjusted, "total")]
    for key, rows in product.groupby("product_key", observed=True):
        grid = dense(rows, len(customers))
        after = smoothed(grid, spike)
        moved += [movements(grid, "unadjusted", key), movements(after, "adjusted", key)]
        kept.append(retention(adjusted, after, key))
    out.mkdir(parents=True, exist_ok=True)
    pd.concat(moved).to_csv(out / "movement.csv", index=False)
    pd.concat(kept).to_csv(out / "retention.csv", index=False)


if __name__ == "__main__":
    main()
