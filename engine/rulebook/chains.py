"""Rules that use each other one after the other: in which order, and where a long chain of them is cut.

Whoever works out a rule works out what it reads, from within. A chain of some hundred rules would be as many calls
inside each other as Python allows. It is cut: rules of the chain, every so many, are worked out before the one at its
end, the deepest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from engine.language import tree
from engine.language.function_laws import Reach
from engine.language.functions import law_of
from engine.rulebook.beside import kept_beside
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Check, Entry, Grain, Rule
from engine.rulebook.parts import names_of, parts

MOST_FRAMES = 600
"""Of the 1 000 calls inside each other that Python allows; who asks for a value needs some as well."""
DEEP = 8
"""So many rules inside each other: it may be the beginning of a long chain."""
TOO_DEEP = "规则一个用一个，层数太多，算不下去"
TOO_DEEP_HINT = "把很长的一串规则合并，或把连续的期间分段并用 --previous 接上"
"""Told of what all that does not reach: formulas of forty levels in each rule of a chain, windows over windows."""
FRAMES_OF_A_NAME = 8
FRAMES_OF_A_NODE = 2
N = TypeVar("N", str, tuple[str, str])
_OTHER_ROWS = (Reach.BELOW, Reach.GROUP, Reach.GROUP_AND_BEFORE)


def in_order(
    names: Iterable[N], needs: Callable[[N], set[N]], circles: dict[frozenset[N], list[N]] | None = None
) -> Iterator[N]:
    """Names after all that they need, without recursion; ``circles`` gathers what needs itself."""
    done: set[N] = set()
    for root in sorted(names):
        path: dict[N, int] = {}
        waiting: list[tuple[N, Iterator[N]]] = []
        if root not in done:
            path[root] = 0
            waiting.append((root, iter(sorted(needs(root)))))
        while waiting:
            name, others = waiting[-1]
            other = next(others, None)
            if other is None:
                waiting.pop()
                del path[name]
                done.add(name)
                yield name
            elif other in path:
                if circles is not None:
                    circle = list(path)[path[other] :]
                    circles.setdefault(frozenset(circle), circle)
            elif other not in done:
                path[other] = len(path)
                waiting.append((other, iter(sorted(needs(other)))))


_STOPS = "_stops_before"


def stops_before(book: Snapshot) -> Mapping[str, tuple[str, ...]]:
    """Of each rule that stands at the end of a long chain, the rules of the chain to be worked out before it, in order.

    Empty for any rulebook that people write; worked out once and kept beside the snapshot.
    """
    return kept_beside(book, _STOPS, _stops)


@dataclass(frozen=True)
class _Uses:
    """What an entry reads: on its row or one that its keys lead to, and on ``other`` rows that a call runs over."""

    row: frozenset[str]
    other: frozenset[str]
    frames: int


def _stops(book: Snapshot) -> Mapping[str, tuple[str, ...]]:
    uses = {name: _uses(book, entry) for name, entry in book.entries.items() if isinstance(entry, Rule | Grain | Check)}
    if sum(used.frames for used in uses.values()) <= MOST_FRAMES:
        return {}
    frames: dict[str, int] = {}
    stops: set[str] = set()
    before: dict[str, tuple[str, ...]] = {}
    for name in in_order(uses, lambda name: set(uses[name].row | uses[name].other)):
        used = uses[name]
        deepest = [frames.get(one, 0) for one in used.row - stops] + [frames.get(one, 0) for one in used.other]
        frames[name] = used.frames + max(deepest, default=0)
        if frames[name] > MOST_FRAMES:
            stops.add(name)
        found: dict[str, None] = {}
        for one in sorted(used.row):
            found |= dict.fromkeys(before.get(one, ()))
            if one in stops:
                found[one] = None
        if found:
            before[name] = tuple(found)
    return {name: found for name, found in before.items() if name in book.rules}


def _uses(book: Snapshot, entry: Entry) -> _Uses:
    other: set[str] = set()
    nodes = 1
    for part in parts(entry):
        nodes = max(nodes, _depth(part.formula.tree))
        for node in part.formula.tree.walk():
            if isinstance(node, tree.Call) and law_of(node.function).reach in _OTHER_ROWS:
                other |= {name.id for name in node.walk() if isinstance(name, tree.Name)}
    known = {name for name in names_of(entry) if isinstance(book.entries.get(name), Rule | Grain | Check)}
    frames = FRAMES_OF_A_NAME + FRAMES_OF_A_NODE * nodes
    return _Uses(frozenset(known - other), frozenset(known & other), frames)


def _depth(node: tree.Node) -> int:
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for one in level for child in one.children()]
    return deepest
