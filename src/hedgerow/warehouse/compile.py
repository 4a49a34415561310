"""From a model's text to the SELECT that is run: whole-number policy values filled in, half_up written out."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"(?<![:\w]):([a-z_][a-z_0-9]*)")
_CALL = "half_up("


def compile_model(text: str, values: Mapping[str, int]) -> str:
    """DuckDB dialect inside the portable subset, without the header's comments.

    ``:name`` becomes the whole number of that name; a name that is not given raises KeyError.
    ``half_up(n, d)`` becomes the nearest whole number of n / d for whole n and d > 0, a half away from zero
    (`//` truncates towards zero on every engine), so that one rounding holds everywhere.
    """
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    filled = _PLACEHOLDER.sub(lambda match: str(int(values[match[1]])), body)
    return _expand(filled)


def _expand(sql: str) -> str:
    start = sql.find(_CALL)
    while start >= 0:
        arguments, end = _arguments(sql, start + len(_CALL))
        if len(arguments) != 2:
            raise ValueError(f"half_up takes two arguments, not {len(arguments)}")
        above, below = (_expand(argument.strip()) for argument in arguments)
        sql = sql[:start] + _half_up(above, below) + sql[end:]
        start = sql.find(_CALL)
    return sql


def _half_up(above: str, below: str) -> str:
    half = f"NULLIF(2 * ({below}), 0)"
    return (f"CAST(CASE WHEN ({above}) >= 0 THEN (2 * ({above}) + ({below})) // {half} "
            f"ELSE -((-2 * ({above}) + ({below})) // {half}) END AS BIGINT)")


def _arguments(sql: str, start: int) -> tuple[list[str], int]:
    """The comma-separated arguments from ``start`` to the closing parenthesis, and the index after it."""
    depth, last, found = 1, start, []
    for index in range(start, len(sql)):
        char = sql[index]
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return [*found, sql[last:index]], index + 1
        elif char == "," and depth == 1:
            found.append(sql[last:index])
            last = index + 1
    raise ValueError("half_up( is not closed")
