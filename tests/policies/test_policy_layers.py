"""Overlays, exceptions, switches, variants, and the hash: what lies over what, and what a what-if may not touch."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from overlay_writing import another_value, dated, overlay_text

from hedgerow.policies.compare import differences
from hedgerow.policies.loader import UnableToLoadPolicies, UnableToReadPolicy, load_policies, reference_policies
from hedgerow.policies.tree import Policies

Write = Callable[..., Path]
NAME = "revenue.spike_multiple"
DAY = timedelta(days=1)
KNOWN = date(2026, 12, 31)


def multiple(policies: Policies, day: date, known: date = KNOWN, account: str | None = None) -> Decimal:
    return policies.params(day, known, account).decimal(NAME)


def values(*lines: str, name: str = NAME) -> str:
    return f"{name}:\n  cite: board-minutes\n  values:\n" + "".join(f"    - {{{line}}}\n" for line in lines)


# What lies over what

def test_a_new_dated_value_leaves_the_days_before_it_alone(write: Write) -> None:
    policies = load_policies(write(values('from: 2026-07-01, value: "3", recorded_on: 2026-06-20')))
    assert [multiple(policies, day) for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2))] == [2, 3, 3]


def test_what_ifs_lie_over_the_company_in_the_order_given(write: Write) -> None:
    company = write(values('from: 2026-01-01, value: "3", recorded_on: 2026-01-01'), "company")
    first = write(values('from: 2026-01-01, value: "4", recorded_on: 2026-01-01'), "first")
    second = write(values('from: 2026-01-01, value: "5", recorded_on: 2026-01-01'), "second")
    day = date(2026, 1, 1)
    assert multiple(load_policies(company), day) == 3
    assert multiple(load_policies(company, first), day) == 4
    assert multiple(load_policies(company, first, second), day) == 5
    assert multiple(load_policies(company, second, first), day) == 4
    assert multiple(load_policies(None, first / "own.yaml"), day) == 4


def test_a_correction_with_an_end_replaces_the_record_it_corrects(write: Write) -> None:
    """The trap: after the corrected end, the open value that was corrected must not come back."""
    own = "own.fee:\n  label: Fee\n  unit: USD\n  type: decimal\n  cite: board-minutes\n  values:\n" \
          '    - {from: 2025-01-01, value: "10", recorded_on: 2025-01-01}\n' \
          '    - {from: 2025-01-01, to: 2025-07-01, value: "12", recorded_on: 2025-03-01}\n'
    policies = load_policies(write(own))
    assert policies.params(date(2025, 8, 1), date(2025, 2, 28)).decimal("own.fee") == 10
    assert policies.params(date(2025, 6, 30), date(2025, 3, 1)).decimal("own.fee") == 12
    with pytest.raises(UnableToReadPolicy) as refused:
        policies.params(date(2025, 7, 1), date(2025, 3, 1)).decimal("own.fee")
    assert refused.value.code == "no_value_in_force"


def test_a_back_dated_start_is_not_known_before_it_was_recorded(write: Write) -> None:
    own = "own.fee:\n  label: Fee\n  unit: USD\n  type: decimal\n  cite: board-minutes\n  values:\n" \
          '    - {from: 2025-06-01, value: "10", recorded_on: 2025-05-01}\n' \
          '    - {from: 2025-01-01, value: "8", recorded_on: 2025-09-01}\n'
    policies = load_policies(write(own))
    with pytest.raises(UnableToReadPolicy, match="recorded on 2025-09-01") as refused:
        policies.params(date(2025, 3, 1), date(2025, 8, 31)).decimal("own.fee")
    assert refused.value.code == "not_known_yet"
    assert policies.params(date(2025, 3, 1), date(2025, 9, 1)).decimal("own.fee") == 8
    assert policies.params(date(2025, 6, 1), date(2025, 9, 1)).decimal("own.fee") == 10


def test_a_parameter_can_be_switched_off_and_on_again_by_date(write: Write) -> None:
    policies = load_policies(write(values("from: 2026-02-01, to: 2026-03-01, off: true, recorded_on: 2026-01-15")))
    assert multiple(policies, date(2026, 1, 31)) == 2
    for day in (date(2026, 2, 1), date(2026, 2, 28)):
        with pytest.raises(UnableToReadPolicy, match="switched off since 2026-02-01") as refused:
            multiple(policies, day)
        assert refused.value.code == "switched_off"
    assert multiple(policies, date(2026, 3, 1)) == 2
    assert multiple(policies, date(2026, 2, 1), known=date(2026, 1, 14)) == 2


def test_a_new_parameter_needs_its_whole_definition(write: Write) -> None:
    with pytest.raises(UnableToLoadPolicies) as refused:
        load_policies(write(values('from: 2026-01-01, value: "3", recorded_on: 2026-01-01', name="own.discount")))
    assert [p.code for p in refused.value.problems] == ["unknown_parameter"]
    whole = "own.discount:\n  label: Ours\n  unit: share\n  type: decimal\n  cite: board-minutes\n  values:\n" \
            '    - {from: 2026-01-01, value: "0.3", recorded_on: 2026-01-01}\n'
    assert "own.discount" in load_policies(write(whole, "whole")).names()


# Exceptions

EXCEPTION = """
exceptions:
  - {account: cus_1, name: revenue.spike_multiple, value: "4", from: 2026-03-01, to: 2026-06-01,
     reason: migration of all events, approved_by: finance lead, cite: board-minutes, recorded_on: 2026-03-10}
