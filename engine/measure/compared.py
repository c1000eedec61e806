"""The text of each document held against the entries of a region: what states an article, and what is amiss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.measure import wording
from engine.measure.addresses import Address, Step, addresses_in, addresses_of, find
from engine.measure.cited import Cited, citations
from engine.measure.marks import ARTICLE, mark_of
from engine.measure.outline import Outline, Part
from engine.measure.stored import Stored, stored_in
from engine.rulebook.book import Book, load
from engine.rulebook.layers import Document, Layer
from engine.rulebook.problems import Place

STATED, NOT_COMPUTED, NONE = "有规则", "不计算", "没有规则"


@dataclass(frozen=True)
class Stating:
    """An entry and the parts of the article that it cites."""

    cited: Cited
    parts: tuple[Part, ...]


@dataclass
class Unit:
    """An article. ``reason``: why it is 不计算; ``above``: entries that cite no more than its chapter."""

    part: Part
    stated: list[Stating] = field(default_factory=list)
    reason: str | None = None
    above: list[Cited] = field(default_factory=list)

    @property
    def state(self) -> str:
        return STATED if self.stated else NOT_COMPUTED if self.reason is not None else NONE


@dataclass(frozen=True)
class Amiss:
    """``kind``: 没有这一条, 字句挪了地方 or 字句变了; ``message`` and ``hint`` say it."""

    kind: str
    place: Place
    message: str
    hint: str = ""


@dataclass
class Compared:
    """A document with its text. ``whole``: entries that cite it without an article."""

    document: Document
    layer: Layer
    stored: Stored
    outline: Outline
    units: list[Unit]
    whole: list[Cited] = field(default_factory=list)
    amiss: list[Amiss] = field(default_factory=list)

    def count(self, state: str) -> int:
        return sum(unit.state == state for unit in self.units)


@dataclass
class Articles:
    """``without``: documents that are cited and whose text is not at hand, each once, with a layer that has it."""

    book: Book
    compared: list[Compared]
    without: list[tuple[Document, Layer]]

    @property
    def amiss(self) -> list[Amiss]:
        return [found for one in self.compared for found in one.amiss]


def articles(region: str | Book) -> Articles:
    """Every document of a region with the entries that cite it, as of its last day that anything changes.

    Raises ``RulebookError``, ``DataError``.
    """
    book = region if isinstance(region, Book) else load(region)
    snapshot = book.at(max(book.as_of or book.epochs[-1], book.start))
    found: dict[tuple[str, str], Compared] = {}
    without: dict[tuple[str, str], tuple[Document, Layer]] = {}
    for layer in book.layers:
        for document in layer.documents.values():
            stored = stored_in(layer, document, book.files)
            if stored is None:
                without[layer.name, document.name] = document, layer
            else:
                outline = stored.outline
                units = [Unit(part) for part in outline.units]
                found[layer.name, document.name] = Compared(document, layer, stored, outline, units)
    names = {name for layer in book.layers for name in layer.documents}
    cited_documents: set[tuple[str, str]] = set()
    for cited in citations(book, snapshot):
        for address in addresses_of(cited.cite, names):
            owner = owner_of(book, cited.raw.layer, address.document)
            if owner is None:
                continue
            cited_documents.add((owner, address.document))
            if one := found.get((owner, address.document)):
                _place(one, cited, address)
    for one in found.values():
        _not_computed(one)
        _wordings(one, book, citations(book, snapshot), names)
        one.amiss = sorted(dict.fromkeys(one.amiss), key=lambda amiss: amiss.place)
    missing = {(about[0].name, about[0].title): about for key, about in without.items() if key in cited_documents}
    return Articles(book, list(found.values()), list(missing.values()))


def owner_of(book: Book, layer: str, document: str) -> str | None:
    """The layer whose document of that name is meant: the citing one's own, or the last that has one."""
    having = [found.name for found in book.layers if document in found.documents]
    return layer if layer in having else having[-1] if having else None


def _place(one: Compared, cited: Cited, address: Address) -> None:
    """Enters a citation at the articles that it names."""
    if not address.steps and not address.heading:
        one.whole.append(cited)
        return
    parts = find(one.outline, address)
    if not parts:
        who = "文件开头的 依据" if cited.by_file and not cited.part else cited.shown
        one.amiss.append(_no_such(one, who, cited.place, address))
        return
    touched = _units(one, address, parts)
    for unit, inside in touched:
        _add(unit, cited, inside)
    if not touched:
        for unit in one.units:
            if any(part.index in unit.part.above for part in parts):
                unit.above.append(cited)


