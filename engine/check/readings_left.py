"""A rule written anew that no longer goes by a declared reading, while others still do: told, as nobody sees it."""

from __future__ import annotations

from collections.abc import Iterator

from engine.check.local_cause import own_layers
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Parameter, Rule
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.parts import names_of
from engine.rulebook.problems import Problem
from engine.rulebook.stack import Stacked
from engine.rulebook.wanted import reaching

NAMES_SHOWN = 3


def rules_go_on_by_the_readings(book: Book) -> Iterator[Problem]:
    """Warns of a rule of the region's own that takes the place of one that chose by a switch (读法), and does not.

    Who means it says so: a 说明 that names the switch is enough.
    """
    own = {layer.name for layer in own_layers(book)}
    for day in book.epochs:
        snapshot = book.at(day)
        switches = [
            entry
            for entry in snapshot.parameters.values()
            if entry.reading is not None and len(entry.reading.options) > 1
        ]
        for switch in switches:
            yield from _left(snapshot, switch, own)


def _left(snapshot: Snapshot, switch: Parameter, own: set[str]) -> Iterator[Problem]:
    gone = [
        (name, stacked)
        for name, stacked in snapshot.stacked.items()
        if stacked.raw.layer in own
        and stacked.previous is not None
        and isinstance(snapshot.entries.get(name), Rule)
        and _mentions(stacked.previous, switch.name)
        and switch.name not in _text(stacked.raw.body.get("说明"))
    ]
    readers = reaching(snapshot, {switch.name}, frozenset(snapshot.rules)) if gone else set()
    direct = [n for n, e in snapshot.entries.items() if "〔" not in n and switch.name in names_of(e)]
    for name, stacked in gone:
        if name in readers:
            continue
        others = [other for other in direct if other != name]
        shown = "、".join(others[:NAMES_SHOWN]) + (f" 等 {len(others)} 条" if len(others) > NAMES_SHOWN else "")
        still = f"，{shown} 还按它选：两边可能按不同的读法算" if others else "，改这个开关不再有用"
        yield Problem(
            "W327",
            stacked.raw.place,
            f"{name} 改写以后不再随 {switch.name} 变{still}",
            f"几条一起改；或写 按: {switch.name}，各种读法都写上；本来就要这样，在 说明 里提到 {switch.name}",
        )


def _mentions(stacked: Stacked, name: str) -> bool:
    """Whether what stood before, or what that stands on by 原规定, speaks of the switch outside its remarks."""
    words = ((key.text, value) for key, value in stacked.raw.body.entries)
    return any(name in _text(value) for word, value in words if word not in ("说明", "依据", "又名"))


def _text(node: Yaml | None) -> str:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return " ".join(_text(item) for item in node.items)
    if isinstance(node, Mapping):
        return " ".join(f"{key.text} {_text(value)}" for key, value in node.entries)
    return ""
