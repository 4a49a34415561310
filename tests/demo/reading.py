"""Read a demo company back from its files, and add up its bills the naive way."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from hedgerow.demo.company import write_company

AS_OF = date(2026, 11, 22)
Tables = dict[str, list[dict[str, str]]]


def written(path: Path, *, accounts: int = 40, months: int = 24, seed: int = 7, as_of: date = AS_OF,
            **more: Any) -> Tables:
    write_company(path, accounts=accounts, months=months, seed=seed, as_of=as_of, **more)
    return read(path)


def read(path: Path) -> Tables:
    tables = {}
    for file in path.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as handle:
            tables[file.stem] = list(csv.DictReader(handle))
    return tables


def truth(path: Path) -> list[dict[str, Any]]:
    planted: list[dict[str, Any]] = json.loads((path / "truth.json").read_text(encoding="utf-8"))["planted"]
    return planted


def cents(text: str) -> int:
    return int(text.replace(".", "")) if text else 0


def month_of(period_end: str) -> str:
    """REV-31: the month of one second before."""
    year, month, day = int(period_end[:4]), int(period_end[5:7]), int(period_end[8:10])
    if day == 1:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return f"{year:04d}-{month:02d}"


def plus(month: str, months: int) -> str:
    idx = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{idx // 12:04d}-{idx % 12 + 1:02d}"


def monthly_totals(tables: Tables) -> dict[str, Counter[str]]:
    """Cents by canonical customer and month, added up from rows: no adjustment, no grant, no tax.

    Startup invoices are 0, annual ones are discounted, charges of instalments and refused rows are left out.
    """
    canonical = {row["source_customer_id"]: row["canonical_customer_id"] for row in tables["merges"]}
    net: Counter[str] = Counter()
    for line in tables["invoice_lines"]:
        net[line["invoice_id"]] += cents(line["net_amount"])
    terms = defaultdict(list)
    for row in tables["contracts"]:
        terms[row["customer_id"]].append((row["start_date"], row["end_date"], int(row["discount_percent"])))
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for row in {row["invoice_id"]: row for row in tables["invoices"]}.values():
        if (row["type"] != "completed" or row["classification"] == "startup" or row["status"] != "paid"
                or row["currency"] != "USD" or row["invoice_id"].endswith("_credit")
                or row["period_end"] <= row["period_start"]):
            continue
        customer = canonical.get(row["customer_id"], row["customer_id"])
        amount = net[row["invoice_id"]] - cents(row["credit_applied_amount"])
        if row["classification"] == "annual":
            amount = net[row["invoice_id"]]
            rates = [rate for start, end, rate in terms[customer] if start <= row["period_start"][:10] < end]
            amount -= amount * max(rates, default=0) // 100
        totals[customer][month_of(row["period_end"])] += amount
    return totals
