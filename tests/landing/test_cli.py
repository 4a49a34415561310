"""The commands: exit codes, output for people and programs, nothing of the data ever run."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hedgerow.cli.landing import import_, merge, override

app = typer.Typer()
app.command("import")(import_)
app.add_typer(merge, name="merge")
app.add_typer(override, name="override")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("HEDGEROW_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HEDGEROW_USER", raising=False)
    monkeypatch.setattr("hedgerow.cli.landing._vanished_share_max", lambda home, as_of: Decimal(20))
    return lambda *words: CliRunner().invoke(app, list(words))


def _file(tmp_path: Path, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


GOOD = "customer,start,mrr\nacme,2024-01-01,100\n"


def test_exit_codes_tell_stored_refused_and_nothing(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("import", "subscriptions", _file(tmp_path, "a.csv", GOOD)).exit_code == 0
    notice = run("import", "subscriptions", _file(tmp_path, "n.csv", GOOD + "beta,2024-01-01,$5\n"))
    assert notice.exit_code == 0
    assert "in place of what this source brought before" in notice.output
    text = GOOD + "beta,2024-01-01,$5\nc,2024-01-01,1.234\n"
    refused = run("import", "subscriptions", _file(tmp_path, "b.csv", text))
    assert refused.exit_code == 1
    assert "b.csv:4 mrr" in refused.output
    assert "problems.csv" in refused.output
    nothing = run("import", "subscriptions", _file(tmp_path, "c.csv", "customer,start,mrr\nbeta,2024-01-01,x\n"))
    assert nothing.exit_code == 2
    assert "c.csv:2" in nothing.output + (nothing.stderr or "")
    assert run("import", "subscriptions", str(tmp_path / "none.csv")).exit_code == 2


def test_losing_customers_stops_until_it_is_accepted(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("import", "subscriptions", _file(tmp_path, "a.csv", GOOD + "beta,2024-01-01,5\n"), "--as-of", "2024-06-01")
    fewer = _file(tmp_path, "b.csv", GOOD)
    stopped = run("import", "subscriptions", fewer, "--as-of", "2024-06-01")
    assert stopped.exit_code == 2
    assert "1 of 2 customers that paid in 2024-05" in stopped.output + (stopped.stderr or "")
    assert run("import", "subscriptions", fewer, "--as-of", "2024-06-01", "--accept-loss").exit_code == 0


def test_same_input_says_that_nothing_was_changed(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = _file(tmp_path, "a.csv", GOOD)
    run("import", "subscriptions", path)
    assert "nothing was changed" in run("import", "subscriptions", path).output


def test_json_is_a_list_of_flat_rows(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rows = json.loads(run("import", "subscriptions", _file(tmp_path, "a.csv", GOOD), "--json", "--source", "s").stdout)
    assert {"source": "s", "table": "subscriptions", "rows": 1, "stored": 1, "refused": 0, "replaced": 0} in rows


def test_problem_list_is_safe_to_open(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("import", "subscriptions", _file(tmp_path, "a.csv", GOOD + "=HYPERLINK(1),2024-01-01,=1+1\n@x,2024-01-01,-5\n"))
    text = (tmp_path / "home" / "landing" / "subscriptions" / "problems.csv").read_text(encoding="utf-8")
    values = [row["value"] for row in csv.DictReader(io.StringIO(text))]
    assert values == ["'=1+1", "-5"]


def test_markup_in_data_is_shown_as_it_is(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    shown = run("import", "subscriptions", _file(tmp_path, "a.csv", GOOD + "x,2024-01-01,[red]9[/red]\n")).output
    assert "[red]9[/red]" in shown


def test_merge_add_list_remove(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    added = run("merge", "add", "A", "B", "--kind", "region_migration", "--note", "moved", "--by", "revops", "--json")
    assert json.loads(added.stdout)[0]["changed"] is True
    assert run("merge", "add", "B", "C", "--kind", "region_migration").exit_code == 2
    assert [row["source_customer_id"] for row in json.loads(run("merge", "list", "--json").stdout)] == ["A"]
    assert run("merge", "remove", "Z").exit_code == 3
    assert run("merge", "remove", "A").exit_code == 0
    assert json.loads(run("merge", "list", "--json").stdout) == []
    log = [json.loads(line) for line in (tmp_path / "home" / "ledger" / "log.jsonl").read_text().splitlines()]
    assert [(entry["by"], entry["action"]) for entry in log] == [("revops", "add"), ("unknown", "remove")]


def test_override_takes_its_layer_from_the_field(run) -> None:  # type: ignore[no-untyped-def]
    months = ("--from", "2025-01", "--to", "2025-03")
    assert run("override", "add", "O", "total_mrr", "5.00", *months).exit_code == 2
    assert run("override", "add", "O", "total_mrr", "5.00", *months, "--note", "why").exit_code == 0
    assert run("override", "add", "O", "selected_type", "annual", *months, "--note", "why").exit_code == 0
    rows = json.loads(run("override", "list", "--json").stdout)
    assert {row["field"]: row["applies_to"] for row in rows} == {"total_mrr": "summary", "selected_type": "recalc"}
    assert run("override", "remove", "O", "total_mrr").exit_code == 0


def test_a_day_that_is_none_is_refused(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("import", "subscriptions", _file(tmp_path, "a.csv", GOOD), "--as-of", "tomorrow").exit_code == 2
