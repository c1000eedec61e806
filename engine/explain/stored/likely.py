"""What an explanation of coarse rows is likely to read of a big table, to be read at once and not name by name."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

from engine.execute.sql.on_rows import InSql
from engine.rulebook.parts import names_of


@dataclass(frozen=True)
class Likely:
    """Fields of the table, and names whose kept values coarse rules gather."""

    fields: frozenset[str]
    kept: frozenset[str]


def likely_read(execution: InSql, base: str, was_kept: Container[str], follows: Callable[[str], bool]) -> Likely:
    """What the rules of coarse rows come to on the rows of ``base``. ``follows``: of a name that was kept, whether it
    is worked out all the same.
    """
    scope = execution.scope(execution.closing)
    book = execution.now
    table = book.tables[base]
    rules = [book.rules[name] for name in execution.wanted if name in book.rules]
    coarse = [rule for rule in rules if scope.base(rule.grain) not in execution.readings]
    named = {name for rule in coarse for name in (*names_of(rule), *scope.keys(rule.grain))}

    def is_own(name: str) -> bool:
        return name in book.rules and scope.base(book.rules[name].grain) == base

    fields: set[str] = {*table.key}
    kept: set[str] = set()
    seen: set[str] = set()
    waiting = [*named]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in table.fields:
            fields.add(name)
        elif is_own(name) and name in was_kept and not follows(name):
            kept.add(name)
        elif is_own(name) or name in book.grains:
            waiting += names_of(book.entries[name])
    return Likely(frozenset(fields), frozenset(kept & named))
