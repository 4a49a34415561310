"""Explanations, adjustments, schedules, movers, causes, metrics: everything that opens a figure."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest


def rows_of(done):
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("figure", "total"), [
    ("mrr", "4750.00"), ("new", "1200.00"), ("reactivated", "450.00"), ("retained", "3300.00"), ("expansion", "300.00"),
    ("contraction", "-500.00"), ("churned", "-700.00"), ("baseline", "4000.00"), ("arr", "57000.00"),
    ("paying_customers", "5")])
def test_contributions_add_up_to_the_figure(home_l, ask, figure, total):
    """REV-150 and Example L, customer by customer."""
    rows = rows_of(ask(home_l, "explain", figure, "2025-10", "--json"))
    parts = [Decimal(row["contribution"]) for row in rows]
    assert (str(len(rows)) if figure == "paying_customers" else str(sum(parts))) == total
    assert parts == sorted(parts, key=lambda part: -abs(part))


@pytest.mark.parametrize(("figure", "now"), [("ndr", "3220.00"), ("nrr", "3220.00"), ("gdr", "2920.00")])
def test_retention_is_explained_by_its_population(home_r, ask, figure, now):
    """REV-80: E is below the least annual revenue, F had no base."""
    rows = rows_of(ask(home_r, "explain", figure, "2025-10", "--window", "3", "--json"))
    assert sorted(row["customer_id"] for row in rows) == ["A", "B", "C", "D"]
    assert str(sum(Decimal(row["contribution"]) for row in rows)) == now
    assert str(sum(Decimal(row["previous"]) for row in rows)) == "4020.00"


def test_a_segment_narrows_the_explanation(home_l, ask):
    """A segment that nobody is in is a misspelling: it is named, never an empty answer."""
    asked = ("explain", "mrr", "2025-10", "--json")
    assert rows_of(ask(home_l, *asked, "--segment", "managed")) == rows_of(ask(home_l, *asked))
    refused = ask(home_l, *asked, "--segment", "manged")
    assert (refused.exit_code, json.loads(refused.stderr)["error"]) == (3, "unknown_segment")
    assert "'managed'" in refused.stderr
    assert ask(home_l, *asked, "--owner", "nobody").exit_code == 3


def test_each_figure_is_explained_in_its_own_series(home_l, ask):
    """REV-50: the top line is unadjusted, movements are adjusted, and either can be asked for."""
    assert {r["series"] for r in rows_of(ask(home_l, "explain", "mrr", "2025-10", "--json"))} == {"unadjusted"}
    assert {r["series"] for r in rows_of(ask(home_l, "explain", "new", "2025-10", "--json"))} == {"adjusted"}
    asked = rows_of(ask(home_l, "explain", "mrr", "2025-10", "--series", "adjusted", "--json"))
    assert {r["series"] for r in asked} == {"adjusted"}


def test_people_see_the_first_rows_and_the_whole_sum(home_l, ask):
    shown = ask(home_l, "explain", "mrr", "2025-10", "--limit", "2").stdout
    assert "The first 2 of 5" in shown
    assert "5 customers add up to 4750.00" in shown
    assert len(rows_of(ask(home_l, "explain", "mrr", "2025-10", "--json"))) == 5
    assert len(rows_of(ask(home_l, "explain", "mrr", "2025-10", "--limit", "2", "--json"))) == 2


def test_every_report_names_its_owner_and_where_its_words_are_defined(home_l, ask):
    """REV-146, REV-161; programs read the same from the metric."""
    assert "owner: revops" in ask(home_l, "movements").stdout
    assert "owner: revops" not in ask(home_l, "movements", "--csv").stdout


def test_amortized_charges_have_a_schedule(tmp_path, made, ask):
    """REV-12, REV-13, Example M: a quarter of 45,000 is 15,000 a month."""
    parts = [{"invoice_id": "in_9", "customer_id": "a", "part": n + 1, "parts": 3, "month_idx": made.idx("2025-07") + n,
              "part_end": f"2025-{8 + n:02}-01 00:00:00", "paid_part": 1500000} for n in range(3)]
    home = made.write_home(tmp_path, tables={"customer": [{"customer_id": "a", "name": "A"}], "amortized_span": parts})
    for asked in ("a", "in_9"):
        rows = rows_of(ask(home, "splits", asked, "--json"))
        assert [(r["kind"], r["month"], r["amount"], r["period_start"]) for r in rows] == [
            ("amortized", "2025-07", "15000.00", "2025-07-01"), ("amortized", "2025-08", "15000.00", "2025-08-01"),
            ("amortized", "2025-09", "15000.00", "2025-09-01")]
    assert ask(home, "splits", "nobody").exit_code == 3


def test_a_gap_names_its_months_wherever_it_is_shown(tmp_path, made, ask):
    """REV-65: the months without invoice, not the one after; months after the last row are no gap."""
    gap = {"code": "gap_no_invoice", "rule": "REV-65", "customer_id": "a", "month_idx": made.idx("2025-09"),
           "detail": "no invoice for 2 month(s) before this one; read as 0"}
    home = made.write_home(tmp_path, tables={
        "customer": [{"customer_id": "a", "name": "A", "billing_config": "paid"}], "data_issue": [gap, {
            **gap, "code": "package_comped", "rule": "REV-153", "detail": "x"}],
        "customer_month": [made.summed("a", "2025-06", 100), made.summed("a", "2025-09", 100)]})
    found = {row["code"]: row for row in rows_of(ask(home, "issues", "--json"))}
    assert found["gap_no_invoice"]["detail"].endswith("missing: 2025-07, 2025-08")
    assert found["package_comped"]["detail"] == "x"
    marked = {r["month"] for r in rows_of(ask(home, "month", "a", "--json")) if "gap: no invoice" in r["status"]}
    assert marked == {"2025-07", "2025-08"}
    explained = rows_of(ask(home, "explain", "a", "2025-08", "--json"))
    assert [r["detail"] for r in explained if r["section"] == "waterfall"] == ["gap: no invoice; a missing month is 0"]
    shown = ask(home, "issues").stdout
    assert "check whether an invoice was lost" in shown
    assert {r["code"]: r["records"] for r in rows_of(ask(home, "issues", "--by-code", "--json"))} == {
        "gap_no_invoice": 1, "package_comped": 1}


@pytest.fixture
def home(tmp_path, made):
    """One annual and one monthly customer with landing rows behind them."""
    at = made.idx("2025-10")
    annual = {"classification": "annual", "billing_config": "annual_upfront", "list_cents": 1000000,
              "discount_cents": 190000, "discount_ppm": 200000}
    return made.write_home(
        tmp_path,
        tables={
            "customer": [{"customer_id": "y", "name": "Yearly", "billing_config": "annual_upfront", "domain": "a.io"},
                         {"customer_id": "m", "name": "Monthly", "billing_config": "paid", "domain": "a.io"}],
            "customer_redirect": [{"source_customer_id": "m-eu", "customer_id": "m", "kind": "region_migration",
                                   "note": "moved to US"}],
            "customer_month": [made.summed("y", "2025-10", 810000, **annual), made.summed("m", "2025-10", 480000)],
            "adjustment": [
                {"rule": "REV-44", "state": "pending", "scope": "total", "customer_id": "m", "basis": "only",
                 "month_idx": at, "before_cents": 480000, "after_cents": 480000, "prev1_cents": 170000,
                 "prev2_cents": 150000, "next_cents": 1},
                {"rule": "REV-42", "state": "applied", "scope": "total", "customer_id": "y", "basis": "stored",
                 "month_idx": at, "before_cents": 800000, "after_cents": 1000000, "discount_ppm": 200000},
                {"rule": "REV-42", "state": "applied", "scope": "total", "customer_id": "y", "basis": "usage",
                 "month_idx": at, "before_cents": 1, "after_cents": 2, "discount_ppm": 200000},
                {"rule": "REV-43", "state": "not_applicable", "scope": "total", "customer_id": "m", "basis": "only",
                 "month_idx": at, "before_cents": 480000, "after_cents": 480000, "prev1_cents": 170000,
                 "prev2_cents": 150000, "next_cents": 1, "credit_cents": 5}],
            "mover": [{"month_idx": at, "side": "gainer", "rank": 1, "customer_id": "m", "prev_cents": 0,
                       "mrr_cents": 480000, "delta_cents": 480000, "stage": "new"},
                      {"month_idx": at + 1, "side": "loser", "rank": 1, "customer_id": "m", "prev_cents": 480000,
                       "mrr_cents": 120000, "delta_cents": -360000, "stage": "shrinking"}],
            "stage_month": [made.stage("m", "2025-10", "new", 0, 480000),
                            made.stage("m", "2025-10", "new", 0, 480000, "session_replay"),
                            made.stage("y", "2025-09", "churned", 700000, 0)],
            "data_issue": [{"code": "unmapped_line", "rule": "REV-3", "customer_id": "m", "month_idx": at,
                            "record_id": "in_1", "detail": "=HYPERLINK(1)"}],
        },
        landing={
            "invoices": [{"invoice_id": "in_1", "customer_id": "m-eu", "type": "completed",
                          "classification": "standard", "status": "paid", "total_cents": 480000,
                          "period_start": datetime(2025, 9, 21), "period_end": datetime(2025, 10, 21)},  # noqa: DTZ001
                         {"invoice_id": "in_2", "customer_id": "m", "type": "completed", "classification": "standard",
                          "period_start": datetime(2025, 10, 1), "period_end": datetime(2025, 11, 1, 0, 0, 1)}],  # noqa: DTZ001
            "invoice_lines": [{"line_id": "l1", "invoice_id": "in_1", "customer_id": "m-eu", "month_idx": at,
                               "product_key": "session_replay", "units": 7, "net_cents": 480000}],
            "credit_purchases": [
                {"purchase_id": "p1", "contract_id": "k1", "customer_id": "y", "kind": "purchase", "status": "paid",
                 "price_paid_cents": 8000000, "start_date": date(2025, 9, 21), "term_months": 12},
                {"purchase_id": "p2", "contract_id": "k2", "customer_id": "y", "kind": "purchase", "status": "paid",
                 "price_paid_cents": 100, "start_date": date(2026, 6, 21), "term_months": 1,
                 "supersedes_purchase_id": "p1"}],
            "deals": [{"deal_id": "d", "customer_id": "m-eu", "stage": "proposal"}],
        })


def test_adjustments_in_words_with_evidence_on_the_published_basis(home, ask):
    """REV-46, REV-51, REV-158: one row per month, and an open next month is no evidence."""
    rows = rows_of(ask(home, "adjustments", "--json"))
    assert [(r["customer_id"], r["rule"], r["state"], r["before"], r["after"], r["month_after"]) for r in rows] == [
        ("m", "REV-44", "pending", "4800.00", "4800.00", None), ("y", "REV-42", "applied", "8000.00", "10000.00", None)]
    assert rows[0]["text"] == ("4800.00 after 1500.00 and 1700.00, the next month is still open: "
                               "perhaps a spike; it stays until it is clear")
    assert rows[1]["text"] == "annual value: 8000.00 billed at 20.00 % credit discount is worth 10000.00"
    assert [r["state"] for r in rows_of(ask(home, "adjustments", "--pending", "--json"))] == ["pending"]
    assert len(rows_of(ask(home, "adjustments", "--all", "--customer", "m", "--json"))) == 2


def test_a_schedule_adds_up_and_shows_what_is_superseded(home, ask):
    """REV-30, REV-32, REV-156: start 21 September, October to September; replaced from 21 June on."""
    rows = rows_of(ask(home, "splits", "k1", "--json"))
    first = [r for r in rows if r["purchase_id"] == "p1"]
    assert [r["amount"] for r in first[:3]] == ["6666.67", "6666.66", "6666.67"]
    assert sum(Decimal(r["amount"]) for r in first) == Decimal("80000.00")
    assert (first[0]["month"], first[-1]["month"]) == ("2025-10", "2026-09")
    assert [r["state"] for r in first] == ["counted"] * 9 + ["superseded"] * 3
    assert [r["state"] for r in rows if r["purchase_id"] == "p2"] == ["counted"]


def test_movers_carry_their_context_and_label_the_open_month(home, ask):
    """REV-100, REV-101; the deal of a merged account counts."""
    closed, forecast = rows_of(ask(home, "movers", "--json"))
    assert (closed["delta"], closed["delta_percent"], closed["status"]) == ("4800.00", None, "closed")
    assert closed["product_deltas"] == "session_replay +4800.00"
    assert closed["adjustment"] == "REV-44 pending"
    assert closed["open_deal_stage"] == "proposal"
    assert closed["usage_deltas"] is None
    assert (forecast["delta_percent"], forecast["status"]) == ("-75.00", "open (forecast)")
    assert [r["month"] for r in rows_of(ask(home, "movers", "--closed-months-only", "--json"))] == ["2025-10"]
    assert ask(home, "movers", "--month", "2025-11", "--closed-months-only").exit_code == 3


def test_a_customer_month_opens_down_to_invoice_lines(home, ask):
    """REV-31: a period to 21 October belongs to October; one that ends a second after midnight is November's."""
    rows = rows_of(ask(home, "explain", "m", "2025-10", "--json"))
    by = {(row["section"], row["item"]): row for row in rows}
    assert [r["item"] for r in rows if r["section"] == "invoice"] == ["in_1"]
    assert by["line", "l1"]["amount"] == "4800.00"
    assert by["merged", "m-eu"]["detail"] == "region migration: moved to US"
    assert by["waterfall", "total"]["amount"] == "4800.00"
    assert by["policy", "revenue.spike_multiple"]["detail"] == "2"
    assert by["configuration", "paid"]["cite"] == "customer-billing-configurations#paid-plan"
    total = sum(Decimal(r["amount"]) for r in rows if r["section"] == "waterfall" and r["item"] != "total")
    assert str(total) == by["waterfall", "total"]["amount"]


