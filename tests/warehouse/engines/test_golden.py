"""The texts of every model in every dialect, as kept under version control.

To renew them: ``python -m hedgerow.warehouse.transpile --write``
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hedgerow.warehouse.transpile import DIALECTS, UnableToTranspile, golden_texts, model_texts, write_golden

GOLDEN = Path(__file__).parents[1] / "golden"
RENEW = "run: python -m hedgerow.warehouse.transpile --write"


def test_golden_texts_are_up_to_date() -> None:
    wanted = golden_texts(GOLDEN, model_texts())
    found = {path: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*/*.sql")}
    assert found.keys() == wanted.keys(), RENEW
    assert [path for path in wanted if found[path] != wanted[path]] == [], RENEW


def test_writing_says_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    assert len(write_golden(tmp_path, {"a": "SELECT 1 AS x", "b": "SELECT 2 AS x"})) == 2 * len(DIALECTS)
    assert write_golden(tmp_path, {"a": "SELECT 1 AS x", "b": "SELECT 2 AS x"}) == []
    changed = write_golden(tmp_path, {"a": "SELECT 3 AS x"})
    assert {path.name for path in changed} == {"a.sql", "b.sql"}
    assert not (tmp_path / "spark" / "b.sql").exists()


def test_faults_of_all_models_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(UnableToTranspile) as caught:
        write_golden(tmp_path, {"a": "SELECT a / b AS x FROM t", "b": "SELECT ROUND(c) AS x FROM t"})
    assert [problem.where.file for problem in caught.value.problems] == ["a", "b"]
    assert list(tmp_path.iterdir()) == []