"""


@pytest.mark.parametrize(("day", "known", "account", "expected"), [
    (date(2026, 2, 28), KNOWN, "cus_1", 2), (date(2026, 3, 1), KNOWN, "cus_1", 4),
    (date(2026, 5, 31), KNOWN, "cus_1", 4), (date(2026, 6, 1), KNOWN, "cus_1", 2),  # it expired by itself
    (date(2026, 3, 1), date(2026, 3, 9), "cus_1", 2), (date(2026, 3, 1), date(2026, 3, 10), "cus_1", 4),
    (date(2026, 3, 1), KNOWN, "cus_2", 2), (date(2026, 3, 1), KNOWN, None, 2)])
def test_an_exception_holds_for_its_account_and_days(day: date, known: date, account: str | None, expected: int,
                                                     write: Write) -> None:
    assert multiple(load_policies(write(EXCEPTION)), day, known, account) == expected


def test_an_exception_names_its_source_when_it_is_read(write: Write) -> None:
    params = load_policies(write(EXCEPTION)).params(date(2026, 3, 1), KNOWN, "cus_1")
    params.decimal(NAME)
    [read] = params.reads
    assert (read.value, read.cite, read.valid_from) == (Decimal(4), "board-minutes", date(2026, 3, 1))
    assert read.source == "company:own.yaml, exception for account cus_1"


def test_an_exception_wins_over_a_what_if_of_everybody(write: Write) -> None:
    what_if = write(values('from: 2026-04-01, value: "9", recorded_on: 2026-01-01'), "what-if")
    policies = load_policies(write(EXCEPTION), what_if)
    assert multiple(policies, date(2026, 4, 1), account="cus_1") == 4
    assert multiple(policies, date(2026, 4, 1), account="cus_2") == 9


# Rules written as data

RULE = """
lead.mid_market_payer:
  label: Self-serve payer with room to grow
  cite: lead-scoring#product-led-sales-team
  rule: LEAD-30
  params:
    mrr_min: {unit: USD/month, values: [{from: 2025-01-01, value: "500", recorded_on: 2025-01-01}]}
    mrr_max: {unit: USD/month, values: [{from: 2025-01-01, value: "1667", recorded_on: 2025-01-01}]}
    people: {unit: people, values: [{from: 2025-01-01, value: 50, recorded_on: 2025-01-01}]}
  when:
    mrr_in_band: mrr BETWEEN :mrr_min AND :mrr_max
    enough_people: employees > :people
  then: {open_task: {pool: tam, source: product_led, days: 3, is_urgent: false}}