def test_a_customer_needs_a_month_to_be_explained(home, ask):
    done = ask(home, "explain", "m")
    assert done.exit_code == 2
    assert "month_needed" in done.stderr


def test_the_waterfall_of_an_annual_customer(home, ask):
    """Example W, REV-28."""
    rows = rows_of(ask(home, "explain", "y", "2025-10", "--json"))
    assert [r["amount"] for r in rows if r["section"] == "waterfall"] == [
        "10000.00", "-1900.00", "0.00", "0.00", "8100.00"]
    assert [r["detail"] for r in rows if r["section"] == "prepaid"] == [
        "6666.67 of 2025-09-21 to 2025-10-21, counted"]


def test_issues_say_what_to_do_and_stay_text(home, ask):
    [row] = rows_of(ask(home, "issues", "--json"))
    assert row["what_to_do"].startswith("add the product")
    assert "'=HYPERLINK(1)" in ask(home, "issues", "--csv").stdout


def test_causes_are_asked_from_the_threshold_on(tmp_path, made, ask):
    """REV-157: exactly -100.00 asks, -99.99 does not; a cause is recorded once and can be replaced."""
    made.write_home(tmp_path, tables={
        "customer": [{"customer_id": i, "name": i} for i in ("at", "under")],
        "stage_month": [made.stage("at", "2025-10", "shrinking", 20000, 10000),
                        made.stage("under", "2025-10", "shrinking", 20000, 10001)]})
    [row] = rows_of(ask(tmp_path, "shrink-causes", "--json"))
    assert (row["customer_id"], row["cause"]) == ("at", "not yet explained")
    done = ask(tmp_path, "shrink-causes", "--set", "at", "2025-10", "one-off", "--json")
    assert rows_of(done)[0]["cause"] == "one_off"
    rows_of(ask(tmp_path, "shrink-causes", "--set", "at", "2025-10", "dissatisfaction", "--json"))
    sums = {r["cause"]: r["amount"] for r in rows_of(ask(tmp_path, "shrink-causes", "--by-cause", "--json"))}
    assert (sums["dissatisfaction"], sums["one_off"], sums["not yet explained"]) == ("-100.00", "0.00", "0.00")
    assert ask(tmp_path, "shrink-causes", "--set", "under", "2025-10", "other").exit_code == 2
    assert ask(tmp_path, "shrink-causes", "--set", "at", "2025-10", "boredom").exit_code == 3


