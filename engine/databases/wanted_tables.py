"""Which tables of a database are deliveries: those that a mapping names, in any schema, and all others of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from engine.data.mapping import DataMapping, TableMapping
from engine.data.places import Source

Named = tuple[str, str]
"""Schema and table."""


@dataclass(frozen=True)
class WantedTables:
    """``own``: the schema of the address; ``mapped``: what the mapping takes, by schema and name."""

    own: str
    mapped: list[tuple[Named, TableMapping]]

    @classmethod
    def of(
        cls, own: str, mapping: DataMapping | None, refuse_name: Callable[[str, str], object], what: str
    ) -> WantedTables:
        """``refuse_name`` raises for a name that the database cannot have; ``what`` it calls a schema."""
        mapped = []
        for table in () if mapping is None else mapping.tables.values():
            before, dot, name = table.origin.partition(".")
            schema, name = (before, name) if dot else (own, table.origin)
            refuse_name(schema, what)
            refuse_name(name, "表")
            mapped.append(((schema, name), table))
        return cls(own, mapped)

    def schemas(self) -> list[str]:
        return sorted({self.own, *(schema for (schema, _), _ in self.mapped)})

    def is_any_of(self, there: Collection[Named]) -> bool:
        return any(schema == self.own for schema, _ in there) or any(named in there for named, _ in self.mapped)

    def sources(
        self, there: Collection[Named], source: Callable[[str, str, str, TableMapping | None], Source]
    ) -> tuple[list[Source], list[str]]:
        """What is read of the tables that are ``there``, and what is not because another stands for it.

        ``source``: of a schema, a name in it, the table that it delivers, and its mapping.
        """
        taken = [(named, table) for named, table in self.mapped if named in there]
        found = [source(*named, table.table, table) for named, table in taken]
        names = {named for named, _ in taken}
        instead = {table.table: table for _, table in taken}
        hidden = []
        for schema, name in there:
            if schema != self.own or (schema, name) in names:
                continue
            plain = source(schema, name, name, None)
            if name in instead:
                hidden.append(instead[name].instead_of(plain.origin))
            else:
                found.append(plain)
        return found, hidden
