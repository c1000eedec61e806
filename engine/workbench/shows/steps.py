"""A tree of reasons that opens step by step: what, how, by which article, from which file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from engine.compare.reasons import ARTICLE, CHOICES, CHOSEN, FORMULA, ROUNDING, Pair, in_words
from engine.explain.steps import SEEN, Step
from engine.workbench.shows.kept_rows import KeptRows, Row, stands_at, text_row
from engine.workbench.shows.places import short_place, shown_place
from engine.workbench.shows.rule_links import RuleLinks

MOST_OPEN = 60
"""Steps that are open at first."""
_PLAIN = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?")
Path = tuple[str, ...]


@dataclass
class _Node:
    """A step on the screen. ``inside``: the room for what stands below it; of a leaf there is none. ``pair``: how it
    differs.
    """

    step: Step
    element: ui.element
    line: _Line
    inside: ui.element | None = None
    pair: Pair | None = None
    about: KeptRows | None = None
    below: dict[Path, _Node] = field(default_factory=dict)


class Tree:
    """``links``: where rules and articles can be read. ``digits``: decimals that a value is shown with.
    ``marks``: by ``id`` of a step in what way it differs from that of another tree; the ways there are open at first.
    ``opens``: so is, of the trees that are shown first, one with something below it, one that differs before others.

    ``show`` says other things in their place; what was open stays open where it still stands, and so does what
    somebody is about to click.
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
        self._nodes: dict[Path, _Node] = {}
        self._open: set[Path] = set()
        self._shown = 0
        self._told: dict[tuple[str, str, str], Step] = {}

    async def show(self, steps: Sequence[Step]) -> None:
        """A node at a time, so that others have their turn; what is overtaken by another ``show`` ends."""
        self._shown += 1
        self._told = {}
        self._note(steps)
        paths = dict(_paths((), steps))
        for path, step in paths.items():
            self._way(step, path)
        if self._opens and (more := [path for path, step in paths.items() if self._is_more(step)]):
            self._opens = False
            self._open.add(min(more, key=lambda path: id(paths[path]) not in self._marks))
        await self._follow((), steps, self._room, 0, self._nodes, self._shown)

    def _way(self, step: Step, path: Path) -> None:
        """Opens what leads to a difference."""
        pair = self._marks.get(id(step))
        if pair is None or pair.again or not pair.steps or len(self._open) >= MOST_OPEN:
            return
        self._open.add(path)
        for inner, child in _paths(path, self._whole(step).steps):
            self._way(child, inner)

    async def _follow(
        self, above: Path, steps: Sequence[Step], room: ui.element, first: int, nodes: dict[Path, _Node], shown: int
    ) -> None:
        """The nodes of ``steps`` in ``room``, from its place ``first`` on, each with what is open below it."""
        wanted = dict(_paths(above, steps))
        for path in nodes.keys() - wanted.keys():
            nodes.pop(path).element.delete()
        for place, (path, step) in enumerate(wanted.items(), first):
            await asyncio.sleep(0)
            if shown != self._shown:
                return
            node = self._node(step, path, room, nodes)
            stands_at(node.element, place)
            if node.inside is not None and path in self._open:
                await self._fill(node, path, shown)

    async def _fill(self, node: _Node, path: Path, shown: int) -> None:
        """What stands below a node: what is told of it, then its steps."""
        assert node.inside is not None
        if node.about is None:
            with node.inside:
                node.about = KeptRows(ui.element("div"))
        node.about.show(list(_about(node.step, self._links, node.pair)))
        await self._follow(path, node.step.steps, node.inside, 1, node.below, shown)

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

    def _node(self, found: Step, path: Path, room: ui.element, nodes: dict[Path, _Node]) -> _Node:
        """The node of a step, which says what the step says now."""
        step, pair = self._whole(found), self._marks.get(id(found))
        node = nodes.get(path)
        if node is not None and (node.inside is not None) != self._is_more(step):
            nodes.pop(path).element.delete()
            node = None
        if node is None:
            with room:
                node = nodes[path] = self._made(step, path) if self._is_more(step) else _leaf(step)
        node.step, node.pair = step, pair
        node.line.say(_headline(step, self._digits.get(step.name), pair))
        if path not in self._open and node.inside is not None and node.about is not None:
            node.inside.clear()  # closed: it is filled when somebody opens it
            node.about, node.below = None, {}
        return node

    def _made(self, step: Step, path: Path) -> _Node:
        with ui.element("details").classes("wb-step") as element:
            with ui.element("summary"):
                line = _Line()
            inside = ui.element("div").classes("wb-step-inside")
        if path in self._open:
            element.props("open")
        node = _Node(step, element, line, inside)

        async def toggled(is_open: bool) -> None:
            (self._open.add if is_open else self._open.discard)(path)
            if is_open and node.about is None:
                await self._fill(node, path, self._shown)

        element.on("toggle", lambda event: toggled(bool(event.args)), js_handler="(event) => emit(event.target.open)")
        return node


