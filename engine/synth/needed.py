"""Which tables and columns somebody has to deliver: those a program reads and no program of the region gives."""

from __future__ import annotations

from engine.execute.loading import names_read
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Program, Table
from engine.rulebook.pending import sheets


def columns_to_make(snapshot: Snapshot, everything: bool = False) -> dict[str, tuple[str, ...]]:
    """Table to the columns to make, in the order of the rulebook.

    A table counts if a program reads a column of it (or it has only keys). Columns that a 回填 statement gives are left
    out unless the program that gives them reads them itself; ``everything``: they are made too.
    """
    inputs = {program.name: _read(snapshot, program) for program in snapshot.programs.values()}
    given: set[tuple[str, str]] = set()
    for program in snapshot.programs.values():
        given |= _given(snapshot, program) - inputs[program.name]
    finished = sheets(snapshot)  # what a rule works out otherwise (交来) is made only where a hint says how
    found: dict[str, tuple[str, ...]] = {}
    wanted = {pair for pairs in inputs.values() for pair in pairs}
    for table in snapshot.tables.values():
        if table.rows_file is not None or table.rows_required:
            continue
        if table.name in finished and table.synthesis is None:
            continue
        read = {name for name in table.fields if (table.name, name) in wanted}
        left = read if everything else {name for name in read if (table.name, name) not in given}
        own = set(table.fields) - set(table.key)
        if not left or (own and not left - set(table.key) and read - set(table.key)):
            continue
        found[table.name] = tuple(n for n in table.fields if everything or (table.name, n) not in given)
    return found


def _read(snapshot: Snapshot, program: Program) -> set[tuple[str, str]]:
    """Table and column of everything the program takes from data."""
    names, computed = names_read(snapshot, program), frozenset(program.compute)
    found: set[tuple[str, str]] = set()
    for table in snapshot.tables.values():
        fields = {name for name in table.fields if name in names and (name not in computed or name in table.key)}
        own = fields - set(table.key)
        if table.name in names or own:
            found |= {(table.name, name) for name in fields}
    return found


def _given(snapshot: Snapshot, program: Program) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for name in program.statements:
        statement = snapshot.statements.get(name)
        table: Table | None = snapshot.tables.get(statement.fills) if statement and statement.fills else None
        if statement is not None and table is not None:
            found |= {(table.name, c.heading) for c in statement.columns if c.heading not in table.key}
    return found
