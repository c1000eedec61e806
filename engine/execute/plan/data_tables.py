"""Which tables have so many rows that a fast engine leaves them in the database."""

from __future__ import annotations

from engine.execute.period import Period
from engine.language.types import Kind
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.rulebook.scope import Scope


def data_tables(book: Book, program: Program, period: Period) -> tuple[str, ...]:
    """Tables whose rows are settled (归期 is a date), and those whose rows belong to such a row."""
    scope = Scope(book.at(max(period.end, book.start)), program, period.kind)
    tables = scope.book.tables
    main = [n for n, t in tables.items() if t.period_field and t.fields[t.period_field].type.kind is Kind.DATE]
    below = [
        name
        for name, table in tables.items()
        if name not in main and any(scope.determines(name, scope.keys(m)) and scope.keys(m) for m in main)
    ]
    found = [*main, *below]
    plain = [name for name in found if all(f.type.kind is not Kind.INTERVAL for f in tables[name].fields.values())]
    return tuple(name for name in plain if not any(tables[name].fields[k].wildcard for k in tables[name].key))