def _leaf(step: Step) -> _Node:
    with ui.element("div").classes("wb-leaf") as element:
        return _Node(step, element, _Line())


def _paths(above: Path, steps: Sequence[Step]) -> Iterator[tuple[Path, Step]]:
    """Each by its name, and by which of that name it is."""
    met: dict[str, int] = {}
    for step in steps:
        met[step.name] = met.get(step.name, 0) + 1
        yield (*above, f"{met[step.name]}.{step.name}"), step


class _Line:
    """A line of texts, each in its place; one that is another stays the same element."""

    def __init__(self) -> None:
        self._line = ui.element("span").classes("wb-step-line")
        self._texts: dict[int, TextElement] = {}

    def say(self, parts: Sequence[tuple[str, str]]) -> None:
        """Texts with their looks; an empty one leaves its place free."""
        for place, (text, style) in enumerate(parts):
            if not text:
                if place in self._texts:
                    self._texts.pop(place).delete()
                continue
            if place not in self._texts:
                with self._line:
                    self._texts[place] = TextElement(tag="span", text=text)
                stands_at(self._texts[place], sum(other < place for other in self._texts))
            self._texts[place].set_text(text)
            self._texts[place].classes(replace=style)


def _headline(step: Step, digits: int | None, pair: Pair | None = None) -> Sequence[tuple[str, str]]:
    value = with_digits(step.value, digits)
    whose = " ".join(text for text in (step.grain, step.key) if text)
    return (
        (step.name, "wb-step-name"),
        (f"= {value}{' ' + step.unit if step.unit else ''}" if value else "", "wb-step-value"),
        (f"（{step.written}）" if step.written else "", ""),
        (f"〔{whose}〕" if whose else "", "wb-quiet"),
        (f"≠ {in_words(pair)}", "wb-differs" if pair.differs else "wb-differs-below") if pair is not None else ("", ""),
    )


def with_digits(value: str, digits: int | None) -> str:
    """A plain number with at least so many decimals, as statements have it; anything else as it is."""
    match = _PLAIN.fullmatch(value)
    if match is None or not digits or len(match[2] or "") >= digits:
        return value
    return f"{match[1]}.{(match[2] or '').ljust(digits, '0')}"


def _about(step: Step, links: RuleLinks, pair: Pair | None = None) -> Iterator[Row]:
    differs = pair.differs if pair is not None else ()
    for key, line, of in (("formula", step.formula, FORMULA), ("numbers", f"= {step.numbers}", "")):
        if line.removeprefix("= "):
            yield _line(key, line, "wb-code", of in differs)
    yield from _cited(step, links, ARTICLE in differs or ROUNDING in differs)
    if step.note:
        yield _line("note", step.note, "wb-quiet", False)
    if step.place:
        place = links.rule(step), short_place(step.place), shown_place(step.place)
        yield Row("place", place, lambda: _place(*place))
    if step.tried:
        if CHOICES in differs or CHOSEN in differs:
            yield _line("tried differs", "情形", "wb-quiet", True)
        tried = tuple((one.said, one.applied) for one in step.tried)
        yield Row("tried", tried, lambda: _tried(tried))


def _line(key: str, text: str, style: str, differs: bool) -> Row:
    return text_row(key, f"≠ {text}" if differs else text, f"{style} wb-differs-line" if differs else style)


def _place(target: str, called: str, whole: str) -> ui.element:
    place = ui.link(called, target) if target else ui.label(called)
    place.classes("wb-place").props["title"] = whole
    return place


def _tried(tried: Sequence[tuple[str, bool]]) -> ui.element:
    with ui.element("ol").classes("wb-tried") as room:
        for said, applied in tried:
            with ui.element("li").classes("wb-applied" if applied else "wb-not-applied"):
                TextElement(tag="span", text=said)
    return room


def _cited(step: Step, links: RuleLinks, differs: bool) -> Iterator[Row]:
    """How it is rounded, by which article, and what else is remarked, as one line."""
    status = f"（{step.status}）" if step.cite and step.status else ""
    cited = [*links.cited(step.cite, step.name), (status, "")] if step.cite else []
    parts = [
        part for part in ([(step.rounding, "")], cited, [(step.remark, links.earlier(step))], [(step.retroactive, "")])
    ]
    said = tuple(tuple((text, to) for text, to in part if text) for part in parts)
    said = tuple(part for part in said if part)
    if said:
        yield Row("cite", (said, differs), lambda: _cite(said, differs))


def _cite(said: Sequence[Sequence[tuple[str, str]]], differs: bool) -> ui.element:
    with ui.element("div").classes("wb-cite wb-differs-line" if differs else "wb-cite") as room:
        if differs:
            TextElement(tag="span", text="≠ ")
        for number, part in enumerate(said):
            if number:
                TextElement(tag="span", text="；")
            for text, to in part:
                if to:
                    ui.link(text, to)
                else:
                    TextElement(tag="span", text=text)
    return room
