"""A region's rulebook: its layers, the days on which something changes, and all entries in force on a day."""

from __future__ import annotations

import datetime
import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from engine.files.named_files import DISK, FILE, Files
from engine.files.noted_files import NotedFiles
from engine.files.stamps import Seen
from engine.language.functions import PERIOD_NAMES
from engine.rulebook.aliases import aliases
from engine.rulebook.bounds import with_named_ranges
from engine.rulebook.built import Built
from engine.rulebook.class_words import ClassWords, class_words
from engine.rulebook.delivered import with_delivered_values
from engine.rulebook.identifying import with_identifying_fields
from engine.rulebook.in_force import dated, retroactive_from
from engine.rulebook.layers import Layer, yaml_below
from engine.rulebook.locate import Located, locate
from engine.rulebook.model import Check, Entry, Grain, Parameter, Program, Rule, Statement, Table
from engine.rulebook.nearest import KnownNames
from engine.rulebook.nodes import Mapping
from engine.rulebook.old_value import hidden_name, writes_old_value
from engine.rulebook.problems import Problem, RulebookError
from engine.rulebook.read_layers import read_layers
from engine.rulebook.rows_named import file_of_rows, is_rows_file
from engine.rulebook.stack import Stacked, stack
from engine.rulebook.unread_files import EXAMPLES, NOTICES
from engine.rulebook.written import text_of

AnyEntry = TypeVar("AnyEntry", bound=Entry)


@dataclass(frozen=True)
class Snapshot:
    """Every entry in force on ``day``, one definition each, by kind.

    ``users``: of names those who mention them, by what a program computes; worked out by who asks for it.
    """

    day: datetime.date
    entries: dict[str, Entry]
    stacked: dict[str, Stacked]
    users: dict[frozenset[str], dict[str, list[str]]] = field(default_factory=dict, compare=False, repr=False)

    def _of(self, kind: type[AnyEntry]) -> dict[str, AnyEntry]:
        return {name: entry for name, entry in self.entries.items() if isinstance(entry, kind)}

    @cached_property
    def tables(self) -> dict[str, Table]:
        return self._of(Table)

    @cached_property
    def grains(self) -> dict[str, Grain]:
        return self._of(Grain)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        return self._of(Parameter)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        return self._of(Rule)

    @cached_property
    def checks(self) -> dict[str, Check]:
        return self._of(Check)

    @cached_property
    def statements(self) -> dict[str, Statement]:
        return self._of(Statement)

    @cached_property
    def programs(self) -> dict[str, Program]:
        return self._of(Program)

    @cached_property
    def dimensions(self) -> frozenset[str]:
        """Names that are a key of a table or of a grain."""
        keys = [key for table in self.tables.values() for key in table.key]
        return frozenset([*keys, *(key for grain in self.grains.values() for key in grain.key)])

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        """Field name to the tables that have it."""
        found: dict[str, list[str]] = {}
        for table in self.tables.values():
            for name in table.fields:
                found.setdefault(name, []).append(table.name)
        return found

    @cached_property
    def ill_written(self) -> frozenset[str]:
        """Names that stand in a file but could not be made out: their own problem is told already, not what follows."""
        found = set(self.stacked) - set(self.entries)
        for name, stacked in self.stacked.items():
            fields = stacked.raw.body.get("字段")
            table = self.tables.get(name)
            if isinstance(fields, Mapping):
                built = table.fields if table is not None else {}
                found |= {key.text for key, _ in fields.entries if key.text not in built}
        return frozenset(found)

    @cached_property
    def class_words(self) -> frozenset[str]:
        """Every class that a parameter, rule, check or field declares."""
        found: set[str] = set()
        for entry in self.entries.values():
            type_ = getattr(entry, "type", None)
            found.update(type_.classes if type_ is not None else ())
        for check in self.checks.values():
            found.update(grade for grade, _ in check.grades)
        for table in self.tables.values():
            for field_ in table.fields.values():
                found.update(field_.type.classes)
        return frozenset(found)

    @cached_property
    def known_names(self) -> KnownNames:
        """What a name in a formula may mean."""
        return KnownNames([*self.entries, *self.columns, *PERIOD_NAMES], self.also_called)

    @cached_property
    def also_called(self) -> dict[str, str]:
        """Another name (又名) to the entry or field that bears it; what is a name itself stands for that."""
        found = {alias.text: alias.name for alias in aliases(self.stacked)}
        return {text: name for text, name in found.items() if text not in self.entries and text not in self.columns}