"""


def test_a_rule_keeps_its_conditions_with_their_places_and_its_parameters_are_read_like_any(write: Write) -> None:
    folder = write(RULE)
    policies = load_policies(folder)
    rule = policies.rule("lead.mid_market_payer")
    assert [(c.name, c.sql, str(c.spot)) for c in rule.when] == [
        ("mrr_in_band", "mrr BETWEEN :mrr_min AND :mrr_max", f"{folder / 'own.yaml'}:11:18"),
        ("enough_people", "employees > :people", f"{folder / 'own.yaml'}:12:20")]
    assert rule.then["open_task"] == {"pool": "tam", "source": "product_led", "days": 3, "is_urgent": False}
    assert rule.params == tuple(f"lead.mid_market_payer.{p}" for p in ("mrr_max", "mrr_min", "people"))
    parameter = policies.parameter("lead.mid_market_payer.mrr_min")
    assert (parameter.type, parameter.cite, parameter.rules) == (
        "decimal", "lead-scoring#product-led-sales-team", ("LEAD-30",))
    assert policies.params(date(2026, 1, 1), KNOWN).integer("lead.mid_market_payer.people") == 50


def test_a_rule_is_switched_off_and_on_by_date_in_a_layer_above(write: Write) -> None:
    above = write("lead.mid_market_payer:\n  switch:\n"
                  "    - {from: 2026-02-01, to: 2026-03-01, off: true, cite: board-minutes, recorded_on: 2026-01-20}\n",
                  "above")
    policies = load_policies(write(RULE), above)
    found = [policies.is_on("lead.mid_market_payer", as_of=day, known_at=KNOWN)
             for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))]
    assert found == [True, False, False, True]
    assert policies.is_on("lead.mid_market_payer", as_of=date(2026, 2, 1), known_at=date(2026, 1, 19))
    assert policies.hash != load_policies(write(RULE)).hash


def test_the_shape_of_a_rule_changes_by_a_dated_variant(write: Write) -> None:
    policies = load_policies(write(
        "own.rollover:\n  label: Rollover\n  cite: contract-rules#rollover\n  rule: CON-38\n  variants:\n"
        "    - {from: 2025-01-01, value: half, recorded_on: 2025-01-01}\n"
        "    - {from: 2026-01-01, value: tiered, recorded_on: 2025-11-01}\n"))
    name = "own.rollover.variant"
    assert policies.params(date(2025, 12, 31), KNOWN).text(name) == "half"
    assert policies.params(date(2026, 1, 1), KNOWN).text(name) == "tiered"
    assert policies.params(date(2026, 1, 1), date(2025, 10, 31)).text(name) == "half"


@pytest.mark.parametrize(("text", "code", "line"), [
    ("lead.mid_market_payer:\n  when: {x: mrr > 1}\n", "rule_redefined", 2),
    ("lead.mid_market_payer:\n  params:\n    mrr_mni: {values: []}\n", "unknown_parameter", 3),
    ("lead.mid_market_payr:\n  switch: []\n", "unknown_rule", 1),
    ("lead.mid_market_payer:\n  values: []\n", "two_kinds", 1),
    ("revenue.spike_multiple:\n  switch: []\n", "two_kinds", 1),
    ("own.r:\n  label: x\n  cite: p\n  when: {}\n", "missing_when", 4),
    ("own.r:\n  label: x\n  cite: p\n  then: {a: b}\n", "missing_when", 1),
    ("own.r:\n  label: x\n  when: {a: b}\n", "missing_citation", 1),
    ("own.r:\n  label: x\n  cite: p\n  when: {a: b}\n  then: {x: 0.5}\n", "wrong_type", 5),
    ("own.r:\n  label: x\n  cite: p\n  when: {a: b}\n  params: {p: {unit: USD, values: [{from: 2025-01-01, value: 0.5, "
     "recorded_on: 2025-01-01}]}}\n", "unquoted_decimal", 5),
])
def test_refused_rules(text: str, code: str, line: int, write: Write) -> None:
    with pytest.raises(UnableToLoadPolicies) as refused:
        load_policies(write(RULE), write(text, "above"))
    assert (code, line) in [(p.code, p.where.line) for p in refused.value.problems]


# The hash, and what a what-if may not touch

def test_a_hundred_what_ifs_leave_the_baseline_alone_and_each_has_its_own_hash(write: Write) -> None:
    baseline = reference_policies()
    before, content = baseline.hash, baseline.content
    draw = random.Random(20261122)
    hashes: dict[str, str] = {}
    for number in range(100):
        entries: dict[str, list[dict[str, Any]]] = {}
        for name in draw.sample(baseline.names(), draw.randint(1, 3)):
            parameter = baseline.parameter(name)
            start = date(2020, 1, 1) + timedelta(days=draw.randint(0, 3000))
            entries[name] = [dated(parameter, another_value(parameter, parameter.values[-1].value), start,
                                   start + timedelta(days=draw.randint(-30, 30)))]
        text = overlay_text(entries)
        what_if = load_policies(None, write(text, f"what-if-{number}"))
        assert what_if.hash != before
        assert differences(baseline, what_if)
        assert hashes.setdefault(what_if.hash, text) == text
        for name in entries:  # used, not only loaded
            with pytest.raises(UnableToReadPolicy):
                what_if.params(date(1969, 1, 1), KNOWN).text(name)
    assert len(hashes) == 100
    assert baseline.hash == before == reference_policies().hash
    assert reference_policies().content == content
    reference_policies.cache_clear()
    assert reference_policies().hash == before


def test_the_hash_does_not_see_the_order_of_files_entries_or_values_nor_layout(write: Write) -> None:
    spike = values('from: 2026-01-01, value: "3", recorded_on: 2026-01-01',
                   'from: 2026-07-01, value: "4", recorded_on: 2026-01-01')
    limit = values("from: 2026-01-01, value: 10, recorded_on: 2026-01-01", name="revenue.gainers_losers_limit")
    relaid = """# the same, written by somebody else