def test_a_wrong_metric_name_names_the_part(home_l, ask):
    done = ask(home_l, "metric", "managed_mrr_usd", "--json")
    assert done.exit_code == 2
    assert {problem["code"] for problem in json.loads(done.stderr)["problems"]} >= {"unit"}


def test_the_summary_names_both_series_and_never_annualises_an_open_month(home_l, ask):
    rows = rows_of(ask(home_l, "summary", "--product", "total", "--from", "2025-10", "--to", "2025-11", "--json"))
    assert (rows[0]["unadjusted"], rows[0]["adjusted"], rows[0]["arr"]) == ("4750.00", "4750.00", "57000.00")
    assert rows[1]["arr"] is None


def test_cohorts_of_example_k(tmp_path, made, ask):
    """REV-87, REV-89: months that are not closed are blank, not 0."""
    at = made.idx("2025-08")
    cell = {"scope": "total", "cohort_month_idx": at, "customers": 3, "base_cents": 350000}
    made.write_home(tmp_path, tables={"cohort": [
        {**cell, "age": 0, "month_idx": at, "current_cents": 350000, "capped_cents": 350000},
        {**cell, "age": 1, "month_idx": at + 1, "current_cents": 350000, "capped_cents": 290000}]})
    rows = rows_of(ask(tmp_path, "cohorts", "--kind", "gdr", "--product", "total", "--json"))
    assert [(r["age"], r["value"]) for r in rows] == [(0, "100.00"), (1, "82.86"), (2, None), (3, None), (4, None),
                                                      (5, None)]
    ndr = rows_of(ask(tmp_path, "cohorts", "--kind", "ndr", "--product", "total", "--json"))
    assert ndr[1]["value"] == "100.00"


