"""Who reads a name: the formulas that have it, and the programs that reach it."""

from __future__ import annotations

from engine.rulebook.book import Snapshot
from engine.rulebook.model import Program
from engine.rulebook.parts import names_of
from engine.rulebook.wanted import assertions, closure, roots

_HIDDEN = "〔"

Users = dict[str, tuple[str, ...]]


def readers_of(snapshot: Snapshot) -> Users:
    """Each name to the entries whose formulas, columns, grain or bounds mention it; of programs, what they ask for."""
    found: dict[str, dict[str, None]] = {}
    for name, entry in snapshot.entries.items():
        reader = name.partition(_HIDDEN)[0]
        used = names_of(entry)
        if isinstance(entry, Program):
            used |= roots(snapshot, entry) - set(entry.statements)
            used -= {
                name
                for table in entry.statements
                if table in snapshot.entries
                for name in names_of(snapshot.entries[table])
            }
            used |= set(entry.statements)
        for other in sorted(used):
            if (own := other.partition(_HIDDEN)[0]) != reader:
                found.setdefault(own, {})[reader] = None
    return {name: tuple(readers) for name, readers in found.items()}


def reached_by(snapshot: Snapshot) -> Users:
    """Each name to the programs that reach it, whatever their switches say; tables by their fields."""
    found: dict[str, list[str]] = {}
    for program in snapshot.programs.values():
        asked = roots(snapshot, program) | {check.name for check in assertions(snapshot, program)}
        names = closure(snapshot, asked, frozenset(program.compute))
        names |= {table for name in names for table in snapshot.columns.get(name, ())}
        names |= {c.name for c in snapshot.checks.values() if c.kind in ("拒收", "提醒") and c.grain in names}
        for name in {name.partition(_HIDDEN)[0] for name in names}:
            found.setdefault(name, []).append(program.name)
    return {name: tuple(programs) for name, programs in found.items()}
