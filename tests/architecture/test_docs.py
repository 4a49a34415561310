"""The documentation cannot lie: every command stands in it, links lead somewhere, decision records have their parts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools.docs import CLI_PAGE, cli_reference, commands

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
# make docs draws it from the demo company, which a fresh checkout does not have.
DRAWN_LATER = {"docs/images/mrr.svg"}
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def test_every_command_stands_in_the_reference() -> None:
    page = CLI_PAGE.read_text(encoding="utf-8")
    missing = [" ".join(path) for path, _ in commands() if f"`{' '.join(path)}`" not in page]
    assert missing == [], "run make docs"


def test_the_reference_is_what_the_program_says_today() -> None:
    assert CLI_PAGE.read_text(encoding="utf-8") == cli_reference(), "docs/reference/cli.md is stale; run make docs"


@pytest.mark.parametrize("path", [path for path, node in commands() if not hasattr(node, "commands")], ids=" ".join)
def test_every_command_says_what_it_does(path: tuple[str, ...]) -> None:
    node = dict(commands())[path]
    assert node.help, f"{' '.join(path)} has no docstring"
    unexplained = [p.name for p in node.params if p.name != "help" and not getattr(p, "help", None)]
    assert unexplained == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(page: Path) -> None:
    targets = [(page.parent / link).resolve() for link in _LINK.findall(page.read_text(encoding="utf-8"))]
    names = [str(t.relative_to(ROOT)) for t in targets if not t.exists()]
    assert [name for name in names if name not in DRAWN_LATER] == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda p: p.stem)
def test_a_decision_record_has_four_parts_on_one_page(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.match(r"\d{4}-[a-z0-9-]+$", record.stem)
    parts = re.findall(r"^(?:## |\*\*)(\w+)\.?(?:\*\*|$)", text, re.M)
    assert parts == ["Context", "Decision", "Consequences", "Alternatives"]
    assert len(text.splitlines()) <= 60


def test_record_numbers_are_used_once() -> None:
    numbers = [record.stem[:4] for record in RECORDS]
    assert len(numbers) == len(set(numbers))


def _unknown(call: str, known: dict[str, bool]) -> bool:
    """Whether a call names a group's command that does not exist. ``known``: command -> whether it is a group."""
    words = call.split()
    for length in range(1, len(words)):
        if known.get(" ".join(words[:length])) and " ".join(words[:length + 1]) not in known:
            return True
    return False


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "tools/next_steps.sh"])
def test_commands_named_in_the_first_pages_exist(file: str) -> None:
    known = {" ".join(path): hasattr(node, "commands") for path, node in commands()}
    text = (ROOT / file).read_text(encoding="utf-8").replace('"$h ', '"hedgerow ')
    named = re.findall(r"(?:^|[`\"])(hedgerow(?: [a-z][a-z-]*){1,2})\b(?!\.)", text, re.M)
    assert named
    assert [call for call in named if _unknown(call, known)] == []


@pytest.mark.parametrize(("call", "is_unknown"), [
    ("hedgerow run", False), ("hedgerow walk", True), ("hedgerow import anything", False),
    ("hedgerow revenue month", False), ("hedgerow revenue week", True)])
def test_the_check_of_named_commands_sees_groups(call: str, is_unknown: bool) -> None:
    known = {"hedgerow": True, "hedgerow run": False, "hedgerow revenue": True, "hedgerow revenue month": False,
             "hedgerow import": False}
    assert _unknown(call, known) is is_unknown


def test_help_starts_without_the_heavy_libraries() -> None:
    """Cold start: duckdb, pyarrow, sqlglot, pydantic, yaml and altair load only when a command needs them."""
    heavy = ("duckdb", "pyarrow", "sqlglot", "pydantic", "yaml", "altair", "pandas")
    code = f"import sys, hedgerow.cli.main; print([m for m in {heavy} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
                            env={"PYTHONPATH": "src", "PATH": "/usr/bin:/bin"})
    assert answer.stdout.strip() == "[]"
