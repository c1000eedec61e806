"""What a region's texts leave open: every declared reading, what holds there, and where it shows."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Formula, OpenReading, Parameter, Provenance, Rule
from engine.rulebook.parts import names_in, names_of
from engine.rulebook.wanted import assertions, reaching, wanted


@dataclass(frozen=True)
class InForce:
    """From ``day``: the reading that holds (empty: 待定) and who chose it; ``own``: it is none of the options."""

    day: datetime.date
    text: str
    provenance: Provenance
    own: bool = False


@dataclass(frozen=True)
class OpenPoint:
    """A declared reading in a region. ``default``: what holds where nobody chooses; empty where that is 待定.

    ``shows``: statement and heading of what comes out differently; a heading may be empty: the whole statement, or,
    where no statement changes, a 必须 that does.
    """

    name: str
    reading: OpenReading
    default: str
    in_force: tuple[InForce, ...]
    shows: tuple[tuple[str, str], ...]

    @property
    def held(self) -> str:
        """What holds last; empty where that is 待定."""
        return self.in_force[-1].text if self.in_force else ""


def open_points(book: Book) -> list[OpenPoint]:
    """Those of the region's own layers, and of shared ones those that a program of it reads, or asserts by; in order
    of files."""
    last = book.at(book.epochs[-1])
    programs = last.programs.values()
    read = {name for program in programs for name in wanted(last, program)}
    read |= {name for program in programs for check in assertions(last, program) for name in names_of(check)}
    found = []
    for name, entry in last.entries.items():
        if not isinstance(entry, (Parameter, Rule)) or entry.reading is None or "〔" in name:
            continue
        reading = entry.reading
        if last.programs and name not in read and reading.provenance.layer != book.name:
            continue
        default = reading.default_on(last.day)
        found.append(OpenPoint(name, reading, default, _in_force(book, name, reading), _shows(last, name, reading)))
    order = {layer.name: number for number, layer in enumerate(book.layers)}
    return sorted(found, key=lambda p: (order.get(p.reading.provenance.layer, -1), p.reading.provenance.place))


def _in_force(book: Book, name: str, reading: OpenReading) -> tuple[InForce, ...]:
    found: list[InForce] = []
    options = {option for option, _ in reading.options}
    for day in book.epochs:
        entry = book.at(day).entries.get(name)
        text = _text(entry, day)
        if entry is not None and (not found or found[-1].text != text):
            found.append(InForce(day, text, entry.provenance, bool(text) and text not in options))
    return tuple(found)


def _text(entry: object, day: datetime.date) -> str:
    if isinstance(entry, Parameter):
        formula = entry.on(day)
        return formula.text.strip("“”") if formula is not None else ""
    if isinstance(entry, Rule):
        return entry.body.text if isinstance(entry.body, Formula) else "另有规定"
    return ""


def _shows(snapshot: Snapshot, name: str, reading: OpenReading) -> tuple[tuple[str, str], ...]:
    """The columns of statements that 见于 names; where none is named, or none stands in a statement, the statements
    that have a column which reads the name, or whose rows or left-out cases do; else the 必须 that read it.
    """
    found: list[tuple[str, str]] = []
    for statement in snapshot.statements.values():
        if statement.name in reading.shows_in:
            found.append((statement.name, ""))
        found += [(statement.name, c.heading) for c in statement.columns if c.name in reading.shows_in]
    if found:
        return tuple(found)
    readers = reaching(snapshot, {name}, frozenset(snapshot.rules))
    by_rows = {
        statement
        for program in snapshot.programs.values()
        if any(names_in(formula.tree) & readers for formula in program.rows.values())
        or any(readers.intersection(names) for names in program.exclude.values())
        for statement in program.statements
    }
    shown = [s.name for s in snapshot.statements.values() if names_of(s) & readers or s.name in by_rows]
    asserted = [check.name for check in snapshot.checks.values() if check.kind == "必须" and check.name in readers]
    return tuple((name, "") for name in shown or asserted)