@dataclass(eq=False)
class Book:
    """A resolved region.

    ``start``: the first day on which all of it is in force; ``epochs``: days on which it changes; ``files``: where its
    files are read from, with a note of what was asked; ``told``: all that a check of
    these files found, where that was known before; ``built``: its entries, whichever day they are of.
    """

    name: str
    title: str
    folder: Path
    layers: list[Layer]
    start: datetime.date
    problems: list[Problem]
    as_of: datetime.date | None = None
    files: Files = DISK
    told: list[Problem] | None = None
    built: Built = field(default_factory=Built)
    _snapshots: dict[datetime.date, Snapshot] = field(default_factory=dict)
    _entries: dict[str, Entry] | None = None

    @classmethod
    def of(cls, entries: Iterable[Entry], start: datetime.date = datetime.date(2000, 1, 1)) -> Book:
        """A rulebook of entries that stand in no file, the same on every day from ``start``."""
        found = {entry.name: entry for entry in entries}
        return cls("", "", Path(), [], start, [], _entries=found)

    @property
    def template(self) -> bool:
        return self.own.template

    @property
    def own(self) -> Layer:
        """The region's own layer (not a notice's)."""
        return next(layer for layer in self.layers if layer.folder == self.folder)

    @property
    def whole(self) -> bool:
        """Whether everything could be read: no name is missing."""
        return not any(layer.unreadable for layer in self.layers)

    @property
    def example(self) -> bool:
        """Whether any layer is made of invented figures (示例)."""
        return any(layer.example for layer in self.layers)

    @cached_property
    def epochs(self) -> tuple[datetime.date, ...]:
        """The first day in force, and every later day on which a notice or a dated value takes effect."""
        days = {self.start}
        for layer in self.layers:
            if layer.kind == "amendment" and layer.start:
                days |= {layer.start, *_days_of_entries(layer)}
        for day in sorted(days):
            for parameter in self._build(day).parameters.values():
                days |= {value_day for value_day, _ in parameter.values}
        return tuple(sorted(day for day in days if day >= self.start))

    def epoch(self, day: datetime.date) -> datetime.date:
        """The day from which the rules of ``day`` have been unchanged.

        ``ValueError`` before :attr:`start`.
        """
        if day < self.epochs[0]:
            raise ValueError(f"{self.name} 的规则自 {self.start} 起施行，{day} 还没有")
        return self.epochs[bisect_right(self.epochs, day) - 1]

    def at(self, day: datetime.date) -> Snapshot:
        """All entries in force on ``day``."""
        return self._build(self.epoch(day))

    def between(self, first: datetime.date, last: datetime.date) -> list[Snapshot]:
        """Every state of the rules on the days from ``first`` to ``last``, in order."""
        days = [self.epoch(first), *(day for day in self.epochs if first < day <= last)]
        return [self._build(day) for day in dict.fromkeys(days)]

    def _build(self, day: datetime.date) -> Snapshot:
        if day not in self._snapshots:
            self._snapshots[day] = self._resolve(day)
        return self._snapshots[day]

    def _resolve(self, day: datetime.date) -> Snapshot:
        if self._entries is not None:
            return Snapshot(day, self._entries, {})
        stacked = stack(self.layers, day, self.problems)
        entries: dict[str, Entry] = {}
        hidden: dict[str, Stacked] = {}
        words = class_words(stacked)
        for name, item in stacked.items():
            entry = self.built.entry(name, item, self.problems, words, self.files)
            if entry is not None:
                entries[name] = entry
            self._keep_old_values(name, item, entries, hidden, words)
        written = {**stacked, **hidden}
        made = with_identifying_fields(with_named_ranges(entries, day))
        return Snapshot(day, with_delivered_values(made, written), written)

    def _keep_old_values(
        self, name: str, item: Stacked, entries: dict[str, Entry], hidden: dict[str, Stacked], words: ClassWords
    ) -> None:
        """Keep what 原规定 reads under a name of its own."""
        while item.previous is not None:
            previous = item.previous
            wanted = writes_old_value(item.raw.body)
            old = self.built.entry(name, previous, self.problems, words, self.files) if wanted else None
            if old is not None:
                old_name = hidden_name(name, previous)
                entries[old_name] = replace(old, name=old_name)
                hidden[old_name] = previous
            item = previous

    @cached_property
    def read_from(self) -> frozenset[tuple[Path, Seen]]:
        """The files that make the rules, with their stamps from when they were read; none of a book in memory."""
        return frozenset(item for layer in self.layers for item in layer.stamps.items())

    def changed_files(self) -> list[Path]:
        """Files of rules or rows that were written, added or removed since the book was read."""
        return [path for layer in self.layers for path in layer.changed(self.files)]

    def files_of(self, layer: Layer) -> list[Path]:
        """The files of a layer that make its rules, in order: YAML without examples, and the rows that entries name."""
        return sorted({*_yaml_files(layer, self.files), *_named_files(layer, self.files)})

    def fingerprint(self) -> str:
        """SHA-256 over every file that makes the rules: YAML of all layers, and the CSV files that entries name."""
        digest = hashlib.sha256()
        for layer in self.layers:
            for path in self.files_of(layer):
                digest.update(f"{layer.name}/{path.relative_to(layer.folder).as_posix()}\n".encode())
                digest.update(self.files.read(path))
        return digest.hexdigest()


