"""A rulebook that stays open is checked again: checks that look at one entry at a time look at those that changed, at
all that reads them, and at those of which something was told; what was worked out of the others is kept.

That holds only while tables, grains, declared types and programs stay as they were; else all is checked anew. A rule,
figure, check or statement that is new or gone is a changed one, and those that mention it are its readers.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.check.alike import alike
from engine.check.context import Context
from engine.check.entry_lines import EntryLines
from engine.rulebook.aliases import aliases
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Grain, Parameter, Program, Rule, Table
from engine.rulebook.parts import names_of

_Key = tuple[datetime.date, str, str]
_OLD_VALUE = "〔"
"""Stands before the layer of a value that was replaced and is still read."""


@dataclass
class Memory:
    """What the last whole check of a region left behind, for the next one."""

    _left: dict[_Key, Context] = field(default_factory=dict)
    _changes: dict[tuple[int, int], _Change | None] = field(default_factory=dict)
    _now: dict[_Key, Context] = field(default_factory=dict)
    _suspects: dict[_Key, set[str]] = field(default_factory=dict)

    def narrowed(self, context: Context) -> tuple[Context, Context]:
        """The context with what is known from before, and one of the entries that have to be looked at singly."""
        key = _key(context)
        left = self._left.get(key)
        names: set[str] | None = None
        if left is not None and left.figures_only == context.figures_only:
            change = self._change(left.snapshot, context.snapshot)
            names = None if change is None else _taken_over(context, left, change, self._suspects[key])
        self._now[key] = context
        return context, context.only(set(context.names) if names is None else names)

    def done(self, book: Book) -> None:
        """The check is whole: what it found is what the next one goes on from."""
        lines = EntryLines(book)
        self._left, self._now = self._now, {}
        self._suspects = {key: set(_suspects(context, lines)) for key, context in self._left.items()}
        self._changes.clear()

    def _change(self, before: Snapshot, now: Snapshot) -> _Change | None:
        key = (id(before), id(now))
        if key not in self._changes:
            self._changes[key] = _change(before, now)
        return self._changes[key]


@dataclass(frozen=True)
class _Change:
    """``entries``: what says something else now; ``named``: what of it is a name now and was none, or the other way
    round; ``read``: what it reads; ``readers``: of every name those that mention it.
    """

    entries: frozenset[str]
    named: frozenset[str]
    read: frozenset[str]
    readers: dict[str, list[str]]

    def reaches(self, inside: frozenset[str] | None) -> set[str]:
        """What changed and whatever reads it, over and over; only of the names ``inside``, if they are given."""
        found: set[str] = set()
        waiting = list(self.entries)
        while waiting:
            name = waiting.pop()
            if name not in found and (inside is None or name in inside):
                found.add(name)
                waiting.extend(self.readers.get(name, ()))
        return found


def _key(context: Context) -> _Key:
    return context.snapshot.day, context.program.name if context.program else "", context.scope.period


def _change(before: Snapshot, now: Snapshot) -> _Change | None:
    """``None`` where names may mean something else now."""
    named = {*before.entries, *before.stacked} ^ {*now.entries, *now.stacked}
    if any(not _may_come_and_go(name, before, now) for name in named):
        return None
    for one, other in ((before.entries, now.entries), (before.stacked, now.stacked)):
        if [name for name in one if name not in named] != [name for name in other if name not in named]:
            return None
    if {a.text: a.name for a in aliases(before.stacked)} != {a.text: a.name for a in aliases(now.stacked)}:
        return None
    if before.ill_written - named != now.ill_written - named or before.class_words != now.class_words:
        return None
    changed: set[str] = set(named)
    for name, entry in now.entries.items():
        old = before.entries.get(name)
        if old is None or name in named:
            continue
        if not alike(old, entry):
            if not _means_the_same(old, entry) or name in now.dimensions:
                return None
            changed |= {name, name.partition(_OLD_VALUE)[0]}
    read = {name for snapshot in (before, now) for one in changed if one in snapshot.entries
            for name in names_of(snapshot.entries[one])}  # fmt: skip
    return _Change(frozenset(changed), frozenset(named), frozenset(read), _readers((before, now)))


def _may_come_and_go(name: str, before: Snapshot, now: Snapshot) -> bool:
    """Whether a name only means something to those who mention it: no row is found by it, no field bears it."""
    for snapshot in (before, now):
        if isinstance(snapshot.entries.get(name), (Table, Grain, Program)):
            return False
        if name in snapshot.dimensions or name in snapshot.columns or name in snapshot.class_words:
            return False
        if any(name in _named_by(program) for program in snapshot.programs.values()):
            return False
    return True


def _named_by(program: Program) -> set[str]:
    groups = (*program.exclude.values(), *program.need.values(), program.compute, program.statements)
    return {name for group in groups for name in group}


def _means_the_same(old: object, new: object) -> bool:
    """Whether others may take an entry for what it was: as its kind, grain and declared type go."""
    if type(old) is not type(new) or isinstance(new, (Table, Grain, Program)):
        return False
    if isinstance(new, Rule) and isinstance(old, Rule):
        return (old.grain, old.type, old.delivered) == (new.grain, new.type, new.delivered)
    if isinstance(new, Check) and isinstance(old, Check):
        return (old.grain, old.kind, [g for g, _ in old.grades]) == (new.grain, new.kind, [g for g, _ in new.grades])
    if isinstance(new, Parameter) and isinstance(old, Parameter):
        return (old.type, old.refers, bool(old.values)) == (new.type, new.refers, bool(new.values))
    return True


def _readers(snapshots: Iterable[Snapshot]) -> dict[str, list[str]]:
    """Of every name the entries that mention it in any of the snapshots."""
    readers: dict[str, list[str]] = {}
    for snapshot in snapshots:
        for entry in snapshot.entries.values():
            for other in names_of(entry):
                readers.setdefault(other, []).append(entry.name)
            if isinstance(entry, Rule) and entry.delivered:
                readers.setdefault(entry.delivered, []).append(entry.name)
    return readers


def _taken_over(context: Context, left: Context, change: _Change, suspects: set[str]) -> set[str] | None:
    """Gives ``context`` what ``left`` knows; the names to look at again, or ``None`` where that is all of them."""
    old, new = left.program, context.program
    inside = context.whole | left.whole if new is not None else None  # a program's names are all that it reads
    readers = change.reaches(inside)
    if old is not None and new is not None:
        excluded = {name for names in new.exclude.values() for name in names}
        if not alike(old, new) or readers & excluded:
            return None
    before, saw = left.absence.before_exclusion, left.absence.sees_other_rows
    if context.absence.before_exclusion != before or context.absence.sees_other_rows != saw:
        return None
    stale = readers | change.entries | change.read | suspects
    context.scope, context.binder = left.scope, left.binder
    context.understood, context.absence = left.understood, left.absence
    context.scope.move_to(context.snapshot, new, change.named)
    context.binder.forget(stale)
    context.understood.forget(stale)
    context.absence.forget(stale)
    context.needs.update({name: names for name, names in left.needs.items() if name not in stale})
    return {name for name in context.names if name in stale or name not in left.whole}


def _suspects(context: Context, lines: EntryLines) -> Iterator[str]:
    """Entries of which something was told, or left untold because of something else."""
    yield from context.broken
    if context.broken or context.ill_written:
        yield from context.resting_on_broken()
    for looked_at, place, message in context.told:
        yield looked_at
        raw = lines.at(place)
        if raw is not None:
            yield from (raw.name, raw.name.partition(".")[0])
        for word in message.replace("：", " ").replace("，", " ").split():
            if word in context.snapshot.entries:
                yield word