def test_forecast_shows_growth_and_the_alert_of_the_model(tmp_path, made, ask):
    """REV-105, REV-107: growth is blank without a last closed month; the model raises the alert."""
    at = made.idx("2025-11")
    cases = [("exact", 300000, 200000, ""), ("above", 300001, 200000, "up"), ("small", 900000, 100000, ""),
             ("down", 90000, 200000, "down"), ("first", 5000, 0, "")]
    made.write_home(tmp_path, tables={"forecast_customer": [
        {"customer_id": c, "month_idx": at, "completed_cents": 0, "forecast_cents": f, "last_closed_cents": last,
         "alert": alert, "is_first_payment": int(c == "first"), "method": "usage"}
        for c, f, last, alert in cases]})
    rows = {r["customer_id"]: (r["growth_percent"], r["alert"]) for r in
            rows_of(ask(tmp_path, "forecast", "--by", "customer", "--json"))}
    assert rows == {"exact": ("50.00", None), "above": ("50.00", "up"), "small": ("800.00", None),
                    "down": ("-55.00", "down"), "first": (None, None)}


def test_outlook_layers_stay_blank_without_history(tmp_path, made, ask):
    """REV-159: who never paid is in the conversions layer alone; without three months stored it is blank, not 0."""
    at = made.idx("2025-11")
    made.write_home(tmp_path, tables={
        "customer_month": [made.summed("payer", "2025-10", 70000)],
        "forecast_customer": [
            {"customer_id": c, "month_idx": at, "forecast_cents": cents, "is_first_payment": first}
            for c, cents, first in [("payer", 80000, 0), ("newcomer", 5000, 1), ("idle", 90, 0)]]})
    rows = {r["layer"]: r for r in rows_of(ask(tmp_path, "forecast", "--json")) if r["month"] == "2025-11"}
    assert {name: row["amount"] for name, row in rows.items()} == {
        "run_rate": "800.00", "conversions": None, "expansion": None, "sum": "800.00"}
    assert rows["conversions"]["customers"] == 1


