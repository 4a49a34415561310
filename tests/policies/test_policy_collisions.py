"""For every value of every reference parameter: the days around it, and what collides with it on the same day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from overlay_writing import another_value, dated, overlay_text

from hedgerow.policies.dated import Parameter, Value
from hedgerow.policies.loader import UnableToLoadPolicies, UnableToReadPolicy, load_policies, reference_policies
from hedgerow.policies.lookup import find
from hedgerow.policies.tree import Policies

Write = Callable[..., Path]
DAY = timedelta(days=1)
LATE = date(2999, 1, 1)
REFERENCE = reference_policies()
PARAMETERS = list(REFERENCE.parameters.values())
VALUES = [pytest.param(p, number, id=f"{p.name}@{v.valid_from}")
          for p in PARAMETERS for number, v in enumerate(p.values)]
READERS = {"decimal": "decimal", "integer": "integer", "boolean": "boolean", "text": "text", "list": "items",
           "mapping": "mapping"}


def read(policies: Policies, parameter: Parameter, day: date, known: date = LATE) -> Any:
    """Through the door that rules use, by the parameter's own type; ``off`` when it is switched off."""
    try:
        return getattr(policies.params(day, known), READERS[parameter.type])(parameter.name)
    except UnableToReadPolicy as error:
        if error.code == "switched_off":
            return "off"
        raise


def same(value: Any) -> Any:
    return dict(value) if hasattr(value, "items") else "off" if value is None else value


@pytest.mark.parametrize(("parameter", "number"), VALUES)
def test_the_day_before_on_and_after_each_start(parameter: Parameter, number: int) -> None:
    value = parameter.values[number]
    assert read(REFERENCE, parameter, value.valid_from) == same(value.value)
    assert read(REFERENCE, parameter, value.valid_from + DAY) == same(value.value)
    if number:
        assert read(REFERENCE, parameter, value.valid_from - DAY) == same(parameter.values[number - 1].value)
    else:
        with pytest.raises(UnableToReadPolicy, match=f"first value is from {value.valid_from}") as refused:
            read(REFERENCE, parameter, value.valid_from - DAY)
        assert refused.value.code == "before_first_value"
        assert parameter.name in refused.value.message
        assert str(value.valid_from - DAY) in refused.value.message


@pytest.mark.parametrize(("parameter", "number"), VALUES)
def test_known_at_before_and_on_the_day_of_recording(parameter: Parameter, number: int) -> None:
    value = parameter.values[number]
    assert read(REFERENCE, parameter, value.valid_from, value.recorded_on) == same(value.value)
    before = [v for v in parameter.values[:number] if v.recorded_on < value.recorded_on]
    if before:
        assert read(REFERENCE, parameter, value.valid_from, value.recorded_on - DAY) == same(before[-1].value)
        return
    with pytest.raises(UnableToReadPolicy, match=f"was recorded on {value.recorded_on}") as refused:
        read(REFERENCE, parameter, value.valid_from, value.recorded_on - DAY)
    assert refused.value.code == "not_known_yet"


@pytest.mark.parametrize(("parameter", "number"), VALUES)
def test_two_values_on_one_day_are_refused_unless_one_is_a_later_record(parameter: Parameter, number: int,
                                                                       write: Write) -> None:
    value = parameter.values[number]
    other = another_value(parameter, value.value)
    first = dated(parameter, value.value, value.valid_from, date(2026, 3, 1))
    twice = dated(parameter, other, value.valid_from, date(2026, 3, 1))
    with pytest.raises(UnableToLoadPolicies) as refused:
        load_policies(write(overlay_text({parameter.name: [first, twice]}), "twice"))
    assert [(p.code, p.where.line) for p in refused.value.problems] == [("overlap", second_line(parameter, value))]

    corrected = dated(parameter, other, value.valid_from, date(2026, 3, 2))
    policies = load_policies(write(overlay_text({parameter.name: [first, corrected]}), "corrected"))
    assert read(policies, parameter, value.valid_from, date(2026, 3, 1)) == same(value.value)
    assert read(policies, parameter, value.valid_from, date(2026, 3, 2)) == same(other)


def second_line(parameter: Parameter, value: Value) -> int:
    """Where the second ``from`` stands in what overlay_text wrote."""
    text = overlay_text({parameter.name: [dated(parameter, value.value, value.valid_from, date(2026, 3, 1))]})
    return len(text.splitlines()) + 1


@pytest.mark.parametrize(("parameter", "number"), VALUES)
def test_an_overlay_on_the_same_day_wins_from_the_day_it_was_recorded(parameter: Parameter, number: int,
                                                                     write: Write) -> None:
    value = parameter.values[number]
    other = another_value(parameter, value.value)
    recorded = date(2026, 3, 1)
    folder = write(overlay_text({parameter.name: [dated(parameter, other, value.valid_from, recorded)]}))
    policies = load_policies(folder)
    assert read(policies, parameter, value.valid_from) == same(other)
    assert read(policies, parameter, value.valid_from, recorded) == same(other)
    assert read(policies, parameter, value.valid_from, recorded - DAY) == same(value.value)
    assert policies.hash != REFERENCE.hash
    if number + 1 < len(parameter.values):
        later = parameter.values[number + 1]
        assert read(policies, parameter, later.valid_from) == same(later.value)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_a_start_before_the_first_value_fills_the_gap_and_nothing_else(parameter: Parameter, write: Write) -> None:
    first = parameter.values[0]
    other = another_value(parameter, first.value)
    early = date(1960, 6, 15)
    policies = load_policies(write(overlay_text({parameter.name: [dated(parameter, other, early, early)]})))
    assert read(policies, parameter, early) == same(other)
    assert read(policies, parameter, first.valid_from - DAY) == same(other)
    assert read(policies, parameter, first.valid_from) == same(first.value)
    with pytest.raises(UnableToReadPolicy, match="first value is from 1960-06-15"):
        find(policies, parameter.name, early - DAY, LATE)


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)
def test_an_overlay_for_a_period_covers_only_its_own_days(parameter: Parameter, write: Write) -> None:
    last = parameter.values[-1]
    start, end = last.valid_from + 400 * DAY, last.valid_from + 430 * DAY
    other = another_value(parameter, last.value)
    overlay = write(overlay_text({parameter.name: [dated(parameter, other, start, start, to=end)]}))
    policies = load_policies(None, overlay)
    assert [read(policies, parameter, day) for day in (start - DAY, start, end - DAY, end)] == \
        [same(last.value), same(other), same(other), same(last.value)]
