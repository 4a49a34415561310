"""The files keep to the open contract, except where a mistake was planted."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import hedgerow.warehouse.landing

from .reading import Tables, truth, written

CONTRACT: dict[str, Any] = yaml.safe_load(
    (Path(hedgerow.warehouse.landing.__path__[0]) / "contract.yaml").read_text(encoding="utf-8"))["tables"]
SHAPES = {
    "integer": r"-?\d+", "money": r"-?\d+\.\d\d", "unit_price": r"\d+\.\d{1,10}", "percent": r"\d{1,2}(\.\d{1,4})?",
    "date": r"\d{4}-\d\d-\d\d", "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "month": r"\d{4}-\d\d",
    "boolean": r"true|false",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


@pytest.fixture(scope="module")
def company(folder: Path) -> Tables:
    return written(folder, accounts=200)


def planted_records(folder: Path, *codes: str) -> set[str]:
    return {entry["record_id"] for entry in truth(folder) if entry["code"] in codes}


def test_every_table_of_the_contract_is_written(company: Tables) -> None:
    assert set(company) == set(CONTRACT)


def test_columns_are_those_of_the_contract(company: Tables) -> None:
    for table, rows in company.items():
        assert list(rows[0]) == list(CONTRACT[table]["columns"]), table


def test_values_have_the_shape_of_their_type(company: Tables, folder: Path) -> None:
    bad_discounts = planted_records(folder, "discount_out_of_range")
    for table, rows in company.items():
        for name, column in CONTRACT[table]["columns"].items():
            allowed = re.compile(SHAPES.get(column["type"], ".*"), re.DOTALL)
            for row in rows:
                if row[name] == "":
                    assert not column.get("required"), (table, name, row)
                elif not (row.get("contract_id") in bad_discounts and name == "discount_percent"):
                    assert allowed.fullmatch(row[name]), (table, name, row[name])
                    assert row[name] in column.get("values", [row[name]]), (table, name, row[name])


def test_keys_are_unique_except_the_duplicate_invoices(company: Tables, folder: Path) -> None:
    twice = {}
    for table, rows in company.items():
        counts = Counter(tuple(row[name] for name in CONTRACT[table]["key"]) for row in rows)
        twice |= {(table, *key): count for key, count in counts.items() if count > 1}
    assert twice == {("invoices", record): 2 for record in planted_records(folder, "older_version_replaced")}


def test_references_point_to_rows(company: Tables) -> None:
    keys = {table: {row[CONTRACT[table]["key"][0]] for row in rows} for table, rows in company.items()}
    references = [
        ("invoices", "customer_id", "accounts"), ("invoices", "organization_id", "organizations"),
        ("invoices", "provider_customer_id", "provider_customers"), ("invoice_lines", "invoice_id", "invoices"),
        ("refunds", "invoice_id", "invoices"), ("credit_purchases", "contract_id", "contracts"),
        ("credit_purchases", "supersedes_purchase_id", "credit_purchases"), ("usage", "customer_id", "accounts"),
        ("usage", "organization_id", "organizations"), ("merges", "source_customer_id", "accounts"),
        ("merges", "canonical_customer_id", "accounts"), ("overrides", "organization_id", "organizations"),
        ("subscriptions", "provider_customer_id", "provider_customers"), ("price_tiers", "price_id", "prices"),
        ("invoice_lines", "price_id", "prices"), ("price_assignments", "price_id", "prices"),
        ("products", "default_price_id", "prices"), ("assignments", "person_id", "people"),
        ("accounts", "owner_id", "people"), ("accounts", "parent_customer_id", "accounts"),
        ("deals", "customer_id", "accounts"), ("tickets", "customer_id", "accounts"),
        ("users", "customer_id", "accounts"),
        ("trial_flags", "customer_id", "accounts"), ("credit_events", "customer_id", "accounts"),
        ("events", "organization_id", "organizations"), ("users", "organization_id", "organizations"),
    ]
    for table, column, target in references:
        lost = {row[column] for row in company[table] if row[column]} - keys[target]
        assert not lost, (table, column, lost)


def test_only_the_planted_lines_lack_a_known_product(company: Tables, folder: Path) -> None:
    known = {row["product_key"] for row in company["products"]}
    lines = {row["line_id"] for row in company["invoice_lines"]
             if row["product_key"] not in known and not re.search("_(up|dup)_", row["line_id"])}
    assert lines == planted_records(folder, "unmapped_line")


def test_stated_totals_are_lines_plus_tax_less_credit(company: Tables, folder: Path) -> None:
    """Tax is a fifth of net, half up; the stated total is what the provider would show."""
    net: Counter[str] = Counter()
    for line in company["invoice_lines"]:
        net[line["invoice_id"]] += int(line["net_amount"].replace(".", ""))
    first_versions = planted_records(folder, "older_version_replaced")
    taxed = 0
    for row in company["invoices"]:
        value = {name: int(row[name].replace(".", "") or 0)
                 for name in ("tax_amount", "discount_amount", "credit_applied_amount", "total_amount")}
        if row["invoice_id"] in first_versions:
            continue
        left = net[row["invoice_id"]] + value["tax_amount"] - value["discount_amount"] - value["credit_applied_amount"]
        assert left == value["total_amount"], row
        if value["tax_amount"]:
            taxed += 1
            assert value["tax_amount"] == (net[row["invoice_id"]] * 2 + 5) // 10, row
    assert taxed > 100


def test_every_configuration_and_move_is_there(company: Tables) -> None:
    stated = {row["billing_config"] for row in company["accounts"]}
    stated |= {row["billing_config"] for row in company["billing_configurations"]}
    assert stated == set(CONTRACT["accounts"]["columns"]["billing_config"]["values"])
    base = {row["customer_id"]: row["billing_config"] for row in company["accounts"]}
    moves = set()
    for row in sorted(company["billing_configurations"], key=lambda row: row["from_at"]):
        moves.add((base[row["customer_id"]], row["billing_config"]))
        base[row["customer_id"]] = row["billing_config"]
    assert {("free", "paid"), ("paid", "free"), ("paid", "annual_upfront"), ("annual_upfront", "paid"),
            ("startup", "paid")} <= moves


def test_types_of_invoices_fit_their_months(company: Tables) -> None:
    """Finished periods are completed, the running one is upcoming, two more months are copies (REV-69)."""
    ends: dict[str, set[str]] = {}
    for row in company["invoices"]:
        if not row["invoice_id"].endswith("_credit"):
            ends.setdefault(row["type"], set()).add(row["period_end"][:10])
    assert max(ends["completed"]) <= "2026-11-22"
    assert "2026-12-01" in ends["upcoming"]
    assert min(ends["upcoming"]) > "2026-11-22"
    assert max(ends["upcoming_duplicated"]) <= "2027-02-01"
    assert {"2027-01-01", "2027-02-01"} <= ends["upcoming_duplicated"]


def test_annual_and_startup_invoices_look_as_the_rules_expect(company: Tables) -> None:
    """Full cover states no discount (REV-29); startup invoices state no credit, the grant tells it (REV-5)."""
    classes = Counter(row["classification"] for row in company["invoices"])
    assert min(classes["annual"], classes["startup"]) > 40
    partial = 0
    for row in company["invoices"]:
        if row["classification"] == "startup":
            assert row["credit_applied_amount"] == row["discount_amount"] == ""
        if row["classification"] == "standard":
            assert row["discount_amount"] == ""
        partial += row["discount_amount"] != ""
    assert partial >= 2


def test_a_balance_credit_stands_on_the_invoice_and_among_the_events(company: Tables) -> None:
    applied = Counter({(row["customer_id"], row["period_start"][:7], row["credit_applied_amount"])
                       for row in company["invoices"] if row["credit_applied_amount"]
                       and row["classification"] == "standard" and row["period_start"][8:10] == "01"})
    events = {(row["customer_id"], row["month"], row["amount"]) for row in company["credit_events"]}
    assert len(applied) > 20
    assert set(applied) <= events