def test_stored_forecasts_give_the_conversion_rate_and_the_error(tmp_path, made, ask):
    """REV-109, REV-159: one of two awaited accounts paid in each of three months: half of the forecast counts."""
    from datetime import date

    from hedgerow.app.revenue.queries.forecast_history import store_forecast
    from hedgerow.warehouse.snapshot_reader import Snapshot

    months = ["2025-08", "2025-09", "2025-10"]
    paid = [made.summed(f"new{n}", month, 10000) for n, month in enumerate(months)]
    for n, month in enumerate(months):
        at = made.idx(month)
        home = made.write_home(tmp_path, run=month, as_of=f"{month}-02", snapshot=f"s{n}", tables={
            "customer_month": paid[:n],
            "forecast_product": [
                {"customer_id": f"new{n}", "product_key": "replay", "month_idx": at, "charge_cents": half,
                 "method": "run_rate"} for half in (5000, 3000)],
            "forecast_customer": [
                {"customer_id": c, "month_idx": at, "forecast_cents": cents, "is_first_payment": 1, "method": "usage"}
                for c, cents in ((f"new{n}", 8000), ("never", 9000), ("small", 100))]})
        with Snapshot.open(home) as snapshot:
            assert store_forecast(snapshot).name == f"{date.fromisoformat(f'{month}-02')}.parquet"
    made.write_home(tmp_path, snapshot="last", tables={
        "customer_month": paid,
        "forecast_customer": [{"customer_id": "newest", "month_idx": made.idx("2025-11"), "forecast_cents": 20001,
                               "is_first_payment": 1}]})
    rows = {r["layer"]: r["amount"] for r in rows_of(ask(tmp_path, "forecast", "--json")) if r["month"] == "2025-11"}
    assert rows == {"run_rate": "0.00", "conversions": "100.01", "expansion": None, "sum": "100.01"}
    errors = {(r["month"], r["product"], r["method"]): (r["forecast"], r["closed"]) for r in
              rows_of(ask(tmp_path, "forecast", "--accuracy", "--json"))}
    assert errors["2025-10", None, "usage"] == ("171.00", "100.00")
    assert errors["2025-10", "replay", "run_rate"] == ("80.00", "0.00")


