"""The decide door: one shape of answer, every problem at once, no floats."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from hedgerow.app.decide import UnableToDecide, decide, find_decision, known_decisions, read_case
from hedgerow.policies.loader import load_policies

AS_OF = date(2026, 3, 31)
KNOWN_AT = date(2026, 11, 22)


@pytest.fixture(scope="module")
def policies() -> Any:
    return load_policies()


def _refused(policies: Any, payload: Any, name: str = "revenue.split") -> dict[str, str]:
    with pytest.raises(UnableToDecide) as refusal:
        decide(name, payload, as_of=AS_OF, known_at=KNOWN_AT, policies=policies)
    assert refusal.value.code == "invalid_input"
    return {problem.where.path: problem.code for problem in refusal.value.problems}


def test_the_shape_of_an_answer(policies: Any) -> None:
    payload = {"days_in_period": 30, "days_elapsed": 12, "units_to_date": 10, "tiers": [{"unit_price": "1"}]}
    answer = decide("revenue.forecast_product", payload, as_of=AS_OF, known_at=KNOWN_AT, policies=policies)
    assert list(answer) == ["decision", "as_of", "known_at", "policy", "value", "reasons", "near", "read"]
    assert (answer["as_of"], answer["known_at"]) == ("2026-03-31", "2026-11-22")
    assert answer["policy"] == policies.hash
    assert answer["policy"].startswith("sha256:")
    assert set(answer["reasons"][0]) == {"code", "text", "cite", "values"}
    assert answer["near"][0]["would_change_if"] == {"days_with_report": "< 3"}
    read = answer["read"]
    assert [row["name"] for row in read] == ["revenue.forecast_min_days"]
    assert set(read[0]) == {"name", "value", "unit", "cite", "valid_from", "source"}
    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("name", [d.name for d in known_decisions()])
def test_every_example_decides_and_gives_reasons(name: str, policies: Any) -> None:
    found = find_decision(name)
    answer = decide(name, read_case(json.dumps(dict(found.example))), as_of=AS_OF, known_at=KNOWN_AT, policies=policies)
    assert answer["reasons"], "an answer without a reason explains nothing"
    found.output_model.model_validate(answer["value"])


def test_values_that_matter_exist_and_alone_are_shown(policies: Any) -> None:
    named = {name for decision in known_decisions() for name in decision.matters}
    assert named <= set(policies.names())
    answer = decide("revenue.stage", find_decision("revenue.stage").example, as_of=AS_OF, known_at=KNOWN_AT,
                    policies=policies)
    assert [row["name"] for row in answer["read"]] == ["revenue.reactivation_min_gap"]


@pytest.mark.parametrize("name", [d.name for d in known_decisions()])
def test_every_field_is_described(name: str) -> None:
    schema = find_decision(name).schema()
    for side in (schema["input"], schema["output"]):
        for model in [side, *side.get("$defs", {}).values()]:
            assert model["description"]
            bare = [key for key, field in model["properties"].items() if not field.get("description")]
            assert bare == [], f"{model['title']} has fields without a description"


def test_all_problems_are_named_with_their_paths(policies: Any) -> None:
    payload = {"days_in_period": "30", "tiers": [{"unit_price": 0.5}, {"unit_price": "1", "flat": "2.00"}],
               "units_to_date": -1}
    assert _refused(policies, payload, "revenue.forecast_product") == {
        "days_in_period": "wrong_type", "days_elapsed": "missing", "units_to_date": "out_of_range",
        "tiers[0].unit_price": "float_not_allowed", "tiers[1].flat": "unknown_field"}


def test_an_unknown_field_suggests_the_known_one(policies: Any) -> None:
    with pytest.raises(UnableToDecide) as refusal:
        decide("revenue.split", {"amout": "1.00", "months": 1, "start_date": "2026-01-01"}, as_of=AS_OF,
               known_at=KNOWN_AT, policies=policies)
    messages = {p.where.path: p.message for p in refusal.value.problems}
    assert messages["amout"] == "amout is not a field of this decision; did you mean amount?"
    assert messages["amount"] == "amount is missing"


def test_an_unknown_value_lists_the_allowed(policies: Any) -> None:
    with pytest.raises(UnableToDecide) as refusal:
        decide("revenue.metric_change", {"state": "draft", "action": "edit", "by": "analyst"}, as_of=AS_OF,
               known_at=KNOWN_AT, policies=policies)
    assert [(p.code, p.message) for p in refusal.value.problems] == [
        ("unknown_value", "state: 'draft' is not one of absent, proposed, approved or deleted")]


@pytest.mark.parametrize("payload", [[], "x", 3, None])
def test_a_case_is_an_object(payload: Any, policies: Any) -> None:
    assert _refused(policies, payload) == {"": "wrong_type"}


def test_a_float_is_refused_even_where_it_is_whole(policies: Any) -> None:
    payload = read_case('{"amount": 100.00, "months": 1e1, "start_date": "2026-01-01"}')
    assert _refused(policies, payload) == {"amount": "float_not_allowed", "months": "float_not_allowed"}
    plain = {"amount": 0.5, "months": 1, "start_date": "2026-01-01"}
    assert _refused(policies, plain) == {"amount": "float_not_allowed"}


def test_a_number_without_fraction_is_exact(policies: Any) -> None:
    payload = read_case('{"amount": 100, "months": 1, "start_date": "2026-01-01"}')
    answer = decide("revenue.split", payload, as_of=AS_OF, known_at=KNOWN_AT, policies=policies)
    assert answer["value"]["total"] == "100.00"


@pytest.mark.parametrize(("text", "code"), [("{", "not_json"), ("", "not_json"), ('{"a": 1, "a": 2}', "repeated_field"),
                                            ("[" * 100_000, "not_json"),
                                            ('{"a": "\\ud800"}', "not_text"),
                                            ('{"a": ' + "9" * 5000 + "}", "not_json")])
def test_what_cannot_be_read(text: str, code: str) -> None:
    with pytest.raises(UnableToDecide) as refusal:
        read_case(text)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_nan_is_no_number(policies: Any) -> None:
    payload = read_case('{"amount": NaN, "months": 1, "start_date": "2026-01-01"}')
    assert _refused(policies, payload) == {"amount": "float_not_allowed"}


def test_an_unknown_decision_suggests_the_nearest(policies: Any) -> None:
    with pytest.raises(UnableToDecide, match=r"did you mean revenue\.split") as refusal:
        decide("revenue.splitt", {}, as_of=AS_OF, known_at=KNOWN_AT, policies=policies)
    assert refusal.value.code == "unknown_decision"


def test_listing_loads_no_engine() -> None:
    code = ("import sys; from hedgerow.app.decide import known_decisions; "
            "[d.schema() for d in known_decisions()]; "
            "print([m for m in ('duckdb', 'pyarrow', 'sqlglot', 'yaml') if m in sys.modules])")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_default_in_a_schema_is_written_as_a_caller_writes_it() -> None:
    schema = json.dumps(find_decision("revenue.recognize_month").schema()["input"])
    assert '"default": "0.00"' in schema
    assert '"cents"' not in schema


@pytest.mark.parametrize(("given", "path", "words"), [
    ({"months": 5}, "months", "must be a list"),
    ({"months": []}, "months", "at least 1 item"),
    ({"months": [7]}, "months[0]", "an object with named fields"),
])
def test_a_wrong_shape_is_named_in_the_words_of_json(given: Any, path: str, words: str, policies: Any) -> None:
    with pytest.raises(UnableToDecide) as caught:
        decide("revenue.adjust_series", given, as_of=AS_OF, known_at=KNOWN_AT, policies=policies)
    (problem,) = caught.value.problems
    assert problem.where.path == path
    assert words in problem.message
    assert "tuple" not in problem.message
