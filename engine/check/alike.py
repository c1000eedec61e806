"""Whether two entries say the same, wherever they stand: positions are no part of what an entry is."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache

from engine.language.tree import Node
from engine.rulebook.nodes import Scalar
from engine.rulebook.problems import Place


def alike(one: object, other: object) -> bool:
    """Of entries of the model, and of all that these are made of."""
    if one is other or isinstance(one, Place):
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(alike(value, other[key]) for key, value in one.items())
    if is_dataclass(one) and not isinstance(one, Node | Scalar):
        return all(alike(getattr(one, name), getattr(other, name)) for name in _compared(type(one)))  # type: ignore[arg-type]
    return one == other


@cache
def _compared(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.compare)
