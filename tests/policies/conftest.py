"""Policy folders written for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """``write("text of own.yaml")`` or ``write({"a.yaml": text}, "folder")``: a policy folder."""

    def make(files: str | dict[str, str], folder: str = "own") -> Path:
        root = tmp_path / folder
        for name, text in ({"own.yaml": files} if isinstance(files, str) else files).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        root.mkdir(exist_ok=True)
        return root

    return make
