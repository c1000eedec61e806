"""The figures that entries state as 正式, each with what it cites: what can be held against the text of a measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from engine.language import tree
from engine.language.function_laws import Takes
from engine.language.functions import FUNCTIONS
from engine.rulebook.book import Snapshot
from engine.rulebook.bounds import bound_cell
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import (
    OFFICIAL,
    Cases,
    Check,
    DecisionTable,
    Entry,
    Formula,
    Grain,
    Parameter,
    Provenance,
    Rule,
    Statement,
    Table,
)  # fmt: skip
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.problems import Place
from engine.rulebook.stack import Stacked
from engine.rulebook.written import text_of

Cite = tuple[str, str]
"""What 依据 says, and the layer that says it."""
_NOTHING_TO_SAY = frozenset((Fraction(0),))
_ARITHMETIC = frozenset((Fraction(0), Fraction(1), Fraction(100)))
_TURNS_MEASURES = frozenset((12, 365, 366, 1000, 10_000))
"""When something is multiplied or divided by them: an article says 按月, and no 12."""


@dataclass(frozen=True)
class Figure:
    """``text`` as written; ``unit`` where the entry has one; ``quotes``: the 原句 beside it."""

    name: str
    text: str
    value: Fraction
    place: Place
    unit: str
    cites: tuple[Cite, ...]
    quotes: tuple[str, ...] = ()


def official_figures(snapshot: Snapshot, name: str) -> Iterator[Figure]:
    """Of one entry; parts of it that are not 正式 are left out, and 0, in formulas 1 and 100 too."""
    entry, stacked = snapshot.entries.get(name), snapshot.stacked.get(name)
    if entry is None or stacked is None:
        return
    if isinstance(entry, Parameter):
        yield from _of_parameter(entry, stacked)
    elif isinstance(entry, Table):
        yield from _of_table(entry, stacked)
    else:
        for formula, about, without in _stating(entry):
            if about.status == OFFICIAL:
                cites = _cites(entry.provenance, about)
                quotes = _quotes(stacked.raw.body, about.place)
                for node in _numbers(formula, without):
                    yield Figure(name, node.text, node.value, formula.at(node), "", cites, quotes)


def _of_parameter(entry: Parameter, stacked: Stacked) -> Iterator[Figure]:
    unit = str(entry.type.unit)
    for _, formula in entry.values if entry.provenance.status == OFFICIAL else ():
        raw = _writer(stacked, formula.at())
        cite = text_of(raw.body.get("依据")) or raw.cite
        cites = ((cite, raw.layer),) if cite else _cites(entry.provenance)
        for node in _numbers(formula, _NOTHING_TO_SAY):
            yield Figure(entry.name, node.text, node.value, formula.at(node), unit, cites, _quotes(raw.body))


def _writer(stacked: Stacked, place: Place) -> RawEntry:
    """What wrote a dated figure: notices add some to those that stood before."""
    wrote = [raw for raw in stacked.history if raw.place.file == place.file and raw.place.line <= place.line]
    return max(wrote, key=lambda raw: raw.place.line, default=stacked.raw)


def _of_table(entry: Table, stacked: Stacked) -> Iterator[Figure]:
    """The 范围 of a field that has an article or words of its own; others are there to catch slips of the pen."""
    for raw in stacked.history:
        fields = raw.body.get("字段")
        for key, body in fields.entries if isinstance(fields, Mapping) else ():
            bounds = body.get("范围") if isinstance(body, Mapping) else None
            about = entry.fields.get(key.text)
            if not isinstance(body, Mapping) or not isinstance(bounds, Scalar) or about is None:
                continue
            if ("依据" in body or "原句" in body) and about.provenance.status == OFFICIAL:
                cell = bound_cell(bounds.text)
                for node in cell.walk() if cell is not None else ():
                    if isinstance(node, tree.Number) and node.value:
                        place, cites = bounds.at(node.span[0]), _cites(about.provenance)
                        yield Figure(
                            entry.name, node.text, node.value, place, str(about.type.unit), cites, _quotes(body)
                        )


def _stating(entry: Entry) -> Iterator[tuple[Formula, Provenance, frozenset[Fraction]]]:
    """Each formula as written, with whose status and article it has, and which numbers say nothing in it."""
    about = entry.provenance
    if isinstance(entry, Rule) and isinstance(entry.body, Formula):
        yield entry.body, about, _ARITHMETIC
    elif isinstance(entry, Rule) and isinstance(entry.body, Cases):
        for branch in entry.body.branches:
            for part in (branch.condition, branch.value):
                if part is not None:
                    yield part, branch.provenance, _ARITHMETIC
    elif isinstance(entry, Rule) and isinstance(entry.body, DecisionTable):
        for row in entry.body.rows:
            for part in (*row.cells, row.value):
                if part is not None:
                    yield part, row.provenance, _NOTHING_TO_SAY
    elif isinstance(entry, Check):
        for _, formula in entry.grades:
            yield formula, about, _ARITHMETIC
    elif isinstance(entry, (Grain, Statement)) and entry.condition is not None:
        yield entry.condition, about, _ARITHMETIC


def _numbers(formula: Formula, without: frozenset[Fraction]) -> Iterator[tree.Number]:
    passed = {id(child) for node in formula.tree.walk() for child in node.children() if _says_itself(child, node)}
    for node in formula.tree.walk():
        if isinstance(node, tree.Number) and node.value not in without and id(node) not in passed:
            yield node


def _says_itself(number: tree.Node, within: tree.Node) -> bool:
    """Decimals that are kept, quarters and months of a date, and what turns years into months."""
    if not isinstance(number, tree.Number):
        return False
    if isinstance(within, tree.Call):
        return bool(FUNCTIONS[within.function].law.rounding)
    if not isinstance(within, tree.Binary):
        return False
    if within.op in ("*", "/"):
        return number.value in _TURNS_MEASURES
    return is_part_of_date(within.left) or is_part_of_date(within.right)


def is_part_of_date(node: tree.Node) -> bool:
    return isinstance(node, tree.Call) and FUNCTIONS[node.function].law.takes is Takes.DATE_OR_MONTH


def _cites(*abouts: Provenance) -> tuple[Cite, ...]:
    return tuple(dict.fromkeys((about.cite, about.layer) for about in abouts if about.cite))


def _quotes(body: Mapping, part: Place | None = None) -> tuple[str, ...]:
    """The 原句 of an entry, and of the branch or row that stands at ``part``."""
    found = [body.get("原句")]
    for word in ("分情形", "表") if part is not None else ():
        inner = body.get(word)
        rows = [(key.place, row) for key, row in inner.entries] if isinstance(inner, Mapping) else []
        found += [row.get("原句") for place, row in rows if place == part and isinstance(row, Mapping)]
    return tuple(quote.text for quote in found if isinstance(quote, Scalar) and quote.text.strip())
