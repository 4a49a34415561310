"""Metrics with values: one catalogue, the words beside every figure, and what a changed model moves (REV-120..127)."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hedgerow.app.metrics.catalogue import ledger_file, list_metrics, read_events, shipped_metrics
from hedgerow.app.metrics.operations import change_metric
from hedgerow.cli.metrics import app as governance
from hedgerow.home import Home
from hedgerow.kernel.problem import UnableTo
from hedgerow.policies.loader import load_policies

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = {"description": "Logos kept over a quarter", "unit": "percent", "owner": "finance", "series": "adjusted",
         "definition": "customers of three months ago that still pay", "model": "retention", "dimensions": ["month"],
         "cite": "retention-metrics#how"}


def rows_of(done):
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("name", "value"), [("mrr", "4750.00"), ("arr", "57000.00"), ("paying_customers", "5")])
def test_a_metric_states_everything_about_itself(home_l, ask, name, value):
    """REV-126: the words come from the catalogue, the figure from the snapshot."""
    [row] = rows_of(ask(home_l, "metric", name, "--json"))
    shipped = shipped_metrics()[name]
    assert (row["value"], row["month"], row["status"], row["basis"]) == (value, "2025-10", "closed", "straight_line")
    for field in ("definition", "owner", "state", "series", "unit", "cite"):
        assert row[field] == getattr(shipped, field)
        assert row[field]


def test_the_list_is_the_catalogue_with_values(home_l, ask):
    rows = rows_of(ask(home_l, "metrics", "--json"))
    assert [row["metric"] for row in rows] == sorted(shipped_metrics())
    assert {row["metric"]: row["value"] for row in rows}["arr"] == "57000.00"


def test_an_edit_shows_as_proposed_wherever_the_metric_is_shown(home_l, ask):
    """REV-123, REV-126: and the reader learns that only the words changed."""
    change_metric(Home(home_l), "edit", "mrr", by="analyst", at=AT, policies=load_policies(),
                  definition={"definition": "what customers pay in a month"})
    [row] = rows_of(ask(home_l, "metric", "mrr", "--json"))
    assert (row["state"], row["definition"]) == ("proposed", "what customers pay in a month")
    assert "computed as before" in row["note"]
    assert "mrr (proposed): 4750.00" in ask(home_l, "metric", "mrr").stdout
    assert {r["metric"]: r["state"] for r in rows_of(ask(home_l, "metrics", "--json"))}["mrr"] == "proposed"


def test_a_name_that_nobody_defined_is_proposed_and_says_so(home_r, ask):
    """Example R over one quarter: 3220 of 4020."""
    [row] = rows_of(ask(home_r, "metric", "nrr_quarterly", "--json"))
    assert (row["value"], row["state"], row["definition"], row["owner"]) == ("80.10", "proposed", None, "revops")
    assert "hedgerow metrics propose nrr_quarterly" in row["note"]


def test_a_proposed_metric_is_answered_with_its_own_words(home_r, ask):
    """Three of the four customers of the base month still pay."""
    change_metric(Home(home_r), "propose", "logo_retention_quarterly", by="analyst", at=AT, policies=load_policies(),
                  definition=WORDS)
    [row] = rows_of(ask(home_r, "metric", "logo_retention_quarterly", "--json"))
    assert (row["value"], row["state"], row["owner"]) == ("75.00", "proposed", "finance")
    assert (row["cite"], row["definition"]) == (WORDS["cite"], WORDS["definition"])


def test_the_rolling_window_is_a_dimension(home_r, ask):
    [row] = rows_of(ask(home_r, "metric", "gdr_monthly_rolling", "--window", "3", "--json"))
    assert (row["value"], row["state"]) == ("72.64", "approved")
    refused = ask(home_r, "metric", "gdr_quarterly", "--window", "6", "--json")
    assert (refused.exit_code, json.loads(refused.stderr)["error"]) == (2, "bad_window")


def test_logos_of_last_month_need_no_least_size(home_l, ask):
    """Example L: four paid, one left."""
    [row] = rows_of(ask(home_l, "metric", "logo_retention_monthly", "--json"))
    assert row["value"] == "75.00"


def test_retention_of_an_open_month_is_unknown(home_r, ask):
    [row] = rows_of(ask(home_r, "metric", "nrr_monthly_rolling", "--month", "2025-11", "--json"))
    assert row["value"] is None
    assert "not closed" in row["note"]


def test_definitions_and_ownership_are_published(home_l, ask):
    """REV-160, REV-161."""
    rows = rows_of(ask(home_l, "metrics", "--definitions", "--json"))
    by_term = {row["term"]: row for row in rows}
    assert "at least 2 products" in by_term["usage-qualified"]["text"].lower()
    assert "MRR of the month is above 0" in by_term["active customer"]["text"]
    assert by_term["accounting"]["owner"] is None
    assert by_term["sales tools: CRM, enrichment, contract tool"]["owner"] == "revops"
    assert {row["term"] for row in rows if row["kind"] == "metric"} == set(shipped_metrics())
    assert all(row["cite"] and row["rule"] for row in rows)


def _propose(root: Path, name: str, person: str) -> str:
    try:
        change_metric(Home(root), "propose", name, by=person, at=AT, policies=load_policies(),
                      definition={**WORDS, "definition": f"by {person}"})
    except UnableTo as error:
        return error.code
    return "ok"


def test_two_people_at_once_both_keep_their_step_and_one_name_is_taken_once(tmp_path):
    """The ledger has one writer at a time: of four that propose one name, three find it taken."""
    names = ["gdr_quarterly"] * 4 + ["nrr_quarterly"]
    with multiprocessing.get_context("fork").Pool(5) as pool:
        outcomes = pool.starmap(_propose, [(tmp_path, name, f"p{n}") for n, name in enumerate(names)])
    assert sorted(outcomes) == ["already_there"] * 3 + ["ok"] * 2
    assert sorted(event.name for event in read_events(Home(tmp_path))) == ["gdr_quarterly", "nrr_quarterly"]


@pytest.fixture
def changed(tmp_path, made):
    """Two snapshots of one month: 100.00 before a model was changed, 250.00 after."""
    for name, cents in (("before", 10000), ("after", 25000)):
        made.write_home(tmp_path, snapshot=name, tables={
            "customer": [{"customer_id": "a", "name": "A", "billing_config": "paid"}],
            "customer_month": [made.summed("a", "2025-10", cents)],
            "stage_month": [made.stage("a", "2025-10", "new", 0, cents)]})
    return tmp_path


def test_a_changed_view_names_what_it_moves_and_records_both_figures(changed, monkeypatch):
    """REV-125: everything downstream of customer_fact moves; each owner is named."""
    monkeypatch.setenv("HEDGEROW_HOME", str(changed))
    run = CliRunner().invoke
    looked = rows_of(run(governance, ["view", "customer_fact", "--before", "before", "--json"]))
    assert not ledger_file(Home(changed)).exists()
    figures = {row["metric"]: (row["before"], row["after"], row["owner"]) for row in looked}
    assert figures["mrr"] == ("100.00", "250.00", "revops")
    assert set(figures) == set(shipped_metrics())
    done = run(governance, ["view", "customer_fact", "--before", "before", "--by", "analyst", "--note", "tax",
                            "--json"])
    assert rows_of(done) == looked
    [event] = read_events(Home(changed))
    assert (event.name, event.by, event.definition["month"]) == ("customer_fact", "analyst", "2025-10")
    assert {"metric": "mrr", "owner": "revops", "before": "100.00", "after": "250.00"} in event.definition["moved"]
    assert {metric.state for metric in list_metrics(Home(changed))} == {"approved"}
    told = run(governance, ["history", "customer_fact"]).stdout
    assert "view_changed" in told


@pytest.mark.parametrize(("words", "code"), [
    (["view", "customer_facts"], "unknown_model"), (["view", "retention", "--before", "x"], "unknown_snapshot"),
    (["view", "retention", "--month", "2025-11"], "not_closed")])
def test_views_snapshots_and_months_that_do_not_exist(changed, monkeypatch, words, code):
    monkeypatch.setenv("HEDGEROW_HOME", str(changed))
    done = CliRunner().invoke(governance, [*words, "--json"])
    assert (done.exit_code, json.loads(done.stderr)["error"]) == (3, code)


def test_a_change_is_recorded_only_with_a_snapshot_from_before(changed, monkeypatch):
    monkeypatch.setenv("HEDGEROW_HOME", str(changed))
    done = CliRunner().invoke(governance, ["view", "retention", "--by", "analyst", "--json"])
    assert (done.exit_code, json.loads(done.stderr)["error"]) == (2, "no_before")
