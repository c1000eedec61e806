"""Where two trees of reasons differ: step beside step, what differs of each, and where a difference begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.explain.steps import SEEN, Step

VALUE, UNIT, FORMULA, CHOICES, CHOSEN, ROUNDING, ARTICLE = "值", "单位", "公式", "情形", "适用的情形", "舍入", "依据"
ONLY = "只在一边"
_SAID: dict[str, Callable[[Step], Any]] = {
    VALUE: lambda step: (step.value, step.written),
    UNIT: lambda step: step.unit,
    FORMULA: lambda step: "" if step.kind == "parameter" else step.formula,  # else what it is written as, its value
    CHOICES: lambda step: [one.condition for one in step.tried],
    CHOSEN: lambda step: [one.condition for one in step.tried if one.applied],
    ROUNDING: lambda step: step.rounding,
    ARTICLE: lambda step: (step.cite, step.status, step.retroactive),
}
"""What of a step can differ. Its numbers do with the values below, its place with every line that is put above it."""


def _of_rules(differs: tuple[str, ...]) -> bool:
    """Whether the rule says otherwise: formula and article are those of the branch that applies."""
    return CHOICES in differs or (CHOSEN not in differs and any(what != VALUE for what in differs))


@dataclass(frozen=True)
class Pair:
    """The same step of two trees, or one that only one of them has.

    ``differs``: what of the step itself; ``below``: whether anything below it does. ``begins``: a difference that none
    below it accounts for. ``again``: its parts stand at the first pair of the same steps.
    """

    one: Step | None
    other: Step | None
    differs: tuple[str, ...] = ()
    below: bool = False
    begins: bool = False
    again: bool = False
    steps: tuple[Pair, ...] = ()

    @property
    def step(self) -> Step:
        """One of them, for what both are called."""
        found = self.one or self.other
        assert found is not None
        return found

    @property
    def is_same(self) -> bool:
        return not (self.differs or self.below)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what is the same on both sides is said once, without what lies below it."""
        told: dict[str, Any] = {"name": self.step.name, "grain": self.step.grain, "key": self.step.key}
        told["differs"] = list(self.differs)
        if self.begins:
            told["begins"] = True
        for side, step in (("before", self.one), ("after", self.other)):
            if step is not None:
                whole = ONLY in self.differs
                told[side] = step.as_dict() if whole else {k: v for k, v in step.as_dict().items() if k != "steps"}
        if not self.is_same and self.steps:
            told["steps"] = [pair.as_dict() for pair in self.steps]
        return {name: value for name, value in told.items() if value not in ("", [])}


def paired(one: Sequence[Step], other: Sequence[Step]) -> list[Pair]:
    """The trees of two explanations of the same row side by side, in the order of the first."""
    return _Pairing(_told(one), _told(other)).pairs(one, other)


def beginnings(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Where the differences begin, from the top down."""
    for pair in pairs:
        if pair.begins:
            yield pair
        yield from beginnings(pair.steps)


def marked(pairs: Iterable[Pair]) -> Iterator[tuple[Step, Pair]]:
    """Each step of either tree that differs, or has a difference below it, with its pair."""
    for pair in pairs:
        for step in () if pair.is_same else (pair.one, pair.other):
            if step is not None:
                yield step, pair
        yield from marked(pair.steps)


def in_words(pair: Pair) -> str:
    """``值、公式不同``, ``只在一边``, ``下面有不同``; nothing where both are the same down to the data."""
    if ONLY in pair.differs:
        return ONLY
    if pair.differs:
        return f"{'、'.join(pair.differs)}不同"
    return "下面有不同" if pair.below else ""


Told = dict[tuple[str, str, str, str], Step]


def _told(steps: Iterable[Step], found: Told | None = None) -> Told:
    """Where each value is taken apart: an explanation does it once, and says :data:`SEEN` from then on."""
    found = {} if found is None else found
    for step in steps:
        if step.remark != SEEN:
            found.setdefault((step.name, step.grain, step.key, step.value), step)
        _told(step.steps, found)
    return found


def _whole(step: Step, told: Told) -> Step:
    return told.get((step.name, step.grain, step.key, step.value), step) if step.remark == SEEN else step


@dataclass
class _Pairing:
    """``met``: pairs that were begun, with whether anything below them differs once they are done."""

    told: Told
    told_other: Told
    met: dict[tuple[int, int], bool] = field(default_factory=dict)

    def pairs(self, one: Sequence[Step], other: Sequence[Step]) -> list[Pair]:
        """By name and row; of several alike the first beside the first."""
        waiting: dict[tuple[str, str, str], list[Step]] = {}
        for step in other:
            waiting.setdefault((step.name, step.grain, step.key), []).append(step)
        found = []
        for step in one:
            beside = waiting.get((step.name, step.grain, step.key))
            found.append(self._pair(step, beside.pop(0)) if beside else Pair(step, None, (ONLY,)))
        left = {id(step) for steps in waiting.values() for step in steps}
        return found + [Pair(None, step, (ONLY,)) for step in other if id(step) in left]

    def _pair(self, one: Step, other: Step) -> Pair:
        whole, beside = _whole(one, self.told), _whole(other, self.told_other)
        differs = tuple(what for what, of in _SAID.items() if of(whole) != of(beside))
        here = (id(whole), id(beside))
        if here in self.met:
            return Pair(one, other, differs, self.met[here], again=True)
        self.met[here] = False
        steps = self.pairs(whole.steps, beside.steps)
        if not {FORMULA, CHOICES, CHOSEN} & set(differs):  # else what one side alone reads only follows from that
            steps = [replace(pair, begins=True) if ONLY in pair.differs else pair for pair in steps]
        below = any(not pair.is_same for pair in steps)
        self.met[here] = below
        begins = bool(differs) and (not below or _of_rules(differs))
        return Pair(one, other, differs, below, begins, steps=tuple(steps))
