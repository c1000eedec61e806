"""Uniform numbers as SQL: a pure function of seed, table, column and row number, so no order or thread matters.

DuckDB's ``hash`` of an integer mixes all its bits; of several arguments it only combines the hashes by XOR, which
would make two columns of a row depend on each other. So the row number is shifted first, by another constant for
each column.
"""

from __future__ import annotations

import hashlib

_UNIT = "9007199254740992e0"
"""2^53: as many steps as a double has below 1."""


def shift(seed: int, *names: object) -> int:
    """The constant of a column: 62 bits of SHA-256 over seed and names."""
    text = "\x1f".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 2


def uniform(seed: int, row: str, *names: object) -> str:
    """SQL of a number in [0, 1) for the row number ``row`` (a column)."""
    return f"((hash({row} + {shift(seed, *names)}::BIGINT) >> 11) / {_UNIT})"


def normal(seed: int, row: str, *names: object) -> str:
    """SQL of a standard normal number (Box and Muller)."""
    first = f"(((hash({row} + {shift(seed, *names, 'r')}::BIGINT) >> 11) + 1) / {_UNIT})"
    return f"(sqrt(-2 * ln({first})) * cos(2 * pi() * {uniform(seed, row, *names, 'a')}))"


def shared_out(seed: int, row: str, *names: object) -> str:
    """SQL of numbers spread evenly over [0, 1) among the rows of a small table, in random order: exact shares."""
    drawn = uniform(seed, row, *names)
    return f"((row_number() OVER (ORDER BY {drawn}, {row}) - 0.5::DOUBLE) / count(*) OVER ())"
