"""Expected trouble with data and configuration is a value in a list, not an exception."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Where:
    """A place a person can go to: a file with line and column, a record id, or the path of an input field."""

    file: str = ""
    line: int | None = None
    column: str = ""
    record: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line is not None else "")
        parts = [place, self.column, self.record, self.path]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a stable code, a sentence that names the thing and the way out, a place."""

    code: str
    message: str
    where: Where = field(default_factory=Where)
    value: str = ""
    rule: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        place = str(self.where)
        return f"{place}: {self.message} [{self.code}]" if place else f"{self.message} [{self.code}]"


class UnableTo(Exception):
    """A refused operation with a stable code. Each operation defines its own subclass beside itself.

    The edge maps ``code`` to an HTTP status or an exit code and shows every problem.
    """

    def __init__(self, code: str, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = list(problems)
