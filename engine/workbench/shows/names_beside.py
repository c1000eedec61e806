"""Which column of a statement says what the codes of another are called."""

from __future__ import annotations

from engine.language.types import Kind
from engine.rulebook.book import Snapshot
from engine.rulebook.model import Statement


def names_beside(now: Snapshot, about: Statement) -> dict[str, str]:
    """By the name of a key of a table, the heading under which the statement has that table's first text: a name."""
    found: dict[str, str] = {}
    for table in now.tables.values():
        texts = {name for name, one in table.fields.items() if one.type.kind is Kind.TEXT and name not in table.key}
        beside = [column.heading for column in about.columns if column.name in texts]
        if len(table.key) == 1 and beside:
            found.setdefault(table.key[0], beside[0])
    return found
