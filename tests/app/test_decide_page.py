"""The reference page tells what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from hedgerow.app.decide import known_decisions
from hedgerow.app.decision_page import decisions_page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_fresh() -> None:
    page = (ROOT / "docs/reference/decisions.md").read_text(encoding="utf-8")
    assert page == decisions_page(), "run: python -m hedgerow.app.decision_page > docs/reference/decisions.md"


def test_every_decision_and_field_is_on_the_page() -> None:
    page = decisions_page()
    for decision in known_decisions():
        assert f"\n## {decision.name}\n" in page
        for name in decision.input_model.model_fields:
            assert f"| `{name}` |" in page


def test_the_guide_names_only_decisions_that_exist() -> None:
    guide = (ROOT / "docs/guides/decide.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\brevenue\.[a-z_]+", guide)) - {"revenue.spike_multiple"}
    assert named
    assert named <= {decision.name for decision in known_decisions()}
