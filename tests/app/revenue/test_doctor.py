"""The doctor: every check runs, each finding has a way out, and 1 means that something is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from hedgerow.cli.doctor import doctor


@pytest.fixture
def examine():
    app = typer.Typer()
    app.command()(doctor)

    def run(home, *words: str) -> tuple[int, list[dict[str, Any]]]:
        done = CliRunner().invoke(app, ["--home", str(home), "--as-of", "2025-11-20", "--json", *words])
        return done.exit_code, json.loads(done.stdout)

    return run


def found(rows, area):
    return {row["check"]: row for row in rows if row["area"] == area}


def test_an_empty_home_is_wrong_and_says_where_to_begin(tmp_path, examine):
    code, rows = examine(tmp_path / "nothing")
    assert code == 1
    assert "hedgerow demo" in found(rows, "configuration")["home"]["mend"]
    assert found(rows, "snapshot")["current snapshot"]["state"] == "wrong"


def test_merge_candidates_share_a_domain_and_swap_within_a_month(tmp_path, made, examine):
    """One goes to 0 as the other appears: at one month's distance yes, at two no, and another domain never."""
    names = [("gone", "x.io"), ("came", "X.io"), ("late", "x.io"), ("other", "y.io")]
    made.write_home(tmp_path, tables={
        "customer": [{"customer_id": i, "name": i, "domain": d} for i, d in names],
        "stage_month": [made.stage("gone", "2025-08", "churned", 5000, 0),
                        made.stage("came", "2025-09", "new", 0, 5000),
                        made.stage("late", "2025-10", "new", 0, 1), made.stage("other", "2025-08", "new", 0, 1)]})
    _, rows = examine(tmp_path)
    assert list(found(rows, "merge candidates")) == ["gone -> came"]
    assert "hedgerow merge add gone came" in found(rows, "merge candidates")["gone -> came"]["mend"]


def test_a_fix_made_twice_by_hand_is_named(tmp_path, made, examine):
    """REV-148."""
    fix = {"field": "discount_percent", "value": "20", "applies_to": "summary", "note": "wrong  Rate at source"}
    made.write_home(tmp_path, landing={"overrides": [
        {**fix, "organization_id": "o1"}, {**fix, "organization_id": "o2", "note": "Wrong rate at source"},
        {**fix, "organization_id": "o3", "note": "something else"}]})
    _, rows = examine(tmp_path)
    assert found(rows, "insight")["repeated override"]["detail"].startswith("2 times discount_percent")


def test_failed_checks_make_it_wrong(tmp_path, made, examine):
    made.write_home(tmp_path)
    (tmp_path / "snapshots" / "one" / "integrity.json").write_text(json.dumps({"checks": [
        {"check": "waterfall", "rule": "REV-28", "ok": False, "detail": "1 row"}, {"check": "b", "ok": True}]}))
    code, rows = examine(tmp_path)
    assert code == 1
    assert found(rows, "integrity") == {"waterfall": {
        "area": "integrity", "check": "waterfall", "state": "wrong", "detail": "1 row (REV-28)",
        "mend": "mend the source and build again: hedgerow run"}}


def test_issues_are_counted_with_the_way_out(tmp_path, made, examine):
    made.write_home(tmp_path, tables={"data_issue": [
        {"code": "trial_flag_overdue", "rule": "REV-41", "customer_id": "a"}] * 2})
    _, rows = examine(tmp_path)
    issue = found(rows, "data issues")["trial_flag_overdue"]
    assert (issue["detail"], issue["state"]) == ("2 record(s)", "look")
    assert "hedgerow revenue issues --code trial_flag_overdue" in issue["mend"]


def test_the_command_lists_merge_candidates_with_the_way_on(tmp_path, made):
    """The weekly list, for a person to accept or refuse."""
    import json

    from typer.testing import CliRunner

    from hedgerow.cli.landing import merge

    made.write_home(tmp_path, tables={
        "customer": [{"customer_id": i, "name": i, "domain": "x.io"} for i in ("gone", "came")],
        "stage_month": [made.stage("gone", "2025-08", "churned", 5000, 0),
                        made.stage("came", "2025-09", "new", 0, 4000)]})
    done = CliRunner().invoke(merge, ["candidates", "--home", str(tmp_path), "--json"])
    [row] = json.loads(done.stdout)
    assert (row["source"], row["target"], row["gone"], row["appeared"]) == ("gone", "came", "50.00", "40.00")
    assert row["merge_with"].startswith("hedgerow merge add gone came --kind")
