"""What is allowed but worth a look, where two policies differ, and which pages stand behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from hedgerow.policies.compare import Difference, differences
from hedgerow.policies.coverage import citations, unchecked
from hedgerow.policies.findings import findings
from hedgerow.policies.loader import load_policies, reference_policies

Write = Callable[..., Path]
TODAY = date(2026, 11, 22)


def own(*lines: str, name: str = "revenue.spike_multiple") -> str:
    return f"{name}:\n  cite: board-minutes\n  values:\n" + "".join(f"    - {{{line}}}\n" for line in lines)


def exception(value: str = '"4"', end: str = "2027-01-01", name: str = "revenue.spike_multiple") -> str:
    return (f"exceptions:\n  - {{account: cus_1, name: {name}, value: {value}, from: 2026-01-01, to: {end}, reason: r, "
            "approved_by: lead, cite: board-minutes, recorded_on: 2026-01-01}\n")


NOTED = {
    "the same value again": (own('from: 2026-01-01, value: "2.00", recorded_on: 2026-01-01'), [("changes_nothing", 4)]),
    "another value": (own('from: 2026-01-01, value: "2.01", recorded_on: 2026-01-01'), []),
    "back to the old after a change": (
        own('from: 2026-01-01, value: "3", recorded_on: 2026-01-01', 'from: 2026-07-01, value: "2", recorded_on: '
            '2026-01-01'), []),
    "only one of two says something": (
        own('from: 2026-01-01, value: "3", recorded_on: 2026-01-01', 'from: 2026-07-01, value: "3", recorded_on: '
            '2026-01-01'), [("changes_nothing", 5)]),
    "the reference says the same from its own day on": (
        own("from: 2025-06-01, value: usage, recorded_on: 2025-06-01", name="revenue.annual_total_basis"), []),
    "the reference takes over with another value": (
        own("from: 2025-06-01, value: usage, recorded_on: 2025-06-01", "from: 2025-09-01, value: straight_line, "
            "recorded_on: 2025-09-01", name="revenue.annual_total_basis"), [("overtaken", 5)]),
    "kept over the reference": (
        own("from: 2026-01-01, value: straight_line, recorded_on: 2025-12-01", name="revenue.annual_total_basis"), []),
    "recorded tomorrow": (own('from: 2026-01-01, value: "3", recorded_on: 2026-11-23'), [("recorded_later", 4)]),
    "a share for a percent": (own('from: 2026-01-01, value: "0.5", recorded_on: 2026-01-01',
                                  name="revenue.usage_alert_change"), [("percent_or_share", 4)]),
    "one percent is a percent": (own('from: 2026-01-01, value: "1", recorded_on: 2026-01-01',
                                     name="revenue.usage_alert_change"), []),
    "a new name like an old one": (
        "revenue.spike_multipel:\n  label: x\n  unit: multiple\n  type: decimal\n  cite: board-minutes\n  values:\n"
        '    - {from: 2026-01-01, value: "3", recorded_on: 2026-01-01}\n', [("lookalike", 7)]),
    "exception in force": (exception(), []),
    "exception that ended today": (exception(end="2026-11-22"), [("exception_ended", 2)]),
    "exception that ends tomorrow": (exception(end="2026-11-23"), []),
    "exception like everybody": (exception('"2"'), [("changes_nothing", 2)]),
    "exception like everybody, until the reference changes": (
        exception("usage", name="revenue.annual_total_basis"), [("changes_nothing", 2)]),
    "only a comment": ("# nothing yet\n", [("empty_layer", None)]),
}


@pytest.mark.parametrize("case", NOTED)
def test_notes(case: str, write: Write) -> None:
    text, expected = NOTED[case]
    found = findings(load_policies(write(text)), as_of=TODAY)
    assert [(note.code, note.where.line) for note in found] == expected
    assert all(not note.is_error for note in found)


def test_the_reference_has_nothing_to_note() -> None:
    assert findings(reference_policies(), as_of=TODAY) == []


def test_differences_are_spans_of_days_with_one_pair_of_answers(write: Write) -> None:
    changed = load_policies(write(own('from: 2026-01-01, to: 2026-04-01, value: "3", recorded_on: 2026-01-01',
                                      'from: 2026-04-01, to: 2026-07-01, value: "3", recorded_on: 2026-01-01',
                                      "from: 2026-09-01, off: true, recorded_on: 2026-01-01") + exception()))
    assert differences(reference_policies(), changed) == [
        Difference("value", "revenue.spike_multiple", None, date(2026, 1, 1), date(2026, 7, 1), "2", "3"),
        Difference("value", "revenue.spike_multiple", None, date(2026, 9, 1), None, "2", "off"),
        Difference("exception", "revenue.spike_multiple", "cus_1", date(2026, 1, 1), date(2027, 1, 1), None, "4")]
    assert differences(changed, changed) == []
    back = differences(changed, reference_policies())
    assert [(d.before, d.after) for d in back] == [("3", "2"), ("off", "2"), ("4", None)]


def test_a_difference_in_what_was_known_when_is_a_difference_too(write: Write) -> None:
    early = load_policies(write(own('from: 2026-01-01, value: "3", recorded_on: 2026-01-01'), "early"))
    late = load_policies(write(own('from: 2026-01-01, value: "3", recorded_on: 2026-02-01'), "late"))
    [difference] = differences(early, late)
    assert (difference.kind, difference.name) == ("record", "revenue.spike_multiple")
    assert [d.kind for d in differences(early, late, known_at=date(2026, 1, 31))] == ["value"]


def test_citations_join_pages_sections_rules_and_names() -> None:
    found = {(c.page, c.section): c for c in citations(reference_policies())}
    spike = found["revenue-adjustments", "2"]
    assert spike.rules == ("REV-44", "REV-45")
    assert spike.names == ("revenue.spike_drop_share", "revenue.spike_lookback_months", "revenue.spike_min_increase",
                           "revenue.spike_multiple")
    assert found["customer-billing-configurations-newer", ""].names == ("revenue.annual_total_basis",)
    assert found["decision", ""].rules[:3] == ("REV-8", "REV-9", "REV-12")  # by number, not as text
    every = {name for c in found.values() for name in c.names}
    assert every == set(reference_policies().names())


@pytest.mark.parametrize(("checked", "is_listed"), [("2025-11-22", False), ("2025-11-21", True), ("2026-11-22", False)])
def test_a_check_counts_for_exactly_a_year(checked: str, is_listed: bool, write: Write) -> None:
    text = own(f'from: 2026-01-01, value: "3", recorded_on: 2026-01-01, checked_on: {checked}')
    listed = {u.name: u for u in unchecked(load_policies(write(text)), as_of=TODAY, known_at=TODAY)}
    assert ("revenue.spike_multiple" in listed) is is_listed
    if is_listed:
        assert (listed["revenue.spike_multiple"].days, listed["revenue.spike_multiple"].checked_on) == \
            (366, date(2025, 11, 21))


def test_a_value_that_was_replaced_needs_no_check_and_a_coming_one_does(write: Write) -> None:
    text = own('from: 2026-01-01, value: "3", recorded_on: 2026-01-01, checked_on: 2026-06-01',
               'from: 2027-01-01, value: "4", recorded_on: 2026-01-01')
    listed = [(u.valid_from, u.days) for u in unchecked(load_policies(write(text)), as_of=TODAY, known_at=TODAY)
              if u.name == "revenue.spike_multiple"]
    assert listed == [(date(2027, 1, 1), None)]
