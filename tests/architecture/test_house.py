"""House rules that no linter knows: exact money, no clock, no thresholds in code, nothing of the author's machine."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "hedgerow"
FLOORS_WITHOUT_CLOCK = ("kernel", "core", "policies", "warehouse", "integrations", "app", "demo")
FLOORS_WITHOUT_FLOAT = ("kernel", "core", "policies", "warehouse", "app")
# Numbers that are arithmetic, not policy: months of a year, cents of a dollar, scales of ten, bases of rounding.
ARITHMETIC = {0, 1, 2, 10, 12, 100, 1_000, 10_000, 1_000_000, 10**10}
# Limits of shape are no thresholds of a rule: the longest text or largest number that an input accepts.
SHAPE_KEYWORDS = {"max_length", "min_length", "max_digits", "decimal_places", "places", "indent", "width", "day"}
FIELD_LIMITS = {"ge", "gt", "le", "lt"}
# Module constants that may hold a number, and why.
NAMED_LIMITS = {
    "FIRST_YEAR": "days outside these years are slips of the key",
    "LAST_YEAR": "days outside these years are slips of the key",
    "LONGEST_TERM": "a term beyond it is a slip of the key and would ask for millions of rows",
    "_LOOKALIKE": "how alike two words must be to be offered as a correction",
}

CLOCKS = {"now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter"}
CLOCK_OWNERS = {"datetime", "date", "time", "dt"}
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc"}


def _files(*floors: str) -> list[Path]:
    return sorted(f for floor in floors for f in (SOURCE / floor).rglob("*.py"))


def _at(file: Path, node: ast.AST) -> str:
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def floats(tree: ast.AST) -> Iterator[ast.AST]:
    """Float literals and calls of ``float``, but for likeness of words. To name the type makes no float."""
    excused = _excused(tree) | {id(k.value) for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg == "cutoff"}
    for node in ast.walk(tree):
        if id(node) in excused:
            continue
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if is_literal or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"):
            yield node


def clocks(tree: ast.AST) -> Iterator[ast.AST]:
    """Calls such as ``datetime.now()``, ``date.today()`` and ``time.time()``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name in CLOCK_OWNERS:
                yield node


def thresholds(tree: ast.AST) -> Iterator[ast.AST]:
    """Numbers in code that only a policy may hold, decimals written as text included."""
    excused = _excused(tree)
    for node in ast.walk(tree):
        if id(node) in excused:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            if abs(node.value) not in ARITHMETIC:
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Decimal", "Money"}:
            text = node.args[0] if node.args else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and _number(text.value) not in ARITHMETIC:
                yield node


def _number(text: str) -> int | str:
    return int(text) if re.fullmatch(r"\d+", text) else text


def _excused(tree: ast.AST) -> set[int]:
    """Nodes inside examples, limits of shape, named limits, powers of ten, and slices or indexes of text."""
    parts: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {*SHAPE_KEYWORDS, "example", "examples"}:
            parts.append(node.value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Field":
            parts += [k.value for k in node.keywords if k.arg in FIELD_LIMITS]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
            parts += [node for name in names if "EXAMPLE" in name.upper() or name in NAMED_LIMITS]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.left) == "10":
            parts.append(node.right)
        elif isinstance(node, ast.Subscript):
            parts.append(node.slice)
    return {id(n) for part in parts for n in ast.walk(part)}


def _offences(files: list[Path], find: object) -> list[str]:
    assert files, "nothing was checked"
    return [f"{_at(file, node)}: {ast.unparse(node)[:60]}"
            for file in files for node in find(ast.parse(file.read_text(encoding="utf-8")))]  # type: ignore[operator]


def test_no_float_money() -> None:
    """Left out: engines, which read other databases' doubles and are compared to the cent; charts draw pixels."""
    files = [f for f in _files(*FLOORS_WITHOUT_FLOAT) if "engines" not in f.parts and f.name != "charts.py"]
    assert _offences(files, floats) == []


def test_the_clock_is_read_only_at_the_edge() -> None:
    assert _offences(_files(*FLOORS_WITHOUT_CLOCK), clocks) == []


def test_core_holds_no_threshold() -> None:
    assert _offences(_files("core"), thresholds) == []


@pytest.mark.parametrize(("text", "find", "count"), [
    ("x = 0.5", floats, 1), ("float(row['mrr'])", floats, 1), ("isinstance(x, float)", floats, 0),
    ("x: float", floats, 0), ("x = '0.5'", floats, 0),
    ("datetime.now(UTC)", clocks, 1), ("datetime.datetime.now()", clocks, 1), ("date.today()", clocks, 1),
    ("time.time()", clocks, 1), ("row.time", clocks, 0), ("datetime.combine(day, time())", clocks, 0),
    ("if mrr > 5000: pass", thresholds, 1), ("x = Decimal('0.5')", thresholds, 1),
    ("x = Decimal('100')", thresholds, 0),
    ("months * 12 // 100", thresholds, 0), ("Field(max_length=200)", thresholds, 0), ("year = day[:4]", thresholds, 0),
    ("register(example={'amount': 80000})", thresholds, 0), ("window = 3", thresholds, 1), ("x = -7", thresholds, 1),
    ("flag = True", thresholds, 0), ("Field(ge=1, le=1100)", thresholds, 0), ("Field(default=1100)", thresholds, 1),
    ("check(le=1100)", thresholds, 1), ("E8 = 10**8", thresholds, 0), ("E8 = 5**8", thresholds, 2),
    ("LONGEST_TERM = 600", thresholds, 0), ("SHORTEST_TERM = 600", thresholds, 1),
    ("get_close_matches(a, b, cutoff=0.6)", floats, 0), ("pay(cut=0.6)", floats, 1),
])
def test_the_checks_see_what_they_should_and_no_more(text: str, find: object, count: int) -> None:
    assert len(list(find(ast.parse(text)))) == count  # type: ignore[operator]


def test_modules_are_named_after_what_they_hold() -> None:
    names = [f for f in SOURCE.rglob("*") if f.stem in FORBIDDEN_NAMES and "__pycache__" not in f.parts]
    assert [str(f.relative_to(ROOT)) for f in names] == []


# The parts are joined here so that this file does not find itself.
_ABSOLUTE = re.compile(r"(?<![\w./:-])/(?:" + "|".join(("home", "root", "Users", "work", "opt", "mnt")) + r")/[\w.-]")
_SCRATCH = re.compile(r"(?<![\w./:-])/" + r"tmp/[\w.-]")
_HOSTS = re.compile("|".join((r"pypi\.(?:org|python)", r"pythonhosted\.", r"registry\.npm", r"index-" + "url",
                              "trusted-" + "host", r"crates\.io", "find-" + "links")))


def _tracked_texts() -> list[tuple[Path, str]]:
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT,
                            capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    texts = []
    for name in filter(None, listed.stdout.split("\0")):
        file = ROOT / name
        if file.is_file() and file.suffix not in {".png", ".parquet", ".svg", ".pdf"}:
            texts.append((Path(name), file.read_text(encoding="utf-8", errors="replace")))
    return texts


@pytest.mark.parametrize(("pattern", "what"), [
    (_ABSOLUTE, "a path of somebody's machine"), (_SCRATCH, "a scratch path"), (_HOSTS, "a package registry")])
def test_the_repository_names_no_machine_and_no_registry(pattern: re.Pattern[str], what: str) -> None:
    found = [f"{name}:{number}: {line.strip()[:80]}" for name, text in _tracked_texts()
             for number, line in enumerate(text.splitlines(), start=1) if pattern.search(line)]
    assert found == [], what
