"""Subscription periods and invoice lines from a newcomer's own files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hedgerow.integrations.invoices_csv import importer as invoices
from hedgerow.integrations.subscriptions_csv import importer as subscriptions
from hedgerow.kernel.problem import Problem
from hedgerow.warehouse.landing.check import Check
from hedgerow.warehouse.landing.contract import load_contract
from hedgerow.warehouse.landing.raw import UnableToRead

from .conftest import Landed, rows_of


def _bring(module: Any, tmp_path: Path, text: str, **options: str) -> tuple[Landed, tuple[str, ...]]:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    delivery = module.read(path, options)
    with Check(load_contract()) as check:
        check.run(delivery.tables)
        rows = {}
        for name in check.counts:
            check.write(name, tmp_path / f"{name}.parquet")
            rows[name] = rows_of(tmp_path / f"{name}.parquet")
        return Landed(dict(check.counts), check.problems.first(), rows), delivery.notes


def _place(problem: Problem) -> tuple[str, int | None, str]:
    return problem.code, problem.where.line, problem.where.column


def test_common_names_are_guessed_and_shown(tmp_path: Path) -> None:
    found, notes = _bring(subscriptions, tmp_path, "Company,Started At,Canceled At,MRR,Plan,Colour\n"
                          "acme,2024-01-15,,100,pro,red\n")
    assert notes[0] == ("mine.csv: customer = Company, start = Started At, end = Canceled At, amount = MRR, "
                        "product = Plan; not read: Colour")
    assert not found.problems
    row = found.rows["subscriptions"][0]
    assert (row["customer_id"], row["product_key"], row["start_date"], row["end_date"], row["monthly_cents"]) == (
        "acme", "pro", date(2024, 1, 15), None, 10000)
    assert [row["billing_config"] for row in found.rows["accounts"]] == ["paid"]
    assert [row["product_key"] for row in found.rows["products"]] == ["pro"]


def test_flags_win_over_guesses(tmp_path: Path) -> None:
    found, _ = _bring(subscriptions, tmp_path, "customer,buyer,start,mrr,net\nA,B,2024-01-01,1,2\n", customer="buyer",
                      amount="net")
    row = found.rows["subscriptions"][0]
    assert (row["customer_id"], row["monthly_cents"]) == ("B", 200)


@pytest.mark.parametrize(("header", "options", "missing"), [
    ("customer,mrr", {}, ["start"]), ("x,y", {}, ["customer", "start", "amount"]),
    ("customer,start,mrr", {"end": "gone"}, ["end"]),
])
def test_columns_that_cannot_be_found_are_all_named(tmp_path: Path, header: str, options: dict[str, str],
                                                    missing: list[str]) -> None:
    with pytest.raises(UnableToRead) as error:
        _bring(subscriptions, tmp_path, header + "\n", **options)
    assert error.value.code == "missing_columns"
    assert [problem.where.column for problem in error.value.problems] == missing


@pytest.mark.parametrize(("start", "end", "notice"), [
    ("2024-01-31", "2024-02-01", False),  # runs on the last day of January
    ("2024-01-01", "2024-01-31", True),  # ends at the start of the last day: at no month's end
    ("2024-01-31", "2024-01-31", True),  # the same day: nothing
    ("2024-01-30", "2024-02-29", False),  # counts in January only
    ("2024-02-01", "2024-02-29", True), ("2024-02-01", "2024-03-01", False), ("2024-02-01", "", False),
])
def test_periods_that_count_in_no_month_are_flagged_and_kept(tmp_path: Path, start: str, end: str,
                                                             notice: bool) -> None:
    found, _ = _bring(subscriptions, tmp_path, f"customer,start,end,mrr\nA,{start},{end},5\n")
    assert found.codes(errors=False) == (["counts_in_no_month"] if notice else [])
    assert found.counts["subscriptions"].stored == 1


def test_bad_periods_are_refused_in_the_users_own_words(tmp_path: Path) -> None:
    found, _ = _bring(subscriptions, tmp_path, "Who;Von;Bis;Betrag\nA;2024-02-01;2024-01-31;5\nB;2024-02-01;;-0,01\n"
                      "C;2024-02-01;;\n;2024-02-01;;5\nD;2024-02-01;;0\n", customer="Who", start="Von", end="Bis",
                      amount="Betrag")
    errors = [_place(p) for p in found.problems if p.is_error]
    assert errors == [("ends_before_start", 2, "Bis"), ("negative_amount", 3, "Betrag"), ("missing_value", 4, "Betrag"),
                      ("missing_value", 5, "Who")]
    assert [row["customer_id"] for row in found.rows["subscriptions"]] == ["D"]


def test_equal_rows_without_ids_are_both_kept_and_flagged(tmp_path: Path) -> None:
    text = "customer,start,mrr\nA,2024-01-01,5\nA,2024-01-01,5\nA,2024-01-01,6\n"
    found, _ = _bring(subscriptions, tmp_path, text)
    assert [row["monthly_cents"] for row in found.rows["subscriptions"]].count(500) == 2
    assert _place(found.the("possible_duplicate"))[:2] == ("possible_duplicate", 3)
    assert not found.the("possible_duplicate").is_error


def test_with_ids_the_key_rule_holds(tmp_path: Path) -> None:
    text = "id,customer,start,mrr\n1,A,2024-01-01,5\n1,A,2024-01-01,5.00\n2,A,2024-01-01,5\n2,A,2024-01-01,6\n"
    found, _ = _bring(subscriptions, tmp_path, text)
    counts = found.counts["subscriptions"]
    assert (counts.stored, counts.refused, counts.replaced) == (1, 2, 1)


def test_order_of_rows_gives_the_same_content(tmp_path: Path) -> None:
    rows = ["A,2024-01-01,2024-03-01,5", "A,2024-02-01,,7", "B,2024-02-10,2024-02-10,1", "A,2024-01-01,2024-03-01,5"]
    one, _ = _bring(subscriptions, tmp_path, "\n".join(["customer,start,end,mrr", *rows]) + "\n")
    two, _ = _bring(subscriptions, tmp_path, "\n".join(["customer,start,end,mrr", *reversed(rows)]) + "\n")
    assert one.rows == two.rows


INVOICES = "invoice_id,customer,date,product,amount,tax,quantity,currency,status\n"


def test_invoice_lines_become_invoices(tmp_path: Path) -> None:
    found, notes = _bring(invoices, tmp_path, INVOICES + "I1,A,2025-01-31,pro,100.50,20,3,USD,paid\n"
                          "I1,A,2025-01-31,addon,-0.50,0.01,,usd,Paid\nI2,B,2025-12-01,pro,5,,,,\n")
    assert not found.problems
    first, second = found.rows["invoices"]
    assert (first["period_start"].date(), first["period_end"].date(), first["tax_cents"], first["status"]) == (
        date(2025, 1, 1), date(2025, 2, 1), 2001, "paid")
    assert (first["type"], first["classification"]) == ("completed", "standard")
    assert second["period_end"].date() == date(2026, 1, 1)
    lines = {row["line_id"]: (row["product_key"], row["net_cents"], row["units"], row["month_idx"] % 12 + 1)
             for row in found.rows["invoice_lines"]}
    assert lines == {"I1#1": ("addon", -50, None, 1), "I1#2": ("pro", 10050, 3, 1), "I2#1": ("pro", 500, None, 12)}
    assert notes[1] == "An invoice counts in the calendar month of its date."


def test_a_period_is_taken_as_it_is(tmp_path: Path) -> None:
    text = "invoice,customer,period_start,period_end,amount\nI,A,2025-09-21,2025-10-21,1\n"
    found, _ = _bring(invoices, tmp_path, text)
    assert found.rows["invoice_lines"][0]["month_idx"] == 2025 * 12 + 9


def test_refusals_name_the_line_and_the_users_column(tmp_path: Path) -> None:
    text = INVOICES.replace("amount", "total") + (
        "I1,A,01/02/2025,pro,1,,,,\nI2,A,2025-01-01,pro,1e3,,,,\nI3,A,2025-01-01,pro,1,,,EUR,\n"
        "I4,A,2025-01-01,pro,1,,,,\nI4,B,2025-01-01,pro,1,,,,\nI5,,2025-01-01,pro,1,,,,\nI6,A,2025-01-01,pro,1,x,,,\n"
        "I7,A,2025-01-01,pro,1,,,,gone\n")
    found, _ = _bring(invoices, tmp_path, text)
    errors = sorted(_place(p) for p in found.problems if p.is_error)
    assert errors == sorted([
        ("date_ambiguous", 2, "date"), ("money_exponent", 3, "total"), ("currency_not_supported", 4, "currency"),
        ("line_without_invoice", 4, "invoice_id"), ("invoice_rows_disagree", 5, ""), ("invoice_rows_disagree", 6, ""),
        ("missing_value", 7, "customer"), ("not_money", 8, "tax"), ("value_not_allowed", 9, "status"),
        ("line_without_invoice", 9, "invoice_id")])
    counts = found.counts["invoice_lines"]
    assert (counts.rows, counts.stored, counts.refused) == (8, 0, 8)


def test_no_date_and_no_period_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnableToRead, match="neither a date nor a period"):
        _bring(invoices, tmp_path, "invoice,customer,amount\nI,A,1\n")
