"""Runs every case file: tests/cases/<domain>/<decision>.yaml, each a list of given / expect / rule / note.

``expect`` is a part of the answer's value: mappings may leave fields out, lists are compared item by item.
``expect_reasons`` names codes that must appear among the reasons, ``expect_near`` parts of a near miss, and
``refused`` maps the paths of a refused input to their codes (all of them).
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from hedgerow.app.decide import UnableToDecide, decide, known_decisions
from hedgerow.policies.loader import load_policies

HERE = Path(__file__).parent
AS_OF = date(2026, 11, 22)
RULE = re.compile(r"[A-Z]+-[0-9]+$")
KEYS = {"id", "rule", "given", "expect", "expect_reasons", "expect_near", "refused", "note", "as_of"}


def _cases() -> list[dict[str, Any]]:
    found = []
    for file in sorted(HERE.glob("*/*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            found.append({**case, "decision": f"{file.parent.name}.{file.stem}"})
    return found


CASES = _cases()


@pytest.fixture(scope="module")
def policies() -> Any:
    return load_policies()


def differences(expected: Any, actual: Any, path: str = "value") -> list[str]:
    """Where ``actual`` does not hold what ``expected`` asks for."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        missing = [f"{path}.{key} is missing" for key in expected if key not in actual]
        return missing + [line for key in expected if key in actual
                          for line in differences(expected[key], actual[key], f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{path} has {len(actual)} items, not {len(expected)}: {actual}"]
        return [line for i, (want, got) in enumerate(zip(expected, actual, strict=True))
                for line in differences(want, got, f"{path}[{i}]")]
    return [] if expected == actual and type(expected) is type(actual) else [f"{path} is {actual!r}, not {expected!r}"]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['decision']}:{c['id']}" for c in CASES])
def test_case(case: dict[str, Any], policies: Any) -> None:
    day = case.get("as_of", AS_OF)
    day = day if isinstance(day, date) else date.fromisoformat(day)
    if "refused" in case:
        with pytest.raises(UnableToDecide) as refusal:
            decide(case["decision"], case["given"], as_of=day, known_at=AS_OF, policies=policies)
        assert {p.where.path: p.code for p in refusal.value.problems} == case["refused"]
        return
    answer = decide(case["decision"], case["given"], as_of=day, known_at=AS_OF, policies=policies)
    assert differences(case["expect"], answer["value"]) == []
    codes = [reason["code"] for reason in answer["reasons"]]
    assert set(case.get("expect_reasons", [])) <= set(codes), codes
    for near in case.get("expect_near", []):
        assert any(not differences(near, given) for given in answer["near"]), answer["near"]


def test_ids_are_unique_within_a_decision() -> None:
    seen = [(case["decision"], case["id"]) for case in CASES]
    assert len(seen) == len(set(seen)), [key for key in seen if seen.count(key) > 1]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['decision']}:{c['id']}" for c in CASES])
def test_every_case_is_well_formed(case: dict[str, Any]) -> None:
    assert case["rule"], "a case names its rules"
    assert all(RULE.match(rule) for rule in case["rule"]), case["rule"]
    assert set(case) - {"decision"} <= KEYS
    assert case.get("expect") or case.get("refused"), "a case expects something"
    assert case["decision"] in {d.name for d in known_decisions()}


def test_every_decision_has_cases() -> None:
    assert {d.name for d in known_decisions()} == {case["decision"] for case in CASES}


def test_differences_sees_a_wrong_value_a_missing_field_and_a_longer_list() -> None:
    assert differences({"a": "1.00"}, {"a": "1.0", "b": 2}) == ["value.a is '1.0', not '1.00'"]
    assert differences({"a": 1}, {}) == ["value.a is missing"]
    assert differences([1], [1, 2]) == ["value has 2 items, not 1: [1, 2]"]
    assert differences({"a": True}, {"a": 1}) == ["value.a is 1, not True"]
