"""Which fields identify: keys, references, keys that tables share, and those that say 标识. They take the 长度 of what
they refer to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.language.types import Kind
from engine.rulebook.model import Entry, Field, Table


def with_identifying_fields(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries, with that said of every field of text."""
    tables = {name: entry for name, entry in entries.items() if isinstance(entry, Table)}
    lengths: dict[str, tuple[int, ...]] = {}
    keys: set[str] = set()
    for table in tables.values():
        for key in table.key:
            keys.add(key)
            if key in table.fields and table.fields[key].lengths:
                lengths.setdefault(key, table.fields[key].lengths)

    def told(field: Field) -> Field:
        if field.type.kind is not Kind.TEXT:
            return field
        target = tables.get(field.refers or "")
        key = target.key[0] if target is not None and len(target.key) == 1 else field.name
        identifies = field.name in keys or field.refers is not None if field.identifies is None else field.identifies
        return replace(field, identifies=identifies, lengths=field.lengths or lengths.get(key, ()))

    def with_fields(table: Table) -> Table:
        return replace(table, fields={name: told(field) for name, field in table.fields.items()})

    return {name: with_fields(entry) if isinstance(entry, Table) else entry for name, entry in entries.items()}
