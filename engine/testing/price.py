"""Price one row from values set by hand: what tests and the gallery use."""

from __future__ import annotations

from engine.language.values import Value
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book
from engine.rulebook.scope import Scope
from engine.testing.bench import Watcher, bench, read_all_given, setting, target_row
from engine.testing.typed_text import type_of


def price(
    book: Book,
    given: dict[str, str],
    wanted: list[str],
    program: str | None = None,
    day: str | None = None,
    watcher: Watcher | None = None,
) -> dict[str, Value]:
    """The values of ``wanted`` where each name in ``given`` has the value written there (texts as in a test file).
    ``watcher`` hears each decision on the way.

    Raises :class:`Unresolved` where one cannot be known, :class:`TestProblem` for a name that does not exist.
    """
    chosen = setting(book, program, None, day)
    scope = Scope(book.at(chosen.day), chosen.program, chosen.period.kind)
    binder = Binder(scope)
    chosen.values = read_all_given(scope, binder, given)
    for name in wanted:
        type_of(scope, binder, name)
    execution = bench(book, chosen, wanted, watcher)
    found = {}
    for name in wanted:
        row = target_row(execution, name)
        found[name] = execution.value(name, row, execution.own_day(row) if row.grain else chosen.day)
    return found
