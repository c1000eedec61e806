"""What a node of YAML says: its text, its words, a day, a number of digits, plain data."""

from __future__ import annotations

import datetime
from fractions import Fraction

from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml

MOST_DATES = 1000
"""Of a parameter: each is a state of all rules, and is checked as one."""


def text_of(node: Yaml | None) -> str:
    """The text without surrounding blanks; empty for a list, a mapping or nothing."""
    return node.text.strip() if isinstance(node, Scalar) else ""


def scalars_of(node: Yaml | None) -> list[Scalar]:
    """The texts of a list, or the one text that stands for a list of one."""
    if isinstance(node, Sequence):
        return [item for item in node.items if isinstance(item, Scalar)]
    return [node] if isinstance(node, Scalar) and node.text else []


def words_of(node: Yaml | None) -> list[str]:
    return [scalar.text for scalar in scalars_of(node)]


def word_lists_of(node: Yaml | None) -> dict[str, tuple[str, ...]]:
    """A mapping of names to words."""
    return {key.text: tuple(words_of(value)) for key, value in node.entries} if isinstance(node, Mapping) else {}


def says_yes(node: Yaml | None) -> bool:
    return text_of(node) == "是"


def day_of(text: str) -> datetime.date | None:
    """``2025-01-01`` as a day; ``None`` if it is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def count_of(node: Yaml | None) -> int | None:
    """A whole number from 0; ``None`` if it is none."""
    text = text_of(node)
    return int(text) if text.isdigit() else None


def count_or_share_of(node: Yaml | None) -> int | Fraction | None:
    """A whole number, or a share of at most 100 % as a fraction; ``None`` if it is neither."""
    text = text_of(node)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else count_of(node)


def plain_of(node: Yaml | None) -> object:
    """Dictionaries, lists and text, without places."""
    if isinstance(node, Mapping):
        return {key.text: plain_of(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain_of(item) for item in node.items]
    return node.text if isinstance(node, Scalar) else None
