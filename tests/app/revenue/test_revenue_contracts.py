"""The JSON of the three contracted commands, from the worked examples of the specification."""

from __future__ import annotations

import csv
import io
import json

import pytest


def test_movements_of_example_l(home_l, ask):
    """REV-150: exactly six components, the baseline apart."""
    done = ask(home_l, "movements", "--from", "2025-10", "--to", "2025-10", "--product", "total", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == [
        {"month": "2025-10", "product": None, "component": name, "customers": n, "amount": amount, "status": "closed"}
        for name, n, amount in [("new", 1, "1200.00"), ("reactivated", 1, "450.00"), ("retained", 3, "3300.00"),
                                ("expansion", 1, "300.00"), ("contraction", 1, "-500.00"), ("churned", 1, "-700.00")]]


def test_rates_of_example_l(home_l, ask):
    """REV-151: contraction keeps its sign, churn is shown positive."""
    done = ask(home_l, "movements", "--from", "2025-10", "--to", "2025-10", "--product", "total", "--rates", "--json")
    assert json.loads(done.stdout) == [
        {"month": "2025-10", "product": None, "baseline": "4000.00", "new_rate": "30.00", "reactivated_rate": "11.25",
         "expansion_rate": "7.50", "contraction_rate": "-12.50", "churn_rate": "17.50", "status": "closed"}]


def test_rates_without_baseline_are_null(home_l, ask):
    done = ask(home_l, "movements", "--from", "2025-06", "--to", "2025-06", "--product", "total", "--rates", "--json")
    [row] = json.loads(done.stdout)
    assert row["baseline"] == "0.00"
    assert row["churn_rate"] is None


def test_json_holds_total_and_every_product_with_rows_of_zero(home_l, ask):
    """Programs get everything by default: 7 months and 1 forward, total and one product, six components."""
    rows = json.loads(ask(home_l, "movements", "--json").stdout)
    assert len(rows) == 8 * 2 * 6
    assert {row["product"] for row in rows} == {None, "session_replay"}
    zero = [row for row in rows if row["month"] == "2025-06"]
    assert {row["amount"] for row in zero} == {"0.00"}


def test_open_and_forward_months_are_labelled_forecast(home_l, ask):
    rows = json.loads(ask(home_l, "movements", "--json", "--product", "total").stdout)
    assert {row["month"]: row["status"] for row in rows if row["month"] >= "2025-10"} == {
        "2025-10": "closed", "2025-11": "open (forecast)", "2025-12": "forward (forecast)",
        "2026-01": "forward (forecast)"}


def test_series_are_not_mixed(home_l, ask):
    done = ask(home_l, "movements", "--series", "unadjusted", "--from", "2025-10", "--to", "2025-10", "--json",
               "--product", "total")
    assert [(r["component"], r["amount"]) for r in json.loads(done.stdout) if r["amount"] != "0.00"] == [
        ("expansion", "0.77")]


def test_retention_of_example_r(home_r, ask):
    done = ask(home_r, "retention", "--from", "2025-10", "--to", "2025-10", "--window", "3", "--json")
    assert json.loads(done.stdout) == [
        {"month": "2025-10", "window": 3, "product": None, "base": "4020.00", "current": "3220.00",
         "capped": "2920.00", "customers": 4, "ndr": "80.10", "gdr": "72.64", "note": None, "status": "closed"}]


def test_retention_of_an_empty_population_is_null_with_a_note(home_r, ask):
    """REV-84: never 0 % or 100 %."""
    [row] = json.loads(ask(home_r, "retention", "--from", "2025-09", "--to", "2025-09", "--window", "3",
                           "--json").stdout)
    assert (row["ndr"], row["gdr"], row["customers"]) == (None, None, 0)
    assert row["note"] == "no customers at or above $5K ARR in 2025-06"


def test_retention_before_the_data_names_the_first_available_month(home_r, ask):
    [row] = json.loads(ask(home_r, "retention", "--from", "2024-01", "--to", "2024-01", "--window", "3",
                           "--json").stdout)
    assert row["ndr"] is None
    assert row["note"] == ("no customers at or above $5K ARR in 2023-10; data begins in 2025-06, "
                           "the first available month is 2025-09")


def test_an_unlisted_window_is_computed_but_marked(home_r, ask):
    """Window 3 is stored; the same population through window 3 of the ad hoc path would give Example R too."""
    from hedgerow.app.revenue.queries.retention import _ad_hoc
    from hedgerow.app.revenue.queries.window import choose_months
    from hedgerow.warehouse.snapshot_reader import Snapshot

    with Snapshot.open(home_r) as snapshot:
        cells = _ad_hoc(snapshot, choose_months(snapshot, from_month="2025-10", to_month="2025-10"), 3)
    cell = cells[(2025 * 12 + 9, "total")]
    assert (cell["customers"], cell["base_cents"], cell["current_cents"], cell["capped_cents"]) == (
        4, 402000, 322000, 292000)
    [row] = json.loads(ask(home_r, "retention", "--from", "2025-09", "--to", "2025-09", "--window", "2",
                           "--json").stdout)
    assert (row["base"], row["current"], row["ndr"]) == ("4020.00", "0.00", "0.00")
    assert "not publishable" in row["note"]


def test_retention_of_the_open_month_is_unknown_not_empty(home_r, ask):
    [row] = json.loads(ask(home_r, "retention", "--from", "2025-11", "--to", "2025-11", "--window", "3",
                           "--json").stdout)
    assert (row["ndr"], row["note"]) == (None, "2025-11 is not closed; retention is stated for closed months")


def test_month_of_a_customer(home_l, ask):
    done = ask(home_l, "month", "g", "2025-10", "--json")
    assert json.loads(done.stdout) == [
        {"month": "2025-10", "series": series, "product": product, "mrr": mrr, "stage": name, "status": "closed"}
        for product, mrr, name in [(None, "1100.00", "growing"), ("session_replay", "300.00", "new")]
        for series in ("unadjusted", "adjusted")]


@pytest.mark.parametrize("given", ["g", "g-eu", "G.example", "grow"])
def test_a_customer_is_found_by_id_merged_id_domain_or_name(home_l, ask, given):
    rows = json.loads(ask(home_l, "month", given, "2025-10", "--product", "total", "--json").stdout)
    assert [row["mrr"] for row in rows] == ["1100.00", "1100.00"]


def test_an_unknown_customer_leaves_with_3_and_suggestions(home_l, ask):
    done = ask(home_l, "month", "Grov", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stderr)["error"] == "unknown_customer"
    assert "'Grow' (g)" in json.loads(done.stderr)["message"]


def test_a_gap_is_zero_and_inactive_not_missing(home_l, ask):
    rows = json.loads(ask(home_l, "month", "r", "--from", "2025-06", "--to", "2025-10", "--product", "total",
                          "--json").stdout)
    assert [(r["month"], r["mrr"], r["stage"]) for r in rows if r["series"] == "adjusted"] == [
        ("2025-07", "300.00", "new"), ("2025-08", "0.00", "churned"), ("2025-09", "0.00", "inactive"),
        ("2025-10", "450.00", "reactivated")]


@pytest.mark.parametrize(("words", "code", "exit_code"), [
    (["movements", "--from", "2025-11", "--to", "2025-10"], "bad_range", 2),
    (["movements", "--from", "2025-13"], "bad_month", 2),
    (["movements", "--from", "1999-01", "--to", "1999-02"], "no_data_for_month", 3),
    (["movements", "--product", "session_reply"], "unknown_product", 3),
    (["movements", "--series", "both"], "bad_series", 2),
    (["movements", "--as-of", "2025-11-19"], "no_snapshot_for_day", 3),
    (["movements", "--as-of", "yesterday"], "bad_date", 2),
    (["retention", "--window", "0"], "bad_window", 2),
    (["retention", "--from", "2031-01"], "no_data_for_month", 3),
])
def test_wrong_calls_say_the_way_out(home_l, ask, words, code, exit_code):
    done = ask(home_l, *words, "--json")
    assert done.exit_code == exit_code, done.output
    assert json.loads(done.stderr)["error"] == code
    assert done.stdout == ""


def test_the_snapshot_of_another_day_answers_when_it_exists(home_l, ask, made):
    made.write_home(home_l, snapshot="two", as_of="2025-11-21")
    before = ask(home_l, "movements", "--as-of", "2025-11-20", "--json", "--from", "2025-10", "--to", "2025-10")
    assert any(row["amount"] == "1200.00" for row in json.loads(before.stdout))
    after = ask(home_l, "movements", "--json", "--from", "2025-10", "--to", "2025-10")
    assert {row["amount"] for row in json.loads(after.stdout)} == {"0.00"}


def test_without_a_snapshot_the_way_out_is_named(tmp_path, ask):
    done = ask(tmp_path, "movements")
    assert done.exit_code == 2
    assert "hedgerow run" in done.stderr


def test_an_empty_snapshot_answers_with_zeros(tmp_path, ask, made):
    rows = json.loads(ask(made.write_home(tmp_path), "movements", "--json").stdout)
    assert {row["amount"] for row in rows} == {"0.00"}
    done = ask(tmp_path, "retention", "--window", "3", "--from", "2025-10", "--json")
    assert json.loads(done.stdout)[0]["ndr"] is None


def test_csv_neutralises_formulas(home_l, ask):
    done = ask(home_l, "lifecycle", "--month", "2025-10", "--stage", "shrinking", "--csv")
    [row] = csv.DictReader(io.StringIO(done.stdout))
    assert row["name"] == "'=cmd|'/c calc'!A1"
    assert row["delta"] == "-500.00"


def test_a_narrow_terminal_never_cuts_a_number(home_l, ask, monkeypatch):
    """Columns that do not fit go into a further table, which begins with the same words."""
    from rich.console import Console

    from hedgerow.cli import output

    wide = ask(home_l, "movements", "--from", "2025-10", "--to", "2025-10").stdout
    assert wide.count("2025-10") == 1
    monkeypatch.setattr(output, "console_out", lambda: Console(markup=False, highlight=False, width=80))
    narrow = ask(home_l, "movements", "--from", "2025-10", "--to", "2025-10").stdout
    assert max(map(len, narrow.splitlines())) <= 80
    assert narrow.count("2025-10") > 1
    for amount in ("1200.00", "450.00", "3300.00", "300.00", "-500.00", "-700.00", "4750.00"):
        assert amount in narrow.split()


def test_movers_take_a_range_of_months(home_l, ask):
    """An empty range is refused, a whole one answers."""
    assert ask(home_l, "movers", "--from", "2025-09", "--to", "2025-10", "--json").exit_code == 0
    refused = ask(home_l, "movers", "--from", "2025-10", "--to", "2025-09", "--json")
    assert (refused.exit_code, json.loads(refused.stderr)["error"]) == (2, "bad_range")
