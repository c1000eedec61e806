"""A measure's text as parts: each line with its mark, its depth and what lies below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.measure import marks
from engine.measure.marks import ANNEX, ARTICLE, ITEM, OUTLINE, OUTLINE_INSIDE, PARAGRAPH, PARAGRAPH_DEPTH, POINT


@dataclass(frozen=True)
class Part:
    """One line. ``line`` is its number in the file; ``kind`` is 款 for plain text, ``number`` its count in its article;
    ``end``: the first line after what lies below it, and ``above``: the parts it lies in, as indices of
    :attr:`Outline.parts`.
    """

    index: int
    line: int
    text: str
    kind: str
    number: int
    sub: int
    depth: int
    end: int
    above: tuple[int, ...]

    @property
    def label(self) -> str:
        return marks.label(self.kind, self.number, self.sub)


@dataclass(frozen=True)
class Outline:
    """The parts of a text in their order. What stands before the first mark is plain text in nothing."""

    parts: tuple[Part, ...]

    @cached_property
    def units(self) -> tuple[Part, ...]:
        """What is called an article: 第…条; in a text without them each （一） of a 一、, or the 一、 itself."""
        articles = tuple(part for part in self.parts if part.kind == ARTICLE)
        return articles or tuple(self._sections())

    def _sections(self) -> Iterator[Part]:
        for part in self.parts:
            if part.kind == OUTLINE:
                below = [item for item in self.below(part) if item.kind == ITEM]
                yield from below or [part]

    def below(self, part: Part) -> tuple[Part, ...]:
        """All that lies in a part, without itself."""
        return self.parts[part.index + 1 : part.end]

    def text(self, part: Part) -> str:
        """Its words and those of what lies below, a line each."""
        return "\n".join(item.text for item in self.parts[part.index : part.end])

    def unit_of(self, part: Part) -> Part | None:
        """The article that a part is or lies in; ``None`` for a chapter, and for what stands outside."""
        chain = {*part.above, part.index}
        return next((unit for unit in self.units if unit.index in chain), None)

    def path(self, part: Part) -> tuple[Part, ...]:
        """The parts that name it, from its article down; a chapter by itself."""
        unit = self.unit_of(part)
        if unit is None:
            return (part,)
        start = next((i for i in unit.above if self.parts[i].kind == OUTLINE), unit.index)
        return tuple(self.parts[i] for i in (*part.above, part.index) if i >= start)

    def address(self, part: Part) -> str:
        """As a citation writes it: 第十九条（一）2, 四（三）, 第八条第二款, 第三章."""
        text = ""
        for item in self.path(part):
            if item.kind == PARAGRAPH and item.number == 0:
                continue
            gap = " " if item.kind == POINT and text.endswith("条") else ""
            text += gap + item.label
        return text or f"第 {part.line} 行"


def outline_of(lines: Iterable[tuple[int, str]]) -> Outline:
    """The outline of numbered lines; empty ones are left out."""
    made: list[list] = []
    open_: list[int] = []
    last = 0
    for line, text in lines:
        if not text.strip():
            continue
        mark = marks.mark_of(text)
        if mark is not None and mark.kind == ARTICLE and mark.number < last:
            mark = None  # a line that happens to begin with an article it speaks of
        kind, number, sub = (mark.kind, mark.number, mark.sub) if mark else (PARAGRAPH, 0, 0)
        last = number if kind == ARTICLE else 0 if kind == ANNEX else last
        inside = any(made[i][3] == ARTICLE for i in open_)
        depth = marks.DEPTH.get(kind, PARAGRAPH_DEPTH)
        if kind == OUTLINE and inside:
            depth = OUTLINE_INSIDE
        while open_ and made[open_[-1]][6] >= depth:
            made[open_.pop()][7] = len(made)
        if kind == PARAGRAPH:
            number = _count_in_article(made, open_)
        index = len(made)
        made.append([index, line, text.strip(), kind, number, sub, depth, 0, tuple(open_)])
        open_.append(index)
    for index in open_:
        made[index][7] = len(made)
    return Outline(tuple(Part(*values) for values in made))


def _count_in_article(made: list[list], open_: list[int]) -> int:
    """Which 款 of its article a plain line is (the article's own line is the first); 0 outside of one."""
    article = next((i for i in open_ if made[i][3] == ARTICLE), None)
    if article is None or made[open_[-1]][3] == ANNEX:
        return 0
    return 2 + sum(values[3] == PARAGRAPH for values in made[article + 1 :])
