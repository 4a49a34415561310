"""The metric catalogue: governed names, four eyes, no renames, history for ever (REV-120 to REV-126)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hedgerow.app.decide import decide
from hedgerow.app.metrics.catalogue import (
    UnableToReadMetrics,
    find_metric,
    history_of,
    ledger_file,
    list_metrics,
    metrics_on,
    shipped_metrics,
)
from hedgerow.app.metrics.operations import UnableToChangeMetric, affected_by, change_metric
from hedgerow.cli.metrics import app
from hedgerow.home import Home
from hedgerow.policies.loader import load_policies
from hedgerow.warehouse.model import load_models

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = {"description": "Annualized quarter", "unit": "usd", "owner": "revops", "definition": "the quarter times four",
        "series": "unadjusted", "model": "customer_month", "dimensions": ["month"]}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="module")
def policies() -> Any:
    return load_policies()


@pytest.fixture
def change(home: Home, policies: Any) -> Any:
    steps = iter(range(100))

    def take(action: str, name: str = "arr_quarterly_annualized", by: str = "analyst", **more: Any) -> Any:
        at = AT + timedelta(minutes=next(steps))
        return change_metric(home, action, name, by=by, at=at, policies=policies, **more)

    return take


@pytest.mark.parametrize("name", sorted(shipped_metrics()))
def test_every_shipped_metric_is_governed_and_built_by_a_model(name: str, policies: Any) -> None:
    """REV-120, REV-122, REV-126."""
    metric = shipped_metrics()[name]
    day = AT.date()
    answer = decide("revenue.metric_name", {"name": name}, as_of=day, known_at=day, policies=policies)
    assert answer["value"]["is_valid"]
    assert metric.unit in policies.params(day, day, None).items("revenue.metric_units")
    assert metric.series in ("adjusted", "unadjusted")
    assert metric.owner
    assert metric.model in load_models() or metric.model.startswith("forecast")


def test_no_shipped_definition_is_a_copy() -> None:
    """REV-125."""
    definitions = [metric.definition for metric in shipped_metrics().values()]
    assert len(definitions) == len(set(definitions))


def test_the_life_of_a_metric(home: Home, change: Any) -> None:
    """REV-123: proposed, approved by another person, edited back to proposed."""
    assert change("propose", definition=GOOD).state == "proposed"
    assert change("approve", by="revops lead").state == "approved"
    edited = change("edit", definition={"description": "Quarter, annualized"}, note="clearer")
    assert (edited.state, edited.description) == ("proposed", "Quarter, annualized")
    assert edited.definition == GOOD["definition"]
    assert find_metric(home, "arr_quarterly_annualized").row()["state"] == "proposed"
    assert [(event.action, event.by) for event in history_of(home, "arr_quarterly_annualized")] == [
        ("propose", "analyst"), ("approve", "revops lead"), ("edit", "analyst")]


def test_the_editor_does_not_approve(home: Home, change: Any) -> None:
    """REV-123: nothing is written when a step is refused."""
    change("propose", definition=GOOD)
    before = ledger_file(home).read_bytes()
    for by in ("analyst", " Analyst"):
        with pytest.raises(UnableToChangeMetric) as refusal:
            change("approve", by=by)
        assert refusal.value.code == "own_edit"
    assert ledger_file(home).read_bytes() == before


def test_a_shipped_metric_is_edited_under_its_name(home: Home, change: Any) -> None:
    edited = change("edit", "mrr", definition={"definition": "without tax"})
    assert (edited.state, edited.unit, edited.dimensions) == ("proposed", "usd", shipped_metrics()["mrr"].dimensions)
    with pytest.raises(UnableToChangeMetric):
        change("approve", "mrr")
    assert change("approve", "mrr", by="finance lead").approved_by == "finance lead"
    assert shipped_metrics()["mrr"].definition != "without tax"


def test_a_deleted_name_is_free_and_both_histories_stay(home: Home, change: Any) -> None:
    """REV-124."""
    change("propose", definition=GOOD)
    change("delete", note="not used")
    with pytest.raises(UnableToReadMetrics, match="there is no metric"):
        find_metric(home, "arr_quarterly_annualized")
    again = change("propose", definition={**GOOD, "definition": "something else"})
    assert (again.state, again.definition) == ("proposed", "something else")
    assert [event.action for event in history_of(home, "arr_quarterly_annualized")] == ["propose", "delete", "propose"]


@pytest.mark.parametrize(("action", "name", "code"), [
    ("propose", "mrr", "already_there"), ("edit", "gdr_quarterly", "not_there"), ("approve", "mrr", "already_approved"),
    ("delete", "gdr_quarterly", "not_there"), ("rename", "mrr", "no_rename")])
def test_steps_that_are_refused(change: Any, action: str, name: str, code: str) -> None:
    """REV-123, REV-124."""
    with pytest.raises(UnableToChangeMetric) as refusal:
        change(action, name, definition=GOOD)
    assert refusal.value.code == code


def test_all_problems_of_a_proposal_are_named(home: Home, change: Any) -> None:
    """REV-120, REV-122: the name, the unit, the series and what is missing, at once."""
    with pytest.raises(UnableToChangeMetric) as refusal:
        change("propose", "mrr_session_replay_usd", definition={"unit": "euro", "series": "both"},
               product_keys=["session_replay"])
    assert {(p.code, p.where.path) for p in refusal.value.problems} == {
        ("product", "name"), ("unit", "name"), ("unknown_value", "unit"), ("unknown_value", "series"),
        ("missing", "description"), ("missing", "owner"), ("missing", "definition"), ("missing", "model"),
        ("missing", "dimensions")}
    assert not ledger_file(home).exists()


def test_a_copied_definition_is_refused(change: Any) -> None:
    """REV-125: another spelling of the same words is a copy."""
    copy = "  " + shipped_metrics()["paying_customers"].definition.upper()
    with pytest.raises(UnableToChangeMetric) as refusal:
        change("propose", definition={**GOOD, "definition": copy})
    assert [(p.code, p.rule) for p in refusal.value.problems] == [("copied_definition", "REV-125")]
    assert "paying_customers" in refusal.value.problems[0].message


def test_an_edit_without_a_change_is_refused(change: Any) -> None:
    with pytest.raises(UnableToChangeMetric) as refusal:
        change("edit", "mrr", definition={"description": ""})
    assert [p.code for p in refusal.value.problems] == ["nothing_changed"]


def test_somebody_must_do_it(change: Any) -> None:
    with pytest.raises(UnableToChangeMetric) as refusal:
        change("delete", "mrr", by="  ")
    assert refusal.value.code == "no_person"


def test_a_change_names_what_it_moves(home: Home) -> None:
    """REV-125."""
    assert [metric.name for metric in affected_by(home, "nrr_monthly_rolling")] == ["gdr_monthly_rolling"]
    assert [metric.name for metric in metrics_on(home, "retention")] == ["gdr_monthly_rolling", "nrr_monthly_rolling"]


def test_a_torn_ledger_names_its_lines(home: Home, change: Any) -> None:
    change("propose", definition=GOOD)
    with ledger_file(home).open("a", encoding="utf-8") as ledger:
        ledger.write('{"at": "now"}\n{"at"')
    with pytest.raises(UnableToReadMetrics) as refusal:
        list_metrics(home)
    assert [p.where.line for p in refusal.value.problems] == [2, 3]


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HEDGEROW_HOME", str(home.root))
    return lambda *args: CliRunner().invoke(app, list(args))


def test_commands(run: Any) -> None:
    said = ["--description", "Annualized quarter", "--unit", "usd", "--owner", "revops", "--definition", "quarter x 4",
            "--series", "unadjusted", "--model", "customer_month", "--dimension", "month"]
    assert run("propose", "arr_quarterly_annualized", "--by", "analyst", *said).stdout == (
        "arr_quarterly_annualized is proposed.\n")
    own = run("approve", "arr_quarterly_annualized", "--by", "analyst", "--json")
    assert (own.exit_code, own.stdout) == (2, "")
    assert json.loads(own.stderr)["error"] == "own_edit"
    assert run("approve", "arr_quarterly_annualized", "--by", "lead").exit_code == 0
    rows = {row["metric"]: row for row in json.loads(run("list", "--json").stdout)}
    assert rows["arr_quarterly_annualized"]["state"] == "approved"
    assert rows["arr_quarterly_annualized"]["approved_by"] == "lead"
    edited = run("edit", "nrr_monthly_rolling", "--by", "analyst", "--description", "Net retention")
    assert "tell revops" in edited.stdout
    assert "gdr_monthly_rolling" in edited.stdout
    steps = json.loads(run("history", "nrr_monthly_rolling", "--json").stdout)
    assert [step["action"] for step in steps] == ["shipped", "edit"]
    assert run("delete", "arr_quarterly_annualized", "--by", "lead").exit_code == 0
    gone = run("show", "arr_quarterly_annualized")
    assert gone.exit_code == 3
    assert "there is no metric" in gone.stderr


def test_check_says_no_with_exit_code_one(run: Any) -> None:
    assert run("check", "nrr_monthly_rolling_managed").exit_code == 0
    wrong = run("check", "current_mrr")
    assert wrong.exit_code == 1
    assert "instead: mrr_current" in wrong.stdout
