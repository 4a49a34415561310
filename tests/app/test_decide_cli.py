"""The decide command: exit codes, standard output and standard error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from hedgerow.cli.decide import decide

CASE = '{"amount": "80000.00", "months": 3, "start_date": "2025-09-21"}'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HEDGEROW_HOME", str(tmp_path))
    app = typer.Typer()
    app.command("decide")(decide)
    return lambda *args, case=None: CliRunner().invoke(app, list(args), input=case)


def test_list(run: Any) -> None:
    listed = run("--list", "--json")
    assert listed.exit_code == 0
    names = [row["decision"] for row in json.loads(listed.stdout)]
    assert names == sorted(names)
    assert "revenue.split" in names
    assert "revenue.split" in run("--list").stdout


def test_schema(run: Any) -> None:
    shown = json.loads(run("--schema", "revenue.split").stdout)
    assert shown["decision"] == "revenue.split"
    assert shown["input"]["required"] == ["amount", "months", "start_date"]
    assert run("--schema", "revenue.nothing").exit_code == 3


def test_a_case_as_json(run: Any) -> None:
    done = run("revenue.split", "--json", "--as-of", "2026-01-31", "--known-at", "2026-02-28", case=CASE)
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert (answer["as_of"], answer["known_at"]) == ("2026-01-31", "2026-02-28")
    assert [part["amount"] for part in answer["value"]["parts"]] == ["26666.67", "26666.66", "26666.67"]


def test_a_case_for_people(run: Any) -> None:
    done = run("revenue.split", case=CASE)
    assert done.exit_code == 0
    for expected in ("26666.66", "REV-30", "2025-10", "Because"):
        assert expected in done.stdout


def test_steps_inside_months_are_shown_as_rows(run: Any) -> None:
    case = json.dumps({"months": [{"month": "2025-01", "total": "1500.00"}, {"month": "2025-02", "total": "1700.00"}]})
    shown = run("revenue.adjust_series", case=case).stdout
    assert "{" not in shown
    assert [line.split()[:2] for line in shown.splitlines() if "REV-44" in line and line.startswith(" 2025")] == [
        ["2025-01", "REV-44"], ["2025-02", "REV-44"]]
    assert "REV-45  nothing applies in any month" in shown


def test_a_no_is_a_normal_answer(run: Any) -> None:
    done = run("revenue.metric_name", case='{"name": "mrr_usd"}')
    assert done.exit_code == 0
    assert "is valid: no" in done.stdout
    assert "It would be different" in done.stdout
    assert "if name mrr" in done.stdout


def test_a_case_from_a_file(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("\ufeff" + CASE, encoding="utf-8")
    assert "26666.66" in run("revenue.split", "--input", str(file)).stdout
    missing = run("revenue.split", "--input", str(tmp_path / "none.json"))
    assert missing.exit_code == 2
    assert "No such file" in missing.stderr


def test_invalid_input_goes_to_standard_error(run: Any) -> None:
    refused = run("revenue.split", "--json", case='{"amount": 1.5, "months": 0}')
    assert (refused.exit_code, refused.stdout) == (2, "")
    told = json.loads(refused.stderr)
    assert told["error"] == "invalid_input"
    assert {p["path"]: p["code"] for p in told["problems"]} == {
        "amount": "float_not_allowed", "months": "out_of_range", "start_date": "missing"}
    people = run("revenue.split", case='{"months": 0}')
    assert (people.exit_code, people.stdout) == (2, "")
    assert "start_date is missing [missing]" in people.stderr


def test_an_unknown_name_is_not_found(run: Any) -> None:
    done = run("revenue.splt", "--json", case="{}")
    assert (done.exit_code, done.stdout) == (3, "")
    assert json.loads(done.stderr)["error"] == "unknown_decision"


def test_nothing_asked(run: Any) -> None:
    done = run()
    assert done.exit_code == 2
    assert "--list" in done.stderr


def test_hostile_text_is_shown_as_text(run: Any) -> None:
    done = run("revenue.metric_name", case='{"name": "[bold red]mrr[/]"}')
    assert "[bold red]mrr[/]" in done.stdout
