"""The lookup against a plain reading of its definition, and the hash against the answers, on generated policies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from hedgerow.policies.compare import differences
from hedgerow.policies.dated import Parameter, Value, in_force
from hedgerow.policies.findings import answer, findings
from hedgerow.policies.place import Spot
from hedgerow.policies.tree import Policies

START = date(2026, 1, 1)
DAYS = [START + timedelta(days=number) for number in range(-1, 12)]  # beyond every start and end below


@st.composite
def one_value(draw: st.DrawFn) -> Value:
    start = draw(st.integers(0, 6))
    length = draw(st.one_of(st.none(), st.integers(1, 4)))
    is_off = draw(st.integers(0, 5)) == 0
    number = None if is_off else Decimal(draw(st.integers(1, 3)))
    return Value(START + timedelta(days=start), None if length is None else START + timedelta(days=start + length),
                 number, is_off, "page", "", START + timedelta(days=draw(st.integers(0, 6))), None,
                 draw(st.integers(0, 2)), "source", Spot())


def policies_of(values: list[Value]) -> Policies:
    kept = {v.order: v for v in values}  # one record of a start, layer and day: the loader refuses a second
    parameter = Parameter("own.x", "X", "decimal", "count", "page", (), "", (), None, None,
                          tuple(sorted(kept.values(), key=lambda v: v.order)))
    return Policies(MappingProxyType({"own.x": parameter}), MappingProxyType({}), (), ("a", "b", "c"))


some_values = st.lists(one_value(), min_size=1, max_size=6)


def plainly(values: tuple[Value, ...], day: date, known: date) -> Value | None:
    """Newest known record of each start of each layer; of those that cover the day, latest start, then upper layer."""
    newest: dict[tuple[date, int], Value] = {}
    for value in sorted(values, key=lambda v: v.recorded_on):
        if value.recorded_on <= known:
            newest[value.valid_from, value.layer] = value
    covering = [v for v in newest.values() if v.valid_from <= day and (v.valid_to is None or day < v.valid_to)]
    return max(covering, key=lambda v: (v.valid_from, v.layer), default=None)


@settings(max_examples=200, deadline=None)
@given(some_values)
def test_in_force_is_what_the_definition_says(values: list[Value]) -> None:
    kept = policies_of(values).parameter("own.x").values
    for day in DAYS:
        for known in DAYS:
            assert in_force(kept, day, known) is plainly(kept, day, known)


@settings(max_examples=200, deadline=None)
@given(some_values, one_value())
def test_no_difference_means_one_hash_and_one_hash_means_no_difference(values: list[Value], extra: Value) -> None:
    before, after = policies_of(values), policies_of([*values, extra])
    assert (differences(before, after) == []) == (before.hash == after.hash)
    if before.hash == after.hash:
        for day in DAYS:
            for known in DAYS:
                assert answer(in_force(before.parameter("own.x").values, day, known)) == \
                    answer(in_force(after.parameter("own.x").values, day, known))


def test_a_value_shows_again_when_the_layer_above_it_is_corrected_to_end() -> None:
    """Such a value is part of the hash: it answers for the days after the corrected end."""
    def value(number: str, layer: int, *, until: date | None = None, recorded: date = START) -> Value:
        return Value(START, until, Decimal(number), False, "page", "", recorded, None, layer, "source", Spot())

    upper, ending = value("2", 1), value("2", 1, until=DAYS[3], recorded=DAYS[2])
    covered = policies_of([upper]), policies_of([upper, value("1", 0)])
    shown = policies_of([upper, ending]), policies_of([upper, ending, value("1", 0)])
    assert covered[0].hash == covered[1].hash
    assert differences(*covered) == []
    assert shown[0].hash != shown[1].hash
    assert [(d.start, d.before, d.after) for d in differences(*shown)] == [(DAYS[3], None, "1")]


@settings(max_examples=100, deadline=None)
@given(some_values)
def test_what_is_said_to_change_nothing_really_changes_nothing(values: list[Value]) -> None:
    policies = policies_of(values)
    kept = policies.parameter("own.x").values
    idle = {note.message for note in findings(policies, as_of=DAYS[-1]) if note.code == "changes_nothing"}
    for value in kept:
        others = tuple(v for v in kept if v is not value)
        is_idle = all(answer(in_force(kept, day, known)) == answer(in_force(others, day, known))
                      for day in DAYS for known in DAYS)
        if is_idle and value.layer > 0:
            assert any(str(value.valid_from) in message for message in idle)
    for message in idle:
        assert any(str(v.valid_from) in message for v in kept if v.layer > 0)


@settings(max_examples=50, deadline=None)
@given(some_values, st.randoms(use_true_random=False))
def test_the_order_in_which_values_come_does_not_matter(values: list[Value], order: object) -> None:
    kept = list(policies_of(values).parameter("own.x").values)
    shuffled = kept.copy()
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert policies_of(shuffled).hash == policies_of(kept).hash
