"""Small bars and lines made of block characters, for terminals only."""

from __future__ import annotations

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"


def bars(values: Sequence[int], width: int = 16) -> list[str]:
    """One horizontal bar per value, on one scale from 0; values at or below 0 have none."""
    top = max([*values, 1])
    lengths = [max(0, value) * width * 8 // top for value in values]
    return ["█" * (n // 8) + (_EIGHTHS[n % 8] if n % 8 else "") for n in lengths]


def spark(values: Sequence[int | None]) -> str:
    """One character per value, from smallest to largest; unknown is a blank, not a low value."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    span = max(high - low, 1)
    return "".join(" " if v is None else _HEIGHTS[(v - low) * 7 // span] for v in values)
