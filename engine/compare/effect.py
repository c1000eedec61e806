"""What a change comes to, in a few lines: the total that matters first, who gains and who loses most, how many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from engine.compare.gains import Gain, changed_most
from engine.compare.sheets import added, less
from engine.results.shown import shown


class Most(NamedTuple):
    """Of those who gain, or lose: how many there are, whose change is the greatest, what that is called, and by how
    much; nothing where there are none.
    """

    many: int = 0
    value: str = ""
    called: str = ""
    change: str = ""


@dataclass(frozen=True)
class Headline:
    """A column of a statement that adds up: its totals, and who gains and loses in it by ``by``; ``same``: how many
    values of that do neither.
    """

    statement: str
    column: str
    before: str
    after: str
    difference: str
    by: str
    more: Most
    less: Most
    same: int


class Rates(NamedTuple):
    """A number looked at first that does not add up: the row in which it changes most, and by how much."""

    statement: str
    column: str
    rows: int
    most: str


class Rows(NamedTuple):
    """How many of the rows of a statement changed, and how many one side alone has."""

    statement: str
    rows: int
    changed: int
    only: int


@dataclass(frozen=True)
class Effect:
    """``headline``: nothing where no total by anything changes; ``rates`` of coarser statements; ``rows`` of the
    statement that has most of them, the finest.
    """

    headline: Headline | None = None
    rates: tuple[Rates, ...] = ()
    rows: Rows | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "headline": asdict(self.headline) | {
                "more": self.headline.more._asdict(), "less": self.headline.less._asdict()
            } if self.headline else None,
            "rates": [one._asdict() for one in self.rates],
            "rows": self.rows._asdict() if self.rows else None,
        }  # fmt: skip


def headline_of(
    statement: str, column: str, by: str, everybody: Sequence[Gain], called: Mapping[str, str]
) -> Headline:  # fmt: skip
    """``called``: what the values of ``by`` are called."""
    before, after = (added(gain.sums[column][side] for gain in everybody) for side in (0, 1))
    difference = less(after, before)
    changed = changed_most(everybody, column)
    up, down = ([gain for gain in changed if (gain.change(column) > 0) is rises] for rises in (True, False))
    return Headline(
        statement, column, shown(before), shown(after), f"{difference:+f}" if difference else "", by,
        _most(up, column, called), _most(down, column, called), len(everybody) - len(changed),
    )  # fmt: skip


def _most(gains: Sequence[Gain], column: str, called: Mapping[str, str]) -> Most:
    if not gains:
        return Most()
    first = gains[0]
    return Most(len(gains), first.value, called.get(first.value, ""), f"{first.change(column):+f}")


def in_words(effect: Effect) -> list[str]:
    """The lines (Chinese)."""
    lines = _of_headline(effect.headline) if effect.headline else []
    lines += [
        f"{one.statement}的{one.column}：{one.rows} 行变了，变得最多的 {one.most}" for one in effect.rates
    ]  # fmt: skip
    if effect.rows:
        one = effect.rows
        only = f"，另有 {one.only} 行只有一边有" if one.only else ""
        lines.append(f"{one.statement}：{one.rows} 行里 {one.changed} 行变了{only}")
    return lines


def _of_headline(one: Headline) -> list[str]:
    if not one.difference:
        total = f"{one.column}：总数没有变，还是 {one.before}"
    else:
        amount = one.difference.lstrip("+-")
        word = "多了" if one.difference.startswith("+") else "少了"
        total = f"{one.column}：总数 {one.before} → {one.after}，{word} {amount}"
    sides = [
        f"{side.many} 个{word}（最多的 {' '.join(text for text in (side.value or '（空）', side.called) if text)} "
        f"{side.change}）"
        for side, word in ((one.more, "多了"), (one.less, "少了"))
        if side.many
    ]
    same = [f"{one.same} 个没有变"] if one.same else []
    return [total, f"按 {one.by}：{'，'.join([*sides, *same])}"]
