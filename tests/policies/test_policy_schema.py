"""What a policy file may not hold: each refusal with its code and its exact place (line and column from 1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hedgerow.kernel.problem import Problem
from hedgerow.policies.loader import UnableToLoadPolicies, load_policies

Write = Callable[..., Path]

HEAD = "own.limit:\n  label: A limit\n  unit: USD\n  type: decimal\n  cite: pricing#limits\n"
ONE = '    - {from: 2025-01-01, value: "5", recorded_on: 2025-01-01}\n'
GOOD = HEAD + "  values:\n" + ONE


def at(value: str) -> str:
    """One value line; the value stands in column 33."""
    return f"    - {{from: 2025-01-01, value: {value}, recorded_on: 2025-01-01}}\n"


def entry(values: str = ONE, *, without: str = "", extra: str = "", **changed: str) -> str:
    """The good entry with a line left out, changed or added; ``values`` are its value lines."""
    lines = [line for line in HEAD.splitlines() if not (without and line.strip().startswith(without + ":"))]
    for key, text in changed.items():
        lines = [f"  {key}: {text}" if line.strip().startswith(f"{key}:") else line for line in lines]
    return "\n".join(lines) + "\n" + extra + ("  values:\n" + values if values else "")


def problems_of(folder: Path, *overlays: Path) -> list[Problem]:
    with pytest.raises(UnableToLoadPolicies) as refused:
        load_policies(folder, *overlays)
    assert refused.value.code in ("bad_policies", "no_such_folder")
    return refused.value.problems


def test_the_good_entry_is_good(write: Write) -> None:
    parameter = load_policies(write(GOOD)).parameter("own.limit")
    assert (parameter.label, parameter.unit, parameter.type, parameter.cite) == \
        ("A limit", "USD", "decimal", "pricing#limits")
    assert parameter.values[0].source == "company:own.yaml"


REFUSED = {
    # the entry
    "no label": (entry(without="label"), "missing_label", 1, 1),
    "no unit": (entry(without="unit"), "missing_unit", 1, 1),
    "no type": (entry(without="type"), "missing_type", 1, 1),
    "no cite": (entry(without="cite"), "missing_citation", 6, 7),
    "no values": (entry(""), "missing_value", 1, 1),
    "empty values": (HEAD + "  values: []\n", "missing_value", 6, 11),
    "values no list": (HEAD + "  values: 5\n", "wrong_type", 6, 11),
    "unknown key": (entry(extra="  lable: x\n"), "unknown_key", 6, 3),
    "unknown type": (entry(type="decimals"), "unknown_type", 4, 9),
    "unit is no text": (entry(unit="12"), "wrong_type", 3, 9),
    "label with an escape sequence": (entry(label='"A \\e[31mlimit"'), "control_character", 2, 10),
    "label is empty": (entry(label='" "'), "wrong_type", 2, 10),
    "cite with blanks": (entry(cite="the pricing page"), "bad_citation", 5, 9),
    "rule is no ID": (entry(extra="  rule: spike\n"), "bad_rule", 6, 9),
    "second rule is no ID": (entry(extra="  rule: [REV-1, rev-2]\n"), "bad_rule", 6, 17),
    "decision without note": (entry(cite="decision"), "missing_note", 5, 9),
    "name without dot": (GOOD.replace("own.limit", "limit"), "bad_name", 1, 1),
    "name in capitals": (GOOD.replace("own.limit", "own.Limit"), "bad_name", 1, 1),
    "entry is no mapping": ("own.limit: 5\n", "wrong_type", 1, 12),
    "entry says nothing": ("own.limit: {}\n", "empty_entry", 1, 1),
    "file is no mapping": ("- own.limit\n", "wrong_type", 1, 1),
    "duplicate name": (GOOD + GOOD, "duplicate_key", 8, 1),
    "duplicate key": (entry(extra="  unit: EUR\n"), "duplicate_key", 6, 3),
    "choices of a decimal": (entry(extra="  choices: [a]\n"), "wrong_type", 6, 12),
    "bound of a text": (entry(at('a'), type="text", unit="w",
                              extra='  at_least: "1"\n'), "wrong_type", 6, 13),
    "bound is a float": (entry(extra="  at_least: 0.5\n"), "unquoted_decimal", 6, 13),
    # a value
    "no from": (entry('    - {value: "5", recorded_on: 2025-01-01}\n'), "missing_from", 7, 7),
    "no recorded_on": (entry('    - {from: 2025-01-01, value: "5"}\n'), "missing_recorded_on", 7, 7),
    "no value": (entry("    - {from: 2025-01-01, recorded_on: 2025-01-01}\n"), "missing_value", 7, 7),
    "value and off": (entry('    - {from: 2025-01-01, value: "5", off: true, recorded_on: 2025-01-01}\n'),
                      "missing_value", 7, 7),
    "unknown key of a value": (entry('    - {from: 2025-01-01, value: "5", recorded: 2025-01-01, recorded_on: '
                                     '2025-01-01}\n'), "unknown_key", 7, 38),
    "duplicate key of a value": (entry(at('"5", value: "6"')),
                                 "duplicate_key", 7, 38),
    "date out of the calendar": (entry('    - {from: 2025-02-30, value: "5", recorded_on: 2025-01-01}\n'),
                                 "bad_date", 7, 14),
    "year with a slip": (entry(at('"5"').replace("2025-01-01,", "0225-01-01,", 1)), "bad_date", 7, 14),
    "far end": (entry('    - {from: 2025-01-01, to: 9999-12-31, value: "5", recorded_on: 2025-01-01}\n'),
                "bad_date", 7, 30),
    "date of another form": (entry('    - {from: 1/2/2025, value: "5", recorded_on: 2025-01-01}\n'), "bad_date", 7, 14),
    "date with a time": (entry('    - {from: 2025-01-01 00:00:00, value: "5", recorded_on: 2025-01-01}\n'),
                         "bad_date", 7, 14),
    "recorded_on malformed": (entry('    - {from: 2025-01-01, value: "5", recorded_on: soon}\n'), "bad_date", 7, 51),
    "checked_on malformed": (entry('    - {from: 2025-01-01, value: "5", recorded_on: 2025-01-01, checked_on: 2025}\n'),
                             "bad_date", 7, 75),
    "from after to": (entry('    - {from: 2025-01-02, to: 2025-01-01, value: "5", recorded_on: 2025-01-01}\n'),
                      "from_after_to", 7, 30),
    "from equals to": (entry('    - {from: 2025-01-01, to: 2025-01-01, value: "5", recorded_on: 2025-01-01}\n'),
                       "from_after_to", 7, 30),
    "same day twice": (entry(ONE + ONE), "overlap", 8, 14),
    "starts inside another": (
        entry('    - {from: 2025-01-01, to: 2025-06-01, value: "5", recorded_on: 2025-01-01}\n'
              '    - {from: 2025-05-31, value: "6", recorded_on: 2025-01-01}\n'), "overlap", 8, 14),
    # its type
    "float": (entry(at("0.5")), "unquoted_decimal", 7, 33),
    "unquoted whole number": (entry(at("5")),
                              "unquoted_decimal", 7, 33),
    "decimal with exponent": (entry(at('"5e3"')),
                              "wrong_type", 7, 33),
    "decimal with separator": (entry(at('"5,000"')),
                               "wrong_type", 7, 33),
    "not a number": (entry(at('"NaN"')), "wrong_type", 7, 33),
    "null": (entry(at("null")), "wrong_type", 7, 33),
    "third decimal of USD": (entry(at('"5.005"')),
                             "out_of_range", 7, 33),
    "below the bound": (entry(at('"4.99"'),
                              extra='  at_least: "5"\n'), "out_of_range", 8, 33),
    "percent written as share": (entry(at('"50"'), unit="share"),
                                 "out_of_range", 7, 33),
    "quoted integer": (entry(type="integer", unit="days"), "wrong_type", 7, 33),
    "octal integer": (entry(at("010"), type="integer",
                            unit="days"), "wrong_type", 7, 33),
    "integer with underscores": (entry(at("1_000"),
                                       type="integer", unit="days"), "wrong_type", 7, 33),
    "yes is no boolean": (entry(at("yes"), type="boolean",
                                unit="flag"), "wrong_type", 7, 33),
    "no is no text": (entry(at("no"), type="text",
                            unit="country"), "wrong_type", 7, 33),
    "a word instead of a list": (entry(at("a"), type="list",
                                       unit="words"), "wrong_type", 7, 33),
    "an item twice": (entry(at("[a, b, a]"), type="list",
                            unit="words"), "duplicate_item", 7, 40),
    "a float in a list": (entry(at("[a, 0.5]"), type="list",
                                unit="words"), "wrong_type", 7, 37),
    "a list instead of a mapping": (entry(at("[a]"),
                                          type="mapping", unit="words"), "wrong_type", 7, 33),
    "a key of the mapping twice": (entry(at("{a: b, a: c}"),
                                         type="mapping", unit="words"), "duplicate_key", 7, 40),
    "no such choice": (entry(at("[usge]"), type="list",
                             unit="words", extra="  choices: [usage, other]\n"), "unknown_choice", 8, 34),
    # the text
    "broken YAML": ("own.limit: [\n", "bad_yaml", 2, 1),
    "tab": ("own.limit:\n\tlabel: x\n", "bad_yaml", 2, 1),
    "two documents": (GOOD + "---\n" + GOOD, "bad_yaml", 8, 1),
    "alias": (entry("    - &a {from: 2025-01-01, value: \"5\", recorded_on: 2025-01-01}\n    - *a\n"), "alias", 7, 7),
    "endless nesting": ("own.limit: " + "[" * 5000 + "]" * 5000, "too_deep", 1, 31),
    "merge key": ("own.limit:\n  <<: {label: x}\n" + GOOD.partition("\n")[2], "wrong_type", 2, 3),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_code_line_and_column(case: str, write: Write) -> None:
    text, code, line, column = REFUSED[case]
    folder = write(text)
    problems = problems_of(folder)
    assert [(p.code, p.where.line, p.where.column) for p in problems] == [(code, line, str(column))]
    assert str(problems[0]).startswith(f"{folder / 'own.yaml'}:{line}:{column}: ")


@pytest.mark.parametrize(("text", "hint"), [
    (entry(extra="  lable: x\n"), "did you mean 'label'?"),
    (entry(at('"5", recorded_in: 2025-01-01')),
     "did you mean 'recorded_on'?"),
    (entry(type="decimals"), "did you mean 'decimal'?"),
    (entry(at("usge"), type="text", unit="w",
           extra="  choices: [usage, other]\n"), "did you mean 'usage'?"),
    (entry(at("0.50")), 'quote it: "0.50"'),
    ("revenue.spike_multipel:\n  cite: board\n  values:\n" + at('"3"'), "did you mean 'revenue.spike_multiple'?"),
])
def test_a_slip_is_answered_with_what_was_meant(text: str, hint: str, write: Write) -> None:
    problems = problems_of(write(text))
    assert len(problems) == 1
    assert hint in problems[0].message


def test_all_problems_of_all_files_are_collected_in_the_order_of_the_text(write: Write) -> None:
    other = entry(extra="  lable: x\n").replace("limit", "other")
    folder = write({"b.yaml": entry(without="unit"), "deep/a.yml": other,
                    "a.yaml": "own.x: {}\nown.y: 3\n", "broken.yaml": "{", "README.md": "not read"})
    found = [(p.where.file.removeprefix(str(folder) + "/"), p.code) for p in problems_of(folder)]
    assert found == [("a.yaml", "empty_entry"), ("a.yaml", "wrong_type"), ("b.yaml", "missing_unit"),
                     ("broken.yaml", "bad_yaml"), ("deep/a.yml", "unknown_key")]


def test_an_entry_without_unit_has_its_values_checked_all_the_same(write: Write) -> None:
    bad = entry('    - {from: 2025-02-30, value: "5", recorded_on: 2025-01-01}\n', without="unit")
    assert [p.code for p in problems_of(write(bad))] == ["missing_unit", "bad_date"]


def test_one_name_in_two_files_of_a_layer_names_both_places(write: Write) -> None:
    folder = write({"a.yaml": GOOD, "b.yaml": "\n" + GOOD})
    [problem] = problems_of(folder)
    assert (problem.code, problem.where.line, problem.where.column) == ("duplicate_name", 2, "1")
    assert f"{folder / 'a.yaml'}:1:1" in problem.message


def test_bytes_that_are_not_text_are_named(write: Write) -> None:
    folder = write("")
    (folder / "own.yaml").write_bytes(b"own.limit:\n  label: caf\xe9\n")
    [problem] = problems_of(folder)
    assert (problem.code, problem.where.line) == ("bad_encoding", 2)


def test_a_folder_that_does_not_exist_is_never_taken_for_an_empty_one(tmp_path: Path) -> None:
    [problem] = problems_of(tmp_path / "polices")
    assert problem.code == "no_such_folder"
    assert "polices" in problem.where.file


@pytest.mark.parametrize(("changed", "code"), [
    ("  unit: percent\n", "unit_changed"), ("  type: integer\n", "type_changed"), ("  label: Other\n", "label_changed"),
    ('  at_least: "0"\n', "at_least_changed"), ("  choices: [a]\n", "choices_changed")])
def test_an_overlay_cannot_change_what_a_parameter_is(changed: str, code: str, write: Write) -> None:
    text = "revenue.spike_multiple:\n  cite: board\n" + changed + \
        '  values:\n    - {from: 2025-01-01, value: "3", recorded_on: 2025-01-01}\n'
    assert [(p.code, p.where.line) for p in problems_of(write(text))] == [(code, 3)]


EXCEPTION = {"account": "cus_1", "name": "revenue.spike_multiple", "value": '"3"', "from": "2025-01-01",
             "to": "2025-07-01", "reason": "migration", "approved_by": "finance lead", "cite": "board-minutes",
             "recorded_on": "2025-01-01"}


def exception_text(*changes: dict[str, str | None]) -> str:
    listed = [", ".join(f"{k}: {v}" for k, v in {**EXCEPTION, **change}.items() if v is not None) for change in changes]
    return "exceptions:\n" + "".join(f"  - {{{item}}}\n" for item in listed)


@pytest.mark.parametrize(("change", "code"), [
    ({"account": None}, "missing_account"), ({"name": None}, "missing_name"), ({"value": None}, "missing_value"),
    ({"from": None}, "missing_from"), ({"to": None}, "missing_to"), ({"reason": None}, "missing_reason"),
    ({"approved_by": None}, "missing_approved_by"), ({"cite": None}, "missing_citation"),
    ({"recorded_on": None}, "missing_recorded_on"), ({"value": "3"}, "unquoted_decimal"),
    ({"value": '"0.5"'}, "out_of_range"), ({"to": "2025-01-01"}, "from_after_to"),
    ({"name": "revenue.spike_multipel"}, "unknown_parameter"), ({"acount": "x"}, "unknown_key"),
    ({"account": "12"}, "wrong_type")])
def test_refused_exceptions(change: dict[str, str | None], code: str, write: Write) -> None:
    problems = problems_of(write(exception_text(change)))
    assert [(p.code, p.where.line) for p in problems] == [(code, 2)]


def test_two_exceptions_of_one_account_for_one_day_collide(write: Write) -> None:
    second = {"from": "2025-06-30", "to": "2025-08-01", "value": '"4"'}
    [problem] = problems_of(write(exception_text({}, second)))
    assert (problem.code, problem.where.line) == ("overlap", 3)
    assert load_policies(write(exception_text({}, {**second, "from": "2025-07-01"}), "after")).exceptions
    assert load_policies(write(exception_text({}, {**second, "account": "cus_2"}), "other")).exceptions


@pytest.mark.parametrize(("value", "unit", "bounds", "is_good"), [
    ("5", "USD", '  at_least: "5"\n  at_most: "6"\n', True), ("6", "USD", '  at_least: "5"\n  at_most: "6"\n', True),
    ("4.99", "USD", '  at_least: "5"\n', False), ("6.01", "USD", '  at_most: "6"\n', False),
    ("0", "share", "", True), ("1", "share", "", True), ("1.01", "share", "", False), ("-0.01", "share", "", False),
    ("1.5", "share", '  at_most: "2"\n', True),  # its own bound says that more than the whole is meant
    ("5.10", "USD", "", True), ("5.100", "USD", "", True), ("5.101", "USD", "", False), ("5.101", "percent", "", True)])
def test_bounds_are_inclusive_and_units_have_their_own(value: str, unit: str, bounds: str, is_good: bool,
                                                       write: Write) -> None:
    folder = write(entry(at(f'"{value}"'), unit=unit, extra=bounds))
    if is_good:
        assert str(load_policies(folder).parameter("own.limit").values[0].value) == value
    else:
        assert [p.code for p in problems_of(folder)] == ["out_of_range"]
