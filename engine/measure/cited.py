"""Which entries of a region cite what: each 依据 of an entry, a branch, a row or a field, with its 原句."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.rulebook.book import Book, Snapshot
from engine.rulebook.layers import RawEntry
from engine.rulebook.model import DecisionTable, Rule
from engine.rulebook.nodes import Mapping, Scalar, Sequence, Yaml
from engine.rulebook.problems import Place
from engine.rulebook.written import text_of


@dataclass(frozen=True)
class Cited:
    """``part``: the branch, row or field, empty for the entry itself; ``by_file``: the citation is that of the file's
    head; ``replaced``: a later layer wrote the entry anew.
    """

    name: str
    kind: str
    part: str
    cite: str
    place: Place
    quote: Scalar | None
    raw: RawEntry
    by_file: bool = False
    replaced: bool = False

    @property
    def shown(self) -> str:
        return f"{self.name}（{self.part}）" if self.part else self.name


def citations(book: Book, snapshot: Snapshot) -> Iterator[Cited]:
    """Of every entry in force, all that its layers wrote of it, in the order of layers."""
    rewriting = {id(raw) for layer in book.layers for raw in layer.replaced if "." not in raw.name}
    for name, stacked in snapshot.stacked.items():
        if "〔" in name:
            continue
        history = stacked.history or (stacked.raw,)
        last = max((place for place, raw in enumerate(history) if id(raw) in rewriting), default=0)
        for place, raw in enumerate(history):
            yield from _of(name, raw, place < last)
        yield from _of_a_file(name, snapshot, stacked.raw)


def _of(name: str, raw: RawEntry, replaced: bool) -> Iterator[Cited]:
    kind, column = raw.kind or "", raw.name.partition(".")[2]
    own = raw.body.get("依据")
    by_file = not text_of(own)
    cite = text_of(own) or raw.cite
    place = raw.cite_place if by_file and raw.cite_place.line else own.at(0) if isinstance(own, Scalar) else raw.place
    if cite:
        yield Cited(name, kind, column, cite, place, _quote(raw.body), raw, by_file, replaced)
    for part, body in _parts(raw.body):
        inner = body.get("依据")
        quote = _quote(body)
        if isinstance(inner, Scalar) and inner.text:
            yield Cited(name, kind, part, inner.text.strip(), inner.at(0), quote, raw, False, replaced)
        elif quote is not None and cite:
            yield Cited(name, kind, part, cite, quote.place, quote, raw, by_file, replaced)


def _parts(body: Mapping) -> Iterator[tuple[str, Mapping]]:
    for word in ("分情形", "字段"):
        inner = body.get(word)
        for key, value in inner.entries if isinstance(inner, Mapping) else ():
            if isinstance(value, Mapping):
                yield key.text, value
    rows = body.get("表")
    for number, row in enumerate(rows.items if isinstance(rows, Sequence) else (), 1):
        if isinstance(row, Mapping):
            yield f"表的第 {number} 行", row


def _of_a_file(name: str, snapshot: Snapshot, raw: RawEntry) -> Iterator[Cited]:
    """Rows of a decision table in a CSV file may cite, too."""
    entry = snapshot.entries.get(name)
    if not isinstance(raw.body.get("表"), Scalar) or not isinstance(entry, Rule):
        return
    for number, row in enumerate(entry.body.rows if isinstance(entry.body, DecisionTable) else (), 1):
        if row.provenance.cite and row.provenance.cite != entry.provenance.cite:
            about = row.provenance
            yield Cited(name, raw.kind or "", f"表的第 {number} 行", about.cite, about.place, None, raw)


def _quote(body: Yaml) -> Scalar | None:
    found = body.get("原句") if isinstance(body, Mapping) else None
    return found if isinstance(found, Scalar) and found.text.strip() else None
