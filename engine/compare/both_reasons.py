"""The reasons of one row in two results, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.compare.changed_below import ChangedBelow, changed_below
from engine.compare.reasons import Pair, beginnings, paired
from engine.explain.explain import Explanation, NoSuchRow, explanation
from engine.explain.reopened import Given


@dataclass(frozen=True)
class BothReasons:
    """``one`` and ``other``: as each result explains the row; a result that has no such row says so in ``left_out``.

    ``pairs``: the trees side by side, with what differs. ``below``: the rows that belong to it and differ.
    """

    one: Explanation
    other: Explanation
    pairs: tuple[Pair, ...]
    below: tuple[ChangedBelow, ...] = ()

    @property
    def beginnings(self) -> list[Pair]:
        """Where the differences begin: rules that say otherwise, data that are not the same."""
        return list(beginnings(self.pairs))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        told: dict[str, Any] = {"steps": [pair.as_dict() for pair in self.pairs]}
        told["begins"] = [_without_steps(pair) for pair in self.beginnings]
        told["below"] = [one.as_dict() for one in self.below]
        return told | {"left_out": [self.one.left_out, self.other.left_out]}


def both_reasons(
    one: Path,
    other: Path,
    grain: str,
    key: str,
    value: str | None = None,
    rows: int | None = None,
    given: Sequence[Given | None] = (None, None),
) -> BothReasons:
    """``value``, ``rows``, ``given`` (of each result) as :func:`engine.explain.explain.explanation` has them.

    Raises what that raises; that there is no such row only where neither result has it.
    """
    found: list[Explanation] = []
    missing: list[NoSuchRow] = []
    for folder, places in zip((one, other), given, strict=True):
        try:
            found.append(explanation(folder, grain, key, value, rows, places, below=True))
        except NoSuchRow as error:
            found.append(Explanation([], error.message))
            missing.append(error)
    if len(missing) == len(found):
        raise missing[0]
    below = changed_below(one, other, found[0].below, found[1].below)
    return BothReasons(found[0], found[1], tuple(paired(found[0].steps, found[1].steps)), tuple(below))


def _without_steps(pair: Pair) -> dict[str, Any]:
    return {name: said for name, said in pair.as_dict().items() if name != "steps"}