def _days_of_entries(layer: Layer) -> set[datetime.date]:
    """The days, other than its own 施行, from which an entry of a notice holds."""
    days = {day for raw in (*layer.entries, *layer.replaced) for day, _ in dated(raw)}
    retroactive = (retroactive_from(raw) for raw in (*layer.entries, *layer.replaced))
    return days | {day for day in retroactive if day is not None}


def _yaml_files(layer: Layer, files: Files) -> list[Path]:
    """The YAML of a layer, without its tests and notices (which are layers of their own)."""
    found = yaml_below(layer.folder, files)
    return [path for path in found if path.relative_to(layer.folder).parts[0] not in (EXAMPLES, NOTICES)]


def _named_files(layer: Layer, files: Files) -> list[Path]:
    """The files of rows that 表 and 行 name."""
    named = [raw.body.get(key) for raw in (*layer.entries, *layer.replaced) for key in ("表", "行")]
    texts = {text_of(file_of_rows(node)) for node in named if is_rows_file(node)}
    return [layer.folder / text for text in texts if files.kind(layer.folder / text) == FILE]


def load(
    region: str | Path | Located, files: Files = DISK, told: list[Problem] | None = None, built: Built | None = None
) -> Book:
    """The rulebook of a region (a name, a path, or already located), read from ``files``. Shape problems are in
    ``problems``.

    ``told``: what a check of these very files found; then their shape is not looked at again. ``built``: what was built
    of the region before, if it stays open.

    Raises :class:`RulebookError` where nothing can be read at all.
    """
    located = region if isinstance(region, Located) else locate(str(region), files)
    files = files if isinstance(files, NotedFiles) else NotedFiles(files)
    problems: list[Problem] = []
    layers = read_layers(located.folder, problems, files, shapes=told is None)
    if not any(layer.folder == located.folder for layer in layers):
        raise RulebookError(problems)
    if located.as_of:
        layers = [la for la in layers if la.kind != "amendment" or (la.start and la.start <= located.as_of)]
    starts = [layer.start for layer in layers if layer.kind == "region" and layer.start]
    own = next(layer for layer in layers if layer.folder == located.folder)
    start = max(starts, default=datetime.date(2000, 1, 1))
    book = Book(
        own.name, own.title, located.folder, layers, start, problems, located.as_of, files, told, built or Built()
    )
    return book if starts else _standing_alone(book)


def _standing_alone(book: Book) -> Book:
    """A module has no day in force: it is looked at from the first day on which all its parameters have a value."""
    parameters = book.at(book.start).parameters.values()
    first = max((min(day for day, _ in p.values) for p in parameters if p.values), default=book.start)
    first = max(first, book.start)
    return replace(book, start=first, _snapshots={})
