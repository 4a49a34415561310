"""Chance without a sequence: a number for (key, position), so that no draw depends on how many came before it.

That is what keeps the company coherent: a later day, a longer history or more accounts ask for more positions,
and never change the answer at one that was asked before.
"""

from __future__ import annotations

import hashlib

_WORD = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    """64 well-mixed bits of any whole number (the finalizer of splitmix64)."""
    value = (value * _STEP) & _WORD
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _WORD
    return value ^ (value >> 31)


def key_of(*parts: object) -> int:
    """A 64-bit key from words and numbers; the same in every process."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def unit(key: int, position: int) -> float:
    """Uniform in [0, 1)."""
    return (mix(key ^ mix(position)) >> 11) / (1 << 53)


def below(key: int, position: int, limit: int) -> int:
    """A whole number from 0 to limit - 1."""
    return mix(key ^ mix(position)) % limit


def normal(key: int, position: int) -> float:
    """About standard normal: four 16-bit uniforms added, so always within 3.5 of zero."""
    bits = mix(key ^ mix(position))
    total = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (total / 65536 - 2) * 1.7320508
