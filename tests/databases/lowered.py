"""Every query that a run lowers, looked at for nodes and marks that no printer was told of."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from engine.databases.marks import CALLS, MARKS, NODES

_POSITIONS = frozenset(("line", "col", "start", "end"))
"""What sqlglot notes where a type or a name was parsed from text."""
LOOKS = frozenset(("RegexpLike", "Trim", "length", "lower", "max", "min", "substr", "upper"))
"""With these typed cells are looked at for keys that look alike and numbers cut short: every engine has them."""


@dataclass
class Lowered:
    """``strange``: what is not listed; ``seen``: what was; ``queries``: one of each new shape."""

    strange: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    queries: list[exp.Expression] = field(default_factory=list)

    def __call__(self, query: exp.Expression) -> None:
        found = set()
        for node in query.walk():
            if isinstance(node, exp.Offset):  # the fence of an engine, its own (Database.fenced)
                continue
            found.add(type(node).__name__)
            found |= {mark for mark in node.meta if mark not in _POSITIONS}
            if isinstance(node, exp.Anonymous):
                found.add(node.name)
        new = found - self.seen
        if new:
            self.queries.append(query.copy())
        self.strange |= found - {node.__name__ for node in NODES} - MARKS - CALLS - LOOKS
        self.seen |= found
