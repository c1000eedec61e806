"""A tree of reasons that opens step by step: what, how, by which article, from which file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from engine.compare.reasons import ARTICLE, CHOICES, CHOSEN, FORMULA, ROUNDING, Pair, in_words
from engine.explain.steps import SEEN, Step
from engine.workbench.shows.places import short_place, shown_place
from engine.workbench.shows.rule_links import RuleLinks

MOST_OPEN = 60
"""Steps that are open at first."""
_PLAIN = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")


class Tree:
    """``links``: where rules and articles can be read. ``digits``: decimals that a value is shown with.
    ``marks``: by ``id`` of a step in what way it differs from that of another tree; the ways there are open at first.
    ``opens``: so is, of the trees that are shown first, one with something below it, one that differs before others.

    ``show`` puts other trees in their place; what was open stays open where it still stands.
    """

    def __init__(
        self,
        links: RuleLinks,
        digits: Mapping[str, int | None] | None = None,
        marks: Mapping[int, Pair] | None = None,
        *,
        opens: bool = False,
    ) -> None:
        self._links = links
        self._digits = digits or {}
        self._marks = marks or {}
        self._opens = opens
        self._room = ui.element("div").classes("wb-tree").props("role=group")
        self._open: set[tuple[str, ...]] = set()
        self._shown = 0
        self._told: dict[tuple[str, str, str], Step] = {}

    async def show(self, steps: Sequence[Step]) -> None:
        """A node at a time, so that others have their turn; what is overtaken by another ``show`` ends."""
        self._shown += 1
        shown = self._shown
        self._room.clear()
        self._told = {}
        self._note(steps)
        for step in steps:
            self._way(step, (step.name,))
        if self._opens and shown == 1:
            below = sorted(filter(self._is_more, steps), key=lambda one: id(one) not in self._marks)
            self._open |= {(one.name,) for one in below[:1]}
        for step in steps:
            await self._opened(step, (step.name,), self._room, shown)

    def _way(self, step: Step, path: tuple[str, ...]) -> None:
        """Opens what leads to a difference."""
        pair = self._marks.get(id(step))
        if pair is None or pair.again or not pair.steps or len(self._open) >= MOST_OPEN:
            return
        self._open.add(path)
        for number, child in enumerate(self._whole(step).steps):
            self._way(child, (*path, f"{number}.{child.name}"))

    async def _opened(self, step: Step, path: tuple[str, ...], room: ui.element, shown: int) -> None:
        """A node, and below it what was open before."""
        await asyncio.sleep(0)
        if shown != self._shown:
            return
        with room:
            inside = self._node(step, path)
        if inside is not None and path in self._open:
            whole = self._whole(step)
            with inside:
                _about(whole, self._links, self._marks.get(id(step)))
            for number, child in enumerate(whole.steps):
                await self._opened(child, (*path, f"{number}.{child.name}"), inside, shown)

    def _note(self, steps: Sequence[Step]) -> None:
        """Where each value is told: an explanation tells it once, a reader opens it anywhere."""
        for step in steps:
            if step.remark != SEEN:
                self._told.setdefault((step.name, step.grain, step.key), step)
            self._note(step.steps)

    def _whole(self, step: Step) -> Step:
        return self._told.get((step.name, step.grain, step.key), step) if step.remark == SEEN else step

    def _is_more(self, step: Step) -> bool:
        """Whether anything stands below it."""
        whole = self._whole(step)
        return bool(whole.steps or whole.tried or whole.formula or whole.cite or whole.place or whole.note)

    def _node(self, found: Step, path: tuple[str, ...]) -> ui.element | None:
        """The line of a step; ``None`` where nothing stands below it, else the room for that."""
        step = self._whole(found)
        if not self._is_more(step):
            with ui.element("div").classes("wb-leaf"):
                _headline(step, self._digits.get(step.name), self._marks.get(id(found)))
            return None
        with ui.element("details").classes("wb-step") as node:
            with ui.element("summary"):
                _headline(step, self._digits.get(step.name), self._marks.get(id(found)))
            room = ui.element("div").classes("wb-step-inside")
        filled = path in self._open
        if filled:
            node.props("open")

        def toggled(is_open: bool) -> None:
            nonlocal filled
            (self._open.add if is_open else self._open.discard)(path)
            if is_open and not filled:
                filled = True
                with room:
                    _about(step, self._links, self._marks.get(id(found)))
                    for number, child in enumerate(step.steps):
                        self._node(child, (*path, f"{number}.{child.name}"))

        node.on("toggle", lambda event: toggled(bool(event.args)), js_handler="(event) => emit(event.target.open)")
        return room


def _headline(step: Step, digits: int | None, pair: Pair | None = None) -> None:
    value = with_digits(step.value, digits)
    whose = " ".join(text for text in (step.grain, step.key) if text)
    with ui.element("span").classes("wb-step-line"):
        _text(step.name, "wb-step-name")
        if value:
            _text(f"= {value}{' ' + step.unit if step.unit else ''}", "wb-step-value")
        if step.written:
            _text(f"（{step.written}）")
        if whose:
            _text(f"〔{whose}〕", "wb-quiet")
        if pair is not None:
            _text(f"≠ {in_words(pair)}", "wb-differs" if pair.differs else "wb-differs-below")


def with_digits(value: str, digits: int | None) -> str:
    """A plain number with at least so many decimals, as statements have it; anything else as it is."""
    match = _PLAIN.fullmatch(value)
    if match is None or not digits or len(match[2] or "") >= digits:
        return value
    return f"{match[1]}.{(match[2] or '').ljust(digits, '0')}"


def _about(step: Step, links: RuleLinks, pair: Pair | None = None) -> None:
    differs = pair.differs if pair is not None else ()
    for line, of in ((step.formula, FORMULA), (f"= {step.numbers}" if step.numbers else "", "")):
        if line:
            _line(line, "wb-code", of in differs)
    _cited(step, links, ARTICLE in differs or ROUNDING in differs)
    if step.note:
        _line(step.note, "wb-quiet", False)
    if step.place:
        target, called = links.rule(step), short_place(step.place)
        place = ui.link(called, target) if target else ui.label(called)
        place.classes("wb-place").props["title"] = shown_place(step.place)
    if step.tried:
        if CHOICES in differs or CHOSEN in differs:
            _line("情形", "wb-quiet", True)
        with ui.element("ol").classes("wb-tried"):
            for one in step.tried:
                with ui.element("li").classes("wb-applied" if one.applied else "wb-not-applied"):
                    _text(one.said)


def _line(text: str, style: str, differs: bool) -> None:
    ui.label(f"≠ {text}" if differs else text).classes(f"{style} wb-differs-line" if differs else style)


def _cited(step: Step, links: RuleLinks, differs: bool) -> None:
    """How it is rounded, by which article, and what else is remarked, as one line."""
    status = f"（{step.status}）" if step.cite and step.status else ""
    cited = [*links.cited(step.cite, step.name), (status, "")] if step.cite else []
    parts = [part for part in ([(step.rounding, "")], cited, [(step.remark, "")], [(step.retroactive, "")])]
    said = [[(text, to) for text, to in part if text] for part in parts]
    said = [part for part in said if part]
    if not said:
        return
    with ui.element("div").classes("wb-cite wb-differs-line" if differs else "wb-cite"):
        if differs:
            _text("≠ ")
        for number, part in enumerate(said):
            if number:
                _text("；")
            for text, to in part:
                if to:
                    ui.link(text, to)
                else:
                    _text(text)


def _text(text: str, style: str = "") -> None:
    TextElement(tag="span", text=text).classes(style)
