"""Figures of an entry that its article does not have, where the text of the document is at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from engine.lint.figures import Cite, Figure, official_figures
from engine.lint.findings import NOT_IN_TEXT, Finding
from engine.lint.numbers import PER_SIGN, UNIT_OF, numbers_in, units_in
from engine.measure.addresses import addresses_of
from engine.measure.cited import citations
from engine.measure.compared import Articles, Compared, owner_of, texts_of
from engine.rulebook.book import Book, Snapshot

MOST_SHOWN = 6
NO_CITE, NO_PLACE = "没有写 依据", "依据 写的地方原文里没有"


@dataclass(frozen=True)
class Text:
    """What a citation leads to. ``without``: why not all of it is at hand; empty where it is."""

    words: str = ""
    without: str = ""


@dataclass
class Comparison:
    """``official``: figures that are 正式; ``compared``: those whose text is at hand; ``without``: how many others for
    what reason.
    """

    official: int = 0
    compared: int = 0
    without: Counter[str] = field(default_factory=Counter)

    @property
    def unregistered(self) -> bool:
        return any(reason not in (NO_CITE, NO_PLACE) for reason in self.without)


class CitedTexts:
    """The words that citations lead to, each looked up once."""

    def __init__(self, articles: Articles) -> None:
        self._book = articles.book
        self._documents = {name for layer in articles.book.layers for name in layer.documents}
        self._at_hand: dict[tuple[str, str], Compared] = {
            (one.layer.name, one.document.name): one for one in articles.compared
        }
        self._found: dict[Cite, Text] = {}
        self._numbers: dict[str, dict[Fraction, str]] = {}

    def of(self, figure: Figure) -> Text:
        """The words of all that a figure cites, or of its 原句 where none of that is at hand."""
        found = [self._found.setdefault(cite, self._look_up(cite)) for cite in figure.cites]
        words = "\n".join(text.words for text in found if text.words)
        without = next((text.without for text in found if text.without), "" if found else NO_CITE)
        quoted = "\n".join(figure.quotes)
        if without and self.numbers(quoted):
            return Text(quoted)
        return Text(words, "" if figure.value in self.numbers(words) else without)

    def numbers(self, words: str) -> dict[Fraction, str]:
        if words not in self._numbers:
            self._numbers[words] = numbers_in(words)
        return self._numbers[words]

    def _look_up(self, cite: Cite) -> Text:
        text, layer = cite
        words: list[str] = []
        missing: list[str] = []
        addresses = addresses_of(text, self._documents)
        for address in addresses:
            owner = owner_of(self._book, layer, address.document)
            one = self._at_hand.get((owner or "", address.document))
            found = texts_of(one.outline, address) if one is not None else []
            words += found
            if not found:
                missing.append(NO_PLACE if one is not None else f"{address.document} 没有录入原文")
        return Text("\n".join(words), missing[0] if missing else "" if addresses else NO_CITE)


def figures_without_article(found: Articles, snapshot: Snapshot) -> Iterator[Finding]:
    """Each entry whose 正式 figures do not stand in what it cites, where all of that has its text."""
    texts = CitedTexts(found)
    for name in snapshot.entries:
        missing: dict[str, list[Figure]] = {}
        in_other_units: list[Finding] = []
        for figure in official_figures(snapshot, name):
            text = texts.of(figure)
            if not text.without and figure.value not in texts.numbers(text.words):
                missing.setdefault(text.words, []).append(figure)
            elif not text.without and not in_other_units:
                in_other_units = list(_in_another_unit(figure, text.words))
        for words, figures in missing.items():
            yield _not_there(figures, texts.numbers(words))
        yield from in_other_units if not missing else ()


def comparison(found: Articles, snapshot: Snapshot, names: set[str], file: str = "") -> Comparison:
    """How many of the 正式 figures of entries (in one ``file``, or all) were held against their text, and why others
    were not.
    """
    texts, counted = CitedTexts(found), Comparison()
    for name in sorted(names):
        for figure in official_figures(snapshot, name):
            if file not in ("", figure.place.file):
                continue
            text = texts.of(figure)
            counted.official += 1
            counted.compared += not text.without
            counted.without.update([text.without] if text.without else [])
    return counted


def _not_there(figures: list[Figure], there: dict[Fraction, str]) -> Finding:
    shown = "、".join(dict.fromkeys(figure.text for figure in figures))
    has = "、".join(sorted(there.values(), key=lambda text: (len(text), text))[:MOST_SHOWN])
    return Finding(
        NOT_IN_TEXT,
        figures[0].place,
        figures[0].name,
        f"{_cites(figures[0])} 里没有 {shown}" + (f"（那里的数是 {has}）" if has else "（那里没有数）"),
        "依据写错了就改；办法没有写这个数，状态写 暂定，说明里写它从哪里来",
    )


def _cites(figure: Figure) -> str:
    return "、".join(cite for cite, _ in figure.cites) or "原句"


def _in_another_unit(figure: Figure, text: str) -> Iterator[Finding]:
    """A figure that stands in the article, and only with other units than its own."""
    own = UNIT_OF.get(figure.unit)
    said = units_in(text).get(figure.value, {""}) if own else {""}
    if "" not in said and own not in {UNIT_OF[unit] for unit in said}:
        written = "、".join(_with_unit(figure.value, unit) for unit in sorted(said))
        message = f"{_cites(figure)} 里没有 {figure.text} {figure.unit}，写的是 {written}"
        better = "单位或依据写错了就改；读法不同的，在说明里写怎样读"
        yield Finding(NOT_IN_TEXT, figure.place, figure.name, message, better)


def _with_unit(number: Fraction, unit: str) -> str:
    whole = number / PER_SIGN.get(unit, 1)
    shown = str(float(whole)).removesuffix(".0")
    return f"{shown}%" if unit == "%" else f"{shown} {unit}"


def figures_not_quoted(book: Book, snapshot: Snapshot) -> Iterator[Finding]:
    """Each entry whose 原句 has figures and not those that the entry states; the text need not be at hand."""
    quotes: dict[str, list[str]] = {}
    for cited in citations(book, snapshot):
        if cited.quote is not None and not cited.replaced:
            quotes.setdefault(cited.name, []).append(cited.quote.text)
    for name, found in quotes.items():
        there = numbers_in("\n".join(found))
        missing = [one for one in official_figures(snapshot, name) if one.value not in there] if there else []
        if missing:
            shown = "、".join(dict.fromkeys(one.text for one in missing))
            quote = "；".join(found)
            yield Finding(NOT_IN_TEXT, missing[0].place, name, f"原句里没有 {shown}：“{quote}”", "原句跟着改，或改依据")
