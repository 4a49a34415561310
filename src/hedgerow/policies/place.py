"""One YAML file as nodes that remember where they stand, and the list of all that is wrong with it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hedgerow.kernel.problem import Problem, Where

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_DEEPEST = 20
_YEARS = range(1900, 3000)
_STR = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Spot(Where):
    """A place in a text file, printed as ``file:line:column`` (both counted from 1), so that editors can jump."""

    def __str__(self) -> str:
        parts = [self.file, *([str(self.line)] if self.line is not None else []), self.column]
        return " ".join(part for part in (":".join(p for p in parts if p), self.path) if part)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`` (did you mean x?)`` or nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


@dataclass
class Page:
    """A policy file while it is read. Nothing raises: trouble is added to ``problems`` and reading goes on."""

    file: str
    short: str
    problems: list[Problem] = field(default_factory=list)

    def spot(self, node: Node) -> Spot:
        return Spot(file=self.file, line=node.start_mark.line + 1, column=str(node.start_mark.column + 1))

    def report(self, code: str, message: str, node: Node) -> None:
        value = repr(node.value[:80])[1:-1] if isinstance(node, ScalarNode) else ""
        self.problems.append(Problem(code, message, self.spot(node), value=value))

    def compose(self, content: bytes) -> Node | None:
        """The root node; None (with a problem, unless the file is merely empty) when there is none."""
        try:
            root = yaml.compose(content.decode("utf-8-sig"), Loader=_Loader)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            self.problems.append(Problem("bad_encoding", "the file is not UTF-8 text", Spot(self.file, line, "1")))
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            spot = Spot(self.file, mark.line + 1, str(mark.column + 1)) if mark else Spot(self.file)
            self.problems.append(Problem("bad_yaml", f"not readable as YAML: {error.problem or error.context}", spot))
            return None
        except (yaml.YAMLError, RecursionError) as error:
            self.problems.append(Problem("bad_yaml", f"not readable as YAML: {error}", Spot(self.file, 1, "1")))
            return None
        return None if root is None or self._is_tangled(root) else root

    def _is_tangled(self, root: Node) -> bool:
        """Anchors would let one line change values far away, and grow without bound; so would endless nesting."""
        seen: set[int] = set()
        waiting: list[tuple[Node, int]] = [(root, 0)]
        before = len(self.problems)
        while waiting:
            node, depth = waiting.pop()
            if id(node) in seen:
                self.report("alias", "anchors and aliases are not allowed here; write the value out", node)
                continue
            seen.add(id(node))
            parts = [] if isinstance(node, ScalarNode) else node.value
            if parts and depth == _DEEPEST:
                self.report("too_deep", f"nested deeper than {_DEEPEST} levels", node)
                continue
            for part in parts:
                waiting.extend((inner, depth + 1) for inner in (part if isinstance(part, tuple) else (part,)))
        return len(self.problems) > before

    def pairs(self, node: Node, *, what: str) -> list[tuple[str, ScalarNode, Node]]:
        """(key, key node, value node) of a mapping; a duplicate or a key that is no word is reported and left out.

        A key means what is written: ``off`` and ``no`` are words here, though YAML reads them as false.
        """
        if not isinstance(node, MappingNode):
            self.report("wrong_type", f"{what} must be a mapping of keys to values", node)
            return []
        found: dict[str, tuple[str, ScalarNode, Node]] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode) or key_node.value in ("", "<<"):
                self.report("wrong_type", f"a key of {what} must be a word", key_node)
            elif key_node.value in found:
                first = found[key_node.value][1].start_mark.line + 1
                self.report("duplicate_key", f"{key_node.value!r} stands twice in {what}, first on line {first}",
                            key_node)
            else:
                found[key_node.value] = (key_node.value, key_node, value_node)
        return list(found.values())

    def fields(self, node: Node, known: Collection[str], *, what: str) -> dict[str, Node]:
        """The known keys of a mapping; each unknown one is reported with the nearest known word."""
        found: dict[str, Node] = {}
        for key, key_node, value_node in self.pairs(node, what=what):
            if key in known:
                found[key] = value_node
            else:
                self.report("unknown_key", f"{what} has no key {key!r}" + suggestion(key, known), key_node)
        return found

    def sequence(self, node: Node | None, *, what: str) -> list[Node]:
        if node is None:
            return []
        if not isinstance(node, SequenceNode):
            self.report("wrong_type", f"{what} must be a list", node)
            return []
        return list(node.value)

    def text(self, node: Node | None, *, what: str) -> str | None:
        """Text that is not empty. ``no``, ``12`` or ``2025-01-01`` are not text until they are quoted."""
        if node is None:
            return None
        if not isinstance(node, ScalarNode) or node.tag != _STR:
            self.report("wrong_type", f"{what} must be text; quote it", node)
            return None
        if not node.value.strip():
            self.report("wrong_type", f"{what} is empty", node)
            return None
        if any(unicodedata.category(sign) == "Cc" and sign != "\n" for sign in node.value):
            self.problems.append(Problem("control_character", f"{what} holds a control character", self.spot(node)))
            return None
        return str(node.value).strip()

    def flag(self, node: Node | None, *, what: str) -> bool | None:
        """Only ``true`` and ``false``: YAML's yes, no, on and off are words that people mean as text."""
        if node is None:
            return None
        if isinstance(node, ScalarNode) and not node.style and node.value in ("true", "false"):
            return bool(node.value == "true")
        self.report("wrong_type", f"{what} must be true or false", node)
        return None

    def day(self, node: Node | None, *, what: str) -> date | None:
        if node is None:
            return None
        if isinstance(node, ScalarNode) and _ISO_DAY.match(node.value):
            try:
                day = date.fromisoformat(node.value)
            except ValueError:
                day = None
            if day and day.year in _YEARS:
                return day
        self.report("bad_date", f"{what} must be a day such as 2025-04-01, of the years {_YEARS[0]} to {_YEARS[-1]}; "
                                "an open end is left out", node)
        return None
