"""The door: arguments in, tables and a summary out, refusals that say what to do."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hedgerow.cli.demo import demo
from hedgerow.demo.company import UnableToWriteDemo, write_company

app = typer.Typer()
app.command()(demo)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_prints_what_it_wrote(tmp_path: Path) -> None:
    code, output = run(str(tmp_path), "--accounts", "20", "--months", "3", "--as-of", "2026-11-22")
    assert code == 0
    assert "invoice_lines" in output
    assert "bills from 2026-09 to 2026-11-22" in output
    assert (tmp_path / "invoices.csv").exists()


def test_json_is_one_object_a_table(tmp_path: Path) -> None:
    code, output = run(str(tmp_path), "--accounts", "5", "--from", "2026-10", "--as-of", "2026-11-22", "--json")
    rows = {row["table"]: row["rows"] for row in json.loads(output)}
    assert code == 0
    assert rows["invoices"] == sum(1 for _ in (tmp_path / "invoices.csv").open()) - 1


@pytest.mark.parametrize(("option", "value", "word"), [
    ("--as-of", "22.11.2026", "2026-11-22"), ("--accounts", "0", "at least 1"), ("--months", "0", "between 1 and 120"),
    ("--months", "121", "between 1 and 120"), ("--format", "xlsx", "csv, parquet"), ("--from", "2027-01", "after"),
    ("--from", "2026-13", "2025-11"),
])
def test_a_wrong_argument_is_named(tmp_path: Path, option: str, value: str, word: str) -> None:
    """The last of an option wins, so the wrong one stands at the end."""
    code, output = run(str(tmp_path / "new"), "--as-of", "2026-11-22", option, value)
    assert code == 2
    assert word in output
    assert not (tmp_path / "new").exists()


def test_the_first_possible_day() -> None:
    with pytest.raises(UnableToWriteDemo, match="2017-01-01") as refusal:
        write_company("unused", accounts=1, months=1, seed=1, as_of=date(2016, 12, 31))
    assert refusal.value.code == "bad_argument"


def test_it_works_on_the_first_possible_day(tmp_path: Path) -> None:
    assert write_company(tmp_path, accounts=10, months=6, seed=1, as_of=date(2017, 1, 1)).rows["invoices"] > 100


def test_files_of_somebody_else_stay(tmp_path: Path) -> None:
    (tmp_path / "invoices.csv").write_text("mine\n", encoding="utf-8")
    code, output = run(str(tmp_path), "--accounts", "5")
    assert code == 2
    assert "folder_not_ours" in output
    assert (tmp_path / "invoices.csv").read_text(encoding="utf-8") == "mine\n"
