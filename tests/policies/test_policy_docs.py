"""The guide knows every command, key, code and note that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from hedgerow.cli.policy import app
from hedgerow.policies import dated, findings, schema
from hedgerow.policies.loader import load_policies

GUIDE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
KEYS = {*schema.PARAMETER_KEYS, *schema.RULE_KEYS, *schema.VALUE_KEYS, *schema.EXCEPTION_KEYS} - {"from"}


@pytest.mark.parametrize("command", sorted(typer.main.get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_described(command: str) -> None:
    assert f"`hedgerow policy {command}" in GUIDE


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_is_described(key: str) -> None:
    assert re.search(rf"\b{key}\b", GUIDE)


def test_every_type_note_and_reading_code_is_described() -> None:
    notes = set(re.findall(r'_note\("([a-z_]+)"', Path(findings.__file__).read_text(encoding="utf-8")))
    assert len(notes) == 7
    words = {*dated.TYPES, *notes, "before_first_value", "not_known_yet", "no_value_in_force", "switched_off",
             "unknown_parameter", "wrong_type"}
    assert {word for word in words if f"`{word}`" not in GUIDE} == set()


def test_the_examples_of_the_guide_load(tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.S)
    assert len(examples) == 3
    definition, overlay, rule = examples
    (tmp_path / "overlay.yaml").write_text(overlay + rule, encoding="utf-8")
    policies = load_policies(tmp_path)
    assert len(policies.exceptions) == 1
    assert "lead.mid_market_payer.mrr_min" in policies.names()
    (tmp_path / "overlay.yaml").write_text(definition.replace("revenue.", "own."), encoding="utf-8")
    assert len(load_policies(tmp_path).parameter("own.spike_multiple").values) == 2
