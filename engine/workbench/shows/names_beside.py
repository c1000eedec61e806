"""Which column of a statement says what the codes of another are called, and a key with what its codes are called."""

from __future__ import annotations

from engine.execute.period import parse_period
from engine.explain.keys import split
from engine.language.types import Kind
from engine.results.called import values_called
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Field, Statement
from engine.workbench.shows.units import scope_of
from engine.workbench.workplace import Run, Workplace


def names_beside(now: Snapshot, about: Statement) -> dict[str, str]:
    """By the name of a key of a table, the heading under which the statement has that table's first text: a name."""
    found: dict[str, str] = {}
    for table in now.tables.values():
        texts = {name for name, one in table.fields.items() if _may_be_a_name(one) and name not in table.key}
        beside = [column.heading for column in about.columns if column.name in texts]
        if len(table.key) == 1 and beside:
            found.setdefault(table.key[0], beside[0])
    return found


def _may_be_a_name(field: Field) -> bool:
    return field.type.kind is Kind.TEXT and field.refers is None  # the code of another row is none


def key_called(place: Workplace, book: Book, run: Run, grain: str, key: str) -> str:
    """A key with the names of its codes, as the tables of the result have them: A1 城东，甲，乙."""
    now = book.at(max(parse_period(run.period).end, book.start))
    names = scope_of(now, run.program, run.period).keys(grain)
    try:
        parts = split(key)
    except ValueError:
        return key
    if len(parts) != len(names):
        return key
    result = place.open_result(run.name)
    beside = {
        name: {code: title for code, title in names_beside(now, about).items() if code in names}
        for name, about in now.statements.items()
    }
    called = values_called(result.record.folder, result.tables, beside)
    texts = (called[name][1].get(part, "") if name in called else "" for name, part in zip(names, parts, strict=True))
    return "，".join(f"{part} {text}".strip() for part, text in zip(parts, texts, strict=True))
