"""All findings of a region or module: about what its own files write, in the order of files and lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.lint.cited import Comparison, comparison, figures_without_article
from engine.lint.examples import examples_that_test_nothing
from engine.lint.findings import Finding, switched_off
from engine.lint.names import badly_named
from engine.lint.readable import unreadable_formulas
from engine.lint.roundabout import roundabout
from engine.lint.same import computed_twice
from engine.lint.unnamed import unnamed_figures
from engine.measure.compared import Articles, articles
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.layers import shown
from engine.rulebook.parts import names_of
from engine.rulebook.stack import Stacked


@dataclass(frozen=True)
class Linted:
    """``figures``: which of the figures that are 正式 could be held against a text at all."""

    findings: list[Finding]
    figures: Comparison


def lint(book: Book) -> list[Finding]:
    """What ``check`` passes and a person would write otherwise; nothing that an entry has switched off (不提示)."""
    return linted(book).findings


def linted(book: Book, file: Path | None = None) -> Linted:
    """As :func:`lint`, with what was not held against its text, and why; ``file``: of what stands in this one alone."""
    found: dict[tuple[str, str], Finding] = {}
    own, texts = _own(book), articles(book)
    for day in book.epochs:
        snapshot = book.at(day)
        for finding in _of(snapshot, texts, own):
            item = snapshot.stacked.get(finding.name)
            if finding.name in own and item is not None and finding.kind not in _switched_off(item):
                found.setdefault((finding.kind, str(finding.place)), finding)
    for finding in examples_that_test_nothing(book, book.at(book.epochs[-1])):
        found.setdefault((finding.kind, str(finding.place)), finding)
    where = shown(file) if file is not None else ""
    told = [finding for finding in found.values() if where in ("", finding.place.file)]
    last = book.at(max(book.as_of or book.epochs[-1], book.start))
    told.sort(key=lambda finding: (finding.place, finding.code))
    return Linted(told, comparison(texts, last, own, where))


def _of(snapshot: Snapshot, texts: Articles, own: set[str]) -> Iterator[Finding]:
    readers: dict[str, list[str]] = {}
    for entry in snapshot.entries.values():
        for name in names_of(entry):
            readers.setdefault(name, []).append(entry.name)
    entries = sorted(snapshot.entries.values(), key=lambda entry: entry.provenance.place)
    for entry in entries:
        if "〔" in entry.name:
            continue
        yield from unreadable_formulas(entry)
        yield from unnamed_figures(entry)
        yield from roundabout(entry)
        yield from badly_named(entry, readers, snapshot.entries)
    yield from computed_twice(entries, snapshot.entries, own)
    yield from figures_without_article(texts, snapshot)


def _switched_off(item: Stacked) -> set[str]:
    """Later layers only add to a table: what any of them says holds."""
    raws = item.history if item.raw.kind == "table" else (item.raw,)
    return {kind for raw in raws for kind in switched_off(raw.body)}


def _own(book: Book) -> set[str]:
    """Names that the region's own files write, its notices included."""
    layers = (layer for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents)
    return {raw.name for layer in layers for raw in (*layer.entries, *layer.replaced)}
