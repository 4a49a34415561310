"""The contract says how everything is stored, and its page never goes stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hedgerow.warehouse.landing.contract import STORED_TYPES, load_contract
from hedgerow.warehouse.landing.document import PAGE, SCHEMA, contract_markdown, schema_json
from hedgerow.warehouse.landing.rules import CODES, REFERENCES, ROW_RULES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("table", "column", "stored", "kind"), [
    ("invoices", "tax_amount", "tax_cents", "BIGINT"),
    ("refunds", "amount", "cents", "BIGINT"),
    ("contracts", "discount_percent", "discount_ppm", "BIGINT"),
    ("price_tiers", "unit_price", "unit_e10", "BIGINT"),
    ("credit_events", "month", "month_idx", "INTEGER"),
    ("trial_flags", "from_month", "from_month_idx", "INTEGER"),
    ("invoices", "period_end", "period_end", "TIMESTAMP"),
    ("contracts", "start_date", "start_date", "DATE"),
    ("invoice_lines", "is_flat_fee", "is_flat_fee", "BOOLEAN"),
    ("invoices", "status", "status", "VARCHAR"),
])
def test_stored_names(table: str, column: str, stored: str, kind: str) -> None:
    found = load_contract().tables[table].column(column)
    assert (found.stored, found.stored_type) == (stored, kind)


def test_lines_carry_what_the_big_table_needs() -> None:
    names = [name for name, _ in load_contract().tables["invoice_lines"].stored_columns]
    assert names[-3:] == ["customer_id", "month_idx", "is_counted"]


def test_contract_is_whole() -> None:
    for table in load_contract().tables.values():
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert set(table.key) <= set(names)
        assert not table.latest_by or table.latest_by in names
        stored = [name for name, _ in table.stored_columns]
        assert len(set(stored)) == len(stored)
        for column in table.columns:
            assert column.type in STORED_TYPES
            assert bool(column.values) == (column.type == "enum")


def test_rules_name_columns_that_exist() -> None:
    tables = load_contract().tables
    for rule in ROW_RULES:
        assert tables[rule.table].column(rule.column)
    for reference in REFERENCES:
        assert tables[reference.table].column(reference.column)
        assert tables[reference.target].column(reference.target_column)
    for table, column, _ in CODES:
        assert table in tables
        assert not column or tables[table].column(column)


def test_schema_lists_every_column_with_its_stored_form() -> None:
    schema = load_contract().json_schema()
    tax = schema["$defs"]["invoices"]["properties"]["tax_amount"]
    assert (tax["x-stored-name"], tax["x-stored-type"], tax["x-type"]) == ("tax_cents", "BIGINT", "money")
    assert schema["$defs"]["invoices"]["required"][:2] == ["invoice_id", "customer_id"]
    assert schema["$defs"]["merges"]["properties"]["kind"]["enum"][0] == "region_migration"
    json.dumps(schema)


def test_pages_are_not_stale() -> None:
    contract = load_contract()
    remedy = "run: python -m hedgerow.warehouse.landing.document docs"
    assert (DOCS / PAGE).read_text(encoding="utf-8") == contract_markdown(contract), remedy
    assert (DOCS / SCHEMA).read_text(encoding="utf-8") == schema_json(contract), remedy