"revenue.spike_multiple":
    values:
      - recorded_on: 2026-01-01
        value: '4.00'
        from: 2026-07-01
        checked_on: 2026-08-01
      - {recorded_on: 2026-01-01, "value": "3.0", note: "why not", from: 2026-01-01}
    cite: 'board-minutes'
"""
    first = load_policies(write({"a.yaml": spike, "b.yaml": limit, "c.yaml": EXCEPTION}, "first"))
    second = load_policies(write({"z/deep.yml": limit + EXCEPTION, "y.yaml": relaid}, "second"))
    assert first.hash == second.hash != reference_policies().hash
    assert differences(first, second) == []


def test_repeating_the_reference_changes_no_hash_and_every_real_change_does(write: Write) -> None:
    base = reference_policies().hash
    repeated = 'revenue.spike_multiple:\n  cite: revenue-adjustments#2\n  values:\n' \
               '    - {from: 1970-01-01, value: "2.0", recorded_on: 1970-01-01}\n'
    assert load_policies(write(repeated)).hash == base
    for number, change in enumerate((repeated.replace('"2.0"', '"2.1"'), repeated.replace("#2", "#3"),
                                     repeated.replace("from: 1970-01-01", "from: 1970-01-02"),
                                     repeated.replace("1970-01-01}", "1970-01-02}"), EXCEPTION)):
        assert load_policies(write(change, f"change-{number}")).hash != base


def test_the_tree_cannot_be_changed(write: Write) -> None:
    policies = load_policies(write(RULE + EXCEPTION))
    parameter = policies.parameter(NAME)
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameter.unit = "share"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameter.values[0].value = Decimal(9)  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        policies.parameters = {}  # type: ignore[misc]
    with pytest.raises(TypeError):
        policies.parameters[NAME] = parameter  # type: ignore[index]
    with pytest.raises(TypeError):
        policies.rule("lead.mid_market_payer").then["open_task"]["pool"] = "csm"
    before = policies.hash
    params = policies.params(date(2026, 1, 1), KNOWN)
    params.mapping("revenue.credit_reason_classes").clear()
    params.reads.clear()
    policies.content["parameters"].clear()
    assert params.mapping("revenue.credit_reason_classes")["Promo Credit"] == "promo"
    assert len(params.reads) == 1
    assert policies.hash == before == load_policies(write(RULE + EXCEPTION)).hash
