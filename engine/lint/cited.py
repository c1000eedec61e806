"""Figures of an entry that its article does not have, where the text of the document is at hand."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from engine.language import tree
from engine.lint.findings import NOT_IN_TEXT, Finding
from engine.lint.numbers import numbers_in, units_in
from engine.measure.cited import citations
from engine.measure.compared import Articles, Compared
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import OFFICIAL, Cases, DecisionTable, Entry, Formula, Parameter, Rule
from engine.rulebook.parts import formulas_of
from engine.rulebook.problems import Place

_SELF_EVIDENT = frozenset((Fraction(0), Fraction(1), Fraction(100)))
MOST_SHOWN = 6


def figures_without_article(found: Articles, snapshot: Snapshot) -> Iterator[Finding]:
    """Each entry that is 正式, whose cited documents all have their text, and whose figures do not stand there."""
    texts: dict[str, list[str]] = {}
    cites: dict[str, str] = {}
    unsure = _cites_without_text(found, snapshot)
    for one in found.compared:
        for name, cite, text in _stated(one):
            texts.setdefault(name, []).append(text)
            cites.setdefault(name, cite)
    for name, parts in texts.items():
        entry = snapshot.entries.get(name)
        if entry is None or name in unsure or entry.provenance.status != OFFICIAL:
            continue
        there = numbers_in("\n".join(parts))
        missing = [(text, place) for text, value, place in _figures(entry) if value not in there]
        if not missing:
            yield from _in_another_unit(entry, "\n".join(parts), cites[name])
        else:
            shown = "、".join(dict.fromkeys(text for text, _ in missing))
            has = "、".join(sorted(there.values(), key=lambda text: (len(text), text))[:MOST_SHOWN])
            yield Finding(
                NOT_IN_TEXT,
                missing[0][1],
                name,
                f"{cites[name]} 里没有 {shown}" + (f"（那里的数是 {has}）" if has else "（那里没有数）"),
                "依据写错了就改；办法没有写这个数，状态写 暂定，说明里写它从哪里来",
            )


_SAME_UNIT = {"天": {"天", "日", "工作日", "日历日"}, "岁": {"岁", "周岁"}}


def _in_another_unit(entry: Entry, text: str, cite: str) -> Iterator[Finding]:
    """A parameter whose figure stands in the article, and only with other units than its own."""
    unit = str(entry.type.unit) if isinstance(entry, Parameter) else ""
    units = units_in(text) if unit else {}
    for figure, value, place in _figures(entry) if units else ():
        said = units.get(value, {""})
        if "" not in said and not said & _SAME_UNIT.get(unit, {unit}):
            written = "、".join(f"{figure} {one}" for one in sorted(said))
            message = f"{cite} 里没有 {figure} {unit}，写的是 {written}"
            yield Finding(NOT_IN_TEXT, place, entry.name, message, "单位或依据写错了就改；读法不同的，在说明里写怎样读")
            return


def figures_not_quoted(book: Book, snapshot: Snapshot) -> Iterator[Finding]:
    """Each entry whose 原句 has figures and not those that the entry states; the text need not be at hand."""
    quotes: dict[str, list[str]] = {}
    for cited in citations(book, snapshot):
        if cited.quote is not None and not cited.replaced:
            quotes.setdefault(cited.name, []).append(cited.quote.text)
    for name, found in quotes.items():
        entry = snapshot.entries.get(name)
        there = numbers_in("\n".join(found))
        if entry is None or not there:
            continue
        missing = [(text, place) for text, value, place in _figures(entry) if value not in there]
        if missing:
            shown = "、".join(dict.fromkeys(text for text, _ in missing))
            quote = "；".join(found)
            yield Finding(NOT_IN_TEXT, missing[0][1], name, f"原句里没有 {shown}：“{quote}”", "原句跟着改，或改依据")


def _stated(one: Compared) -> Iterator[tuple[str, str, str]]:
    """Name of an entry, its citation, and the text of the parts that it names."""
    for unit in one.units:
        for stating in unit.stated:
            if not stating.cited.replaced:
                for part in stating.parts:
                    yield stating.cited.name, stating.cited.cite, one.outline.text(part)
    for cited in one.whole:
        yield cited.name, cited.cite, "\n".join(part.text for part in one.outline.parts)
    for unit in one.units:
        for cited in unit.above:
            yield cited.name, cited.cite, one.outline.text(unit.part)


def _cites_without_text(found: Articles, snapshot: Snapshot) -> set[str]:
    """Entries that also cite what is not at hand: their figures may stand there."""
    without = {document.name for document, _ in found.without}
    return {
        cited.name
        for cited in citations(found.book, snapshot)
        if any(cited.cite.startswith(name) or f"、{name}" in cited.cite for name in without)
    }


def _figures(entry: Entry) -> Iterator[tuple[str, Fraction, Place]]:
    """The numbers that an entry states: as written, exact, where; parts that are not 正式 left out."""
    formulas: list[Formula] = []
    if isinstance(entry, Parameter):
        formulas = [formula for _, formula in entry.values]
    elif isinstance(entry, Rule) and isinstance(entry.body, Cases):
        for branch in entry.body.branches:
            if branch.provenance.status == OFFICIAL:
                formulas += [part for part in (branch.condition, branch.value) if part is not None]
    elif isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        for row in entry.body.rows:
            if row.provenance.status == OFFICIAL:
                formulas += [part for part in (*row.cells, row.value) if part is not None]
    elif isinstance(entry, Rule):
        formulas = formulas_of(entry.body)
    for formula in formulas:
        for node in formula.tree.walk():
            if isinstance(node, tree.Number) and node.value not in _SELF_EVIDENT:
                yield node.text, node.value, formula.at(node)
