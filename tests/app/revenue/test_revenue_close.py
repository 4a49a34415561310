"""Month close: what is refused, what is frozen, what is restated once (REV-46)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from hedgerow.app.revenue.close import UnableToCloseMonth, close_month, restatements
from hedgerow.warehouse.snapshot_reader import Snapshot


def spike(made, state, after):
    return {"rule": "REV-44", "state": state, "scope": "total", "customer_id": "a", "basis": "only",
            "month_idx": made.idx("2025-10"), "before_cents": 480000, "after_cents": after, "prev1_cents": 170000,
            "prev2_cents": 150000, "next_cents": 190000}


def changed(made, adjusted):
    return {"scope": "total", "customer_id": "a", "basis": "only", "month_idx": made.idx("2025-10"),
            "unadjusted_cents": 480000, "adjusted_cents": adjusted, "is_published": 1}


@pytest.fixture
def home(tmp_path, made):
    """Example S of the specification: 4800.00 in 2025-10 waits for 2025-11."""
    return made.write_home(tmp_path, tables={
        "customer_month": [made.summed("a", "2025-10", 480000), made.summed("b", "2025-10", 100)],
        "changed_month": [changed(made, 480000)], "adjustment": [spike(made, "pending", 480000)]})


def close(home, month="2025-10", **options):
    with Snapshot.open(home) as snapshot:
        return close_month(snapshot=snapshot, month=month, **options)


def restate(home):
    with Snapshot.open(home) as snapshot:
        return restatements(snapshot=snapshot)


def code_of(call):
    with pytest.raises(UnableToCloseMonth) as caught:
        call()
    return caught.value.code


def test_a_close_freezes_both_series_with_a_hash(home):
    header = close(home, closed_by="finance lead")
    assert (header["customers"], header["unadjusted"], header["adjusted"], header["pending"]) == (
        2, "4801.00", "4801.00", 1)
    assert header["closed_by"] == "finance lead"
    assert len(header["sha256"]) == 64
    assert close(home)["outcome"].startswith("unchanged")


def test_a_pending_spike_that_applies_is_restated_once(home, made):
    close(home)
    made.write_home(home, snapshot="two", as_of="2025-12-06", run="2025-12", tables={
        "customer_month": [made.summed("a", "2025-10", 480000), made.summed("b", "2025-10", 100)],
        "changed_month": [changed(made, 160000)], "adjustment": [spike(made, "applied", 160000)]})
    [row] = restate(home)
    assert (row["month"], row["customer_id"], row["field"], row["before"], row["after"]) == (
        "2025-10", "a", "adjusted", "4800.00", "1600.00")
    assert "REV-46" in row["reason"]
    assert restate(home) == [row]
    assert code_of(lambda: close(home)) == "already_closed"


def test_a_source_change_is_restated_with_its_own_reason(home, made):
    close(home)
    made.write_home(home, snapshot="two", as_of="2025-11-21", tables={
        "customer_month": [made.summed("a", "2025-10", 480000)], "changed_month": [changed(made, 480000)]})
    assert [(r["customer_id"], r["field"], r["before"], r["after"], r["reason"]) for r in restate(home)] == [
        ("b", "unadjusted", "1.00", "0.00", "the sources changed"),
        ("b", "adjusted", "1.00", "0.00", "the sources changed")]


@pytest.mark.parametrize(("month", "code"), [("2025-11", "not_closed"), ("2025-12", "not_closed"),
                                             ("2019-01", "not_closed")])
def test_an_open_future_or_unknown_month_is_refused(home, month, code):
    assert code_of(lambda: close(home, month)) == code


def test_a_failed_snapshot_is_not_closed(home, made):
    made.write_home(home, snapshot="bad", status="failed")
    assert code_of(lambda: close(home)) == "failed_snapshot"


@pytest.mark.parametrize(("as_of", "waiting", "is_early"), [
    ("2025-11-04", "upcoming", True), ("2025-11-05", "upcoming", False), ("2025-11-01", "completed", False)])
def test_a_month_closes_when_all_is_finalized_else_on_the_close_day(tmp_path, made, as_of, waiting, is_early):
    """REV-46: day 5 is the last; one day earlier an unfinished period keeps the month open."""
    made.write_home(tmp_path, as_of=as_of, tables={"customer_month": [made.summed("a", "2025-10", 100)]}, landing={
        "invoices": [{"invoice_id": "i", "customer_id": "a", "type": waiting, "classification": "standard",
                      "period_start": datetime(2025, 10, 1, tzinfo=UTC).replace(tzinfo=None),
                      "period_end": datetime(2025, 11, 1, tzinfo=UTC).replace(tzinfo=None)}]})
    if not is_early:
        assert close(tmp_path)["outcome"] == "closed"
        return
    assert code_of(lambda: close(tmp_path)) == "too_early"
    assert code_of(lambda: close(tmp_path, is_forced=True)) == "note_required"
    assert close(tmp_path, is_forced=True, note="audit")["is_forced"] is True


def test_a_tampered_close_is_named(home):
    close(home)
    file = home / "ledger" / "closes" / "2025-10.parquet"
    file.write_bytes(file.read_bytes() + b"x")
    assert code_of(lambda: restate(home)) == "broken_close"


def test_the_command_lists_closes_and_leaves_with_3_for_an_open_month(home, ask):
    assert ask(home, "close", "2025-11", "--json").exit_code == 3
    assert json.loads(ask(home, "close", "2025-10", "--json").stdout)[0]["outcome"] == "closed"
    assert [row["month"] for row in json.loads(ask(home, "close", "--json").stdout)] == ["2025-10"]