@pytest.mark.parametrize("words", [["summary"], ["movements"], ["retention"], ["cohorts"]])
def test_charts_are_written_and_the_same_every_time(ask, tmp_path, made, words):
    at = made.idx("2025-07")
    made.write_home(tmp_path, tables={
        "customer_month": [made.summed("a", "2025-10", 100)],
        "movement": [made.movement("2025-10", "new", 1, 100)],
        "retention": [{"month_idx": made.idx("2025-10"), "window_months": 3, "scope": "total", "base_month_idx": at,
                       "customers": 1, "base_cents": 100, "current_cents": 90, "capped_cents": 90}],
        "cohort": [{"scope": "total", "cohort_month_idx": at, "age": 0, "month_idx": at, "customers": 1,
                    "base_cents": 1, "current_cents": 1, "capped_cents": 1}]})
    one, two = tmp_path / "one.svg", tmp_path / "two.svg"
    for file in (one, two):
        assert ask(tmp_path, *words, "--chart", str(file), "--json").exit_code == 0
    assert one.read_text(encoding="utf-8").startswith("<svg")
    assert one.read_bytes() == two.read_bytes()
    assert "series" in one.read_text(encoding="utf-8")
    assert ask(tmp_path, *words, "--chart", str(tmp_path / "x.pdf")).exit_code == 2
