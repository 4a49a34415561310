"""The policy commands: what they print, in which form, and the exit codes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from hedgerow.cli.policy import app as policy_app
from hedgerow.policies.loader import load_policies, reference_policies

Write = Callable[..., Path]
app = typer.Typer()
app.add_typer(policy_app, name="policy")

SPIKE = "revenue.spike_multiple:\n  cite: board-minutes\n  values:\n" \
        '    - {from: 2026-01-01, value: "3", recorded_on: 2026-01-10}\n'
EXCEPTION = "exceptions:\n  - {account: cus_1, name: revenue.spike_multiple, value: \"4\", from: 2026-03-01, " \
            "to: 2026-06-01, reason: migration, approved_by: finance lead, cite: board-minutes, recorded_on: " \
            "2026-03-01}\n"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDGEROW_HOME", str(tmp_path / "home"))


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(app, ["policy", *map(str, args)])


def rows(*args: str | Path) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_check_says_that_the_reference_is_in_order_with_its_hash() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "reference: in order." in result.stdout
    assert reference_policies().hash in result.stdout
    assert rows("check") == []


def test_check_reports_an_overlay_that_changes_nothing(write: Write) -> None:
    folder = write(SPIKE.replace('"3"', '"2"'))
    assert run("check", folder).exit_code == 0
    [note] = rows("check", folder, "--as-of", "2026-11-22")
    assert (note["code"], note["line"], note["column"]) == ("changes_nothing", 4, "7")
    assert note["file"] == str(folder / "own.yaml")


def test_check_lists_every_problem_on_standard_error_and_leaves_with_2(write: Write) -> None:
    folder = write({"a.yaml": SPIKE.replace('"3"', "3.5"), "b.yaml": "revenue.spike_multipel:\n  values: []\n"})
    result = run("check", folder)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{folder / 'a.yaml'}:4:33: " in result.stderr
    assert f"{folder / 'b.yaml'}:1:1: " in result.stderr
    assert "did you mean 'revenue.spike_multiple'" in result.stderr
    answer = json.loads(run("check", folder, "--json").stderr)
    assert answer["error"] == "bad_policies"
    assert [p["code"] for p in answer["problems"]] == ["unquoted_decimal", "unknown_parameter", "missing_value"]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run("check", tmp_path / "polices")
    assert result.exit_code == 2
    assert "no such policy folder" in result.stderr


def test_show_one_value_on_a_day_as_known_on_another(write: Write) -> None:
    folder = write(SPIKE + EXCEPTION)

    def value(*options: str) -> tuple[str, str, str]:
        [row] = rows("show", "revenue.spike_multiple", "--policies", folder, *options)
        return row["value"], row["from"], row["source"]

    assert value("--as-of", "2025-12-31") == ("2", "1970-01-01", "reference:revenue/adjustments.yaml")
    assert value("--as-of", "2026-01-01") == ("3", "2026-01-01", "company:own.yaml")
    assert value("--as-of", "2026-01-01", "--known-at", "2026-01-09")[0] == "2"
    assert value("--as-of", "2026-03-01", "--account", "cus_1") == (
        "4", "2026-03-01", "company:own.yaml, exception for account cus_1")
    assert value("--as-of", "2026-03-01", "--account", "cus_2")[0] == "3"


def test_show_for_people_names_unit_page_and_rule() -> None:
    text = run("show", "revenue.retention_min_base_arr").stdout
    for word in ("5000", "USD", "retention-metrics#how", "REV-80, REV-85, REV-86", "exactly this much is in"):
        assert word in text


def test_days_default_to_today() -> None:
    [row] = rows("show", "revenue.spike_multiple")
    today = datetime.now(UTC).date().isoformat()
    assert row["as_of"] <= today
    assert row["as_of"] == row["known_at"]


def test_an_unknown_name_gets_a_suggestion_and_exit_code_3() -> None:
    for command in ("show", "history"):
        result = run(command, "revenue.spike_multipel")
        assert (result.exit_code, result.stdout) == (3, "")
        assert "did you mean 'revenue.spike_multiple'?" in result.stderr


def test_a_day_before_the_first_value_is_said_with_the_first_day() -> None:
    result = run("show", "revenue.spike_multiple", "--as-of", "1969-12-31")
    assert result.exit_code == 2
    assert "first value is from 1970-01-01 [before_first_value]" in result.stderr


@pytest.mark.parametrize("option", ["--as-of", "--known-at"])
def test_a_malformed_day_is_refused(option: str) -> None:
    result = run("show", "revenue.spike_multiple", option, "31.12.2026")
    assert result.exit_code == 2
    assert f"{option} must be a day such as 2025-04-01" in result.stderr


def test_list_searches_names_labels_and_rules() -> None:
    assert [r["name"] for r in rows("list", "SPIKE")][:2] == ["revenue.spike_drop_share",
                                                              "revenue.spike_increase_reference"]
    assert {r["name"] for r in rows("list", "REV-157")} == {"revenue.shrink_cause_min", "revenue.cause_list"}
    assert len(rows("list")) == len(reference_policies().names())
    assert "No policy value has the word 'xyz'" in run("list", "xyz").stdout
    [early] = rows("list", "spike_multiple", "--as-of", "1960-01-01")
    assert (early["value"], early["state"]) == (None, "before_first_value")


def test_list_as_csv_keeps_lists_in_one_cell() -> None:
    table = list(csv.DictReader(io.StringIO(run("list", "retention_windows", "--csv").stdout)))
    assert [(r["name"], r["value"]) for r in table] == [("revenue.retention_windows", '["3", "6", "12"]')]


def test_history_shows_values_corrections_and_exceptions(write: Write) -> None:
    found = rows("history", "revenue.spike_multiple", "--policies", write(SPIKE + EXCEPTION))
    assert [(r["from"], r["value"], r["account"]) for r in found] == [
        ("1970-01-01", "2", None), ("2026-01-01", "3", None), ("2026-03-01", "4", "cus_1")]
    assert found[2]["to"] == "2026-06-01"
    assert found[2]["approved_by"] == "finance lead"


def test_diff_of_folders_and_the_reference(write: Write) -> None:
    first, second = write(SPIKE, "first"), write(SPIKE.replace('"3"', '"4"'), "second")
    assert rows("diff", "reference", first) == [
        {"kind": "value", "name": "revenue.spike_multiple", "account": None, "from": "2026-01-01", "to": None,
         "before": "2", "after": "3"}]
    assert [(r["before"], r["after"]) for r in rows("diff", first, second)] == [("3", "4")]
    assert rows("diff", first, first) == []
    assert rows("diff", "reference", first, "--known-at", "2026-01-09")[0]["kind"] == "record"
    assert "The two say the same on every day." in run("diff", "reference", "reference").stdout


def test_resolve_is_the_whole_tree_with_its_hash(write: Write) -> None:
    folder = write(SPIKE + EXCEPTION)
    answer = json.loads(run("resolve", "--policies", folder).stdout)
    assert answer["hash"] == load_policies(folder).hash
    assert answer["layers"] == ["reference", "company"]
    assert [v["value"] for v in answer["parameters"]["revenue.spike_multiple"]["values"]] == ["2", "3"]
    assert answer["exceptions"][0]["to"] == "2026-06-01"


def test_coverage_lists_cited_sections_and_values_without_a_check(write: Write) -> None:
    checked = SPIKE.replace("2026-01-10}", "2026-01-10, checked_on: 2026-01-10}")
    found = rows("coverage", "--policies", write(checked), "--as-of", "2026-11-22", "--known-at", "2026-11-22")
    cited = {(r["page"], r["section"]): r for r in found if r["kind"] == "cited"}
    assert cited["revenue-adjustments", "5"]["rules"] == "REV-43, REV-49"
    waiting = {r["names"] for r in found if r["kind"] == "unchecked"}
    assert waiting == set(reference_policies().names()) - {"revenue.spike_multiple"}
    text = run("coverage").stdout
    assert "Cited pages and sections" in text
    assert "Not checked against the page by a person for a year" in text


def test_the_folder_of_the_home_is_used_when_there_is_one(tmp_path: Path, write: Write) -> None:
    assert rows("show", "revenue.spike_multiple", "--as-of", "2026-02-01")[0]["value"] == "2"
    write({"home/policies/own.yaml": SPIKE}, "")
    assert rows("show", "revenue.spike_multiple", "--as-of", "2026-02-01")[0]["value"] == "3"


def test_a_rule_of_the_folder_is_shown_with_its_conditions_and_its_switch(write: Write) -> None:
    folder = write("own.big:\n  label: Big\n  cite: lead-scoring\n  rule: LEAD-30\n  when: {is_big: mrr > 1}\n"
                   "  switch: [{from: 2026-02-01, off: true, recorded_on: 2026-02-01}]\n")
    [row] = rows("show", "own.big", "--policies", folder, "--as-of", "2026-01-31")
    assert (row["value"], row["when is_big"]) == ("on", "mrr > 1")
    assert rows("show", "own.big", "--policies", folder, "--as-of", str(date(2026, 2, 1)))[0]["value"] == "off"
    assert [r["value"] for r in rows("history", "own.big", "--policies", folder)] == ["off"]


def test_text_that_a_spreadsheet_would_run_is_neutralised(write: Write) -> None:
    hostile = SPIKE.replace("recorded_on", 'note: "=HYPERLINK(1)", recorded_on')
    text = run("history", "revenue.spike_multiple", "--csv", "--policies", write(hostile)).stdout
    assert "'=HYPERLINK(1)" in text
    assert ",=HYPERLINK" not in text