def _units(one: Compared, address: Address, parts: list[Part]) -> list[tuple[Unit, tuple[Part, ...]]]:
    """The articles that a citation names, each with its parts in it; none for a chapter."""
    by_index = {unit.part.index: unit for unit in one.units}
    found: dict[int, list[Part]] = {}
    for part in parts:
        unit = one.outline.unit_of(part)
        if unit is not None:
            found.setdefault(unit.index, []).append(part)
    if address.until and len(found) > 1:
        for index in by_index:
            if min(found) < index < max(found):
                found.setdefault(index, [by_index[index].part])
    if not found and address.steps and address.steps[0].kind == "一、":  # 四 names all of 四（一）, 四（二） …
        for part in parts:
            found |= {u.part.index: [u.part] for u in one.units if part.index in u.part.above}
    return [(by_index[index], tuple(inside)) for index, inside in sorted(found.items())]


def _add(unit: Unit, cited: Cited, parts: tuple[Part, ...]) -> None:
    for place, stating in enumerate(unit.stated):
        if (stating.cited.raw, stating.cited.part) == (cited.raw, cited.part):
            unit.stated[place] = Stating(cited, (*stating.parts, *(p for p in parts if p not in stating.parts)))
            return
    unit.stated.append(Stating(cited, parts))


def _not_computed(one: Compared) -> None:
    for key, reason in one.document.not_computed:
        for address in addresses_in(key.text, one.document.name):
            parts = find(one.outline, address)
            if not parts:
                one.amiss.append(_no_such(one, "不计算", key.place, address))
                continue
            touched = [unit for unit, _ in _units(one, address, parts)]
            touched = touched or [u for u in one.units if any(part.index in u.part.above for part in parts)]
            for unit in touched:
                unit.reason = reason


def _no_such(one: Compared, who: str, place: Place, address: Address) -> Amiss:
    message = f"{who} 引用的 {one.document.name} {address.text}，原文里没有"
    return Amiss("没有这一条", place, message, _what_there_is(one.outline, address))


def _what_there_is(outline: Outline, address: Address) -> str:
    """The nearest place that the text has."""
    if address.heading:
        return "写条款，如 第八条（一），或文件简称后面什么也不写"
    for length in range(len(address.steps) - 1, 0, -1):
        if parts := find(outline, Address(address.document, address.steps[:length])):
            below = [item for item in outline.below(parts[0]) if item.kind != "款" and parts[0].index == item.above[-1]]
            has = f"，有 {'、'.join(item.label for item in below[:12])}" if below else "，没有再分项"
            return f"最近的是 {outline.address(parts[0])}{has}：{_begin(parts[0])}"
    first = address.steps[0] if address.steps else Step(ARTICLE, 1)
    same = [part for part in outline.parts if part.kind == first.kind] or list(outline.units)
    if not same:
        return "原文里没有认出条款：看看第…条是不是各起一行"
    near = min(same, key=lambda part: (abs(part.number - first.number), abs(part.sub - first.sub)))
    return f"最近的是 {outline.address(near)}：{_begin(near)}（原文到 {outline.address(same[-1])} 为止）"


def _begin(part: Part) -> str:
    """Its first words, without the mark."""
    mark = mark_of(part.text)
    words = part.text[mark.end if mark else 0 :].strip()
    return words if len(words) <= 30 else words[:29] + "…"


def _wordings(one: Compared, book: Book, every: Iterator[Cited], names: set[str]) -> None:
    """Quotations that do not stand where the entry says."""
    for cited in every:
        if cited.quote is None:
            continue
        asked = [address for address in addresses_of(cited.cite, names) if address.document == one.document.name]
        asked = asked if owner_of(book, cited.raw.layer, one.document.name) == one.layer.name else []
        if not asked or not wording.pieces(cited.quote.text):
            continue
        quote = cited.quote.text
        if any(wording.holds(text, quote) for address in asked for text in texts_of(one.outline, address)):
            continue
        one.amiss.append(_changed(one, cited, quote, asked[0]))


def texts_of(outline: Outline, address: Address) -> list[str]:
    """What a quotation may stand in: the parts that are named, or all of the document."""
    if not address.steps and not address.heading:
        return ["\n".join(part.text for part in outline.parts)]
    parts = find(outline, address)
    return ["\n".join(outline.text(part) for part in parts)] if parts else []


def _changed(one: Compared, cited: Cited, quote: str, address: Address) -> Amiss:
    said = f"{cited.shown} 的 原句“{_short(quote)}”"
    place = cited.quote.place if cited.quote is not None else cited.place
    moved = wording.where(one.outline, quote)
    if moved is not None:
        there = one.outline.address(moved)
        return Amiss(
            "字句挪了地方",
            place,
            f"{said} 不在 {address.text}，在 {there}",
            f"规则没有变，就把 依据 改成 {one.document.name} {there}",
        )
    near = wording.nearest(one.outline, quote)
    hint = "原文里没有相近的话：这条规则还算不算数？"
    if near is not None:
        hint = f"最近的是 {one.outline.address(near[0])}：“{near[1]}”；看规则要不要改，再改 原句"
    return Amiss("字句变了", place, f"{said} 原文里没有了", hint)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else flat[:39] + "…"
