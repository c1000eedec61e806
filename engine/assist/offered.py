"""What completion offers, and what all that offer something ask: where it would stand, which names there are."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from engine.assist.keys import entry_path
from engine.assist.spot import Spot, keys_in
from engine.language.types import BASE_UNITS, LABELS, Kind
from engine.names.listing import names_of_book
from engine.names.named import Named
from engine.rulebook.bind import Binder
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Grain, Rule, Statement
from engine.rulebook.scope import Scope, Unreachable
from engine.testing.typed_text import TestProblem, type_of

KEYWORD, NAME, FUNCTION, CLASS, UNIT, ARTICLE, DATE, WORD, FILE = (
    "关键字", "名称", "函数", "类别", "单位", "条款", "日期", "词", "文件",
)  # fmt: skip
FITS, OWN_FIELD, SAME_ROWS, READABLE, CALLED, ELSEWHERE = range(6)
"""How far it is: what only can stand there, a field of the row itself, a rule on the same rows, what it can read, a
function, what stands on other rows."""
_NEARBY = 4000
_QUOTE = re.compile(r"[\"'“]")
HAS_VALUES = ("规则", "字段", "参数", "检查")
ROWS = ("表", "粒度")


@dataclass(frozen=True)
class Completion:
    """``insert`` takes the place of the text from ``start`` to ``end``; ``detail``, ``meaning`` are told beside it."""

    label: str
    kind: str
    insert: str
    start: int
    end: int
    detail: str = ""
    meaning: str = ""
    far: int = FITS


class Asked:
    """Where completion is asked: a spot of a file of a region that was understood before, on a day."""

    def __init__(self, book: Book, path: Path, at: Spot, text: str, day: datetime.date) -> None:
        self.book, self.path, self.at, self.text = book, path, at, text
        self.day = max([day, *(layer.start for layer in book.layers if layer.folder in path.parents and layer.start)])
        self.snapshot: Snapshot = book.at(max(book.as_of or self.day, book.start))
        self.entry_path = entry_path(at.path)
        self.name = self.entry_path[0] if self.entry_path else ""

    # -- what is there

    @property
    def names(self) -> list[Named]:
        return names_known(self.book, self.day)

    def of_kinds(self, *kinds: str) -> Iterator[Named]:
        return (one for one in self.names if one.kind in kinds)

    @property
    def beside_entry(self) -> tuple[str, ...]:
        """The keys of the entry that the cursor is in."""
        return tuple(key for key, _ in self._written_in_entry)

    def beside(self, word: str) -> str:
        """What the entry that the cursor is in says behind a keyword."""
        return next((value for key, value in self._written_in_entry if key == word), "")

    @cached_property
    def _written_in_entry(self) -> list[tuple[str, str]]:
        """Keys and what is written behind them, of an entry that is understood or nearly so."""
        entry = rf"^([ \t]*)[\"']?{re.escape(self.name)}[\"']?:(.*(?:\n(?:\1[ \t]+.*)?)*)"
        match = re.search(entry, self.text, re.MULTILINE) if self.name else None
        inside = f" {match[2]}" if match else ""
        found = re.finditer(r"(?:^|[{,\s])([\w]+):[ \t]+(\[[^\]\n]*\]|[^\n,{}]*)", inside)
        return [(one[1], one[2].strip().strip("\"'")) for one in found]

    def classes_of(self, name: str) -> tuple[str, ...]:
        """The classes that a name may have, as it was understood or as it is written here."""
        known = next((one.classes for one in self.names if one.name == name and one.classes), ())
        if known:
            return known
        written = (self.beside("类别") or self.beside("类型")) if name == self.name else ""
        if written.startswith("["):
            return tuple(part.strip() for part in written[1:-1].split(","))
        check = self.snapshot.checks.get(name)
        return self._graded(check) if check is not None else ()

    def _graded(self, check: Check) -> tuple[str, ...]:
        scope = Scope(self.snapshot)
        return type_of(scope, Binder(scope), check.name).classes

    @cached_property
    def fields_written(self) -> tuple[str, ...]:
        """The fields of the table that the cursor is in, as they stand there."""
        return tuple(
            keys_in(self.text).get((*self.at.path[: len(self.at.path) - len(self.entry_path)], self.name, "字段"), ())
        )

    def is_yes_or_no(self, name: str) -> bool:
        return self._type_of(name) is Kind.BOOL

    def _type_of(self, name: str) -> Kind | None:
        scope = Scope(self.snapshot)
        try:
            return type_of(scope, Binder(scope), name).kind
        except TestProblem:
            return None

    @cached_property
    def told_in_list(self) -> frozenset[str]:
        """What the list in brackets that the cursor is in has already, without what is being typed."""
        line = self.text.rfind("\n", 0, self.at.start) + 1
        begun = self.text.rfind("[", line, self.at.start)
        end = self.text.find("]", self.at.offset)
        if begun < 0 or "]" in self.text[begun : self.at.start] or end < 0 or "\n" in self.text[self.at.offset : end]:
            return frozenset()
        behind = self.text[self.at.offset : end].split(",")[1:]
        return frozenset(part.strip() for part in (*self.text[begun + 1 : self.at.start].split(","), *behind))

    # -- how near

    @cached_property
    def grain(self) -> str:
        """The rows that the entry is about, as it is written or was understood."""
        written = self.beside("粒度") or (self.beside("行") if not self.beside("字段") else "")
        if written:
            return written
        entry = self.snapshot.entries.get(self.name)
        if isinstance(entry, (Rule, Check, Statement)):
            return entry.grain
        return entry.of or "" if isinstance(entry, Grain) else ""

    def far(self, one: Named, grain: str) -> int:
        """How far a name is from rows of a grain."""
        if not grain:
            return READABLE
        scope = vars(self.snapshot).setdefault("_read_from_scope", Scope(self.snapshot))
        try:
            scope.reach(grain, one.name)
        except Unreachable:
            return ELSEWHERE
        base = scope.base(grain)
        table = self.snapshot.tables.get(base)
        if one.name in (table.fields if table is not None else scope.keys(grain)):
            return OWN_FIELD
        entry = self.snapshot.rules.get(one.name) or self.snapshot.checks.get(one.name)
        return SAME_ROWS if entry is not None and scope.base(entry.grain) == base else READABLE

    @cached_property
    def _around(self) -> tuple[str, str]:
        start = self.at.start
        return self.text[max(start - _NEARBY, 0) : start], self.text[self.at.offset : self.at.offset + _NEARBY]

    def nearness(self, label: str) -> int:
        """How many signs away it is written last, before or behind the cursor; of what is not near the most."""
        before, after = self._around
        back, ahead = before.rfind(label), after.find(label)
        nearest = len(before) - back if back >= 0 else 2 * _NEARBY
        return min(nearest, 2 * ahead if ahead >= 0 else 2 * _NEARBY)

    # -- what to offer

    def word(
        self, label: str, kind: str, detail: str = "", meaning: str = "", after: str = "", far: int = FITS
    ) -> Completion:
        """In the place of the name that is being typed. ``after``: what follows it, unless it stands there already."""
        start = self.at.word_start
        return Completion(label, kind, label + self._missing(after), start, self.at.offset, detail, meaning, far)

    def whole(
        self, label: str, kind: str, detail: str = "", meaning: str = "", after: str = "", far: int = FITS
    ) -> Completion:
        """In the place of all that is written of the value."""
        start = self.at.start + (1 if _QUOTE.match(self.at.before) else 0)
        return Completion(label, kind, label + self._missing(after), start, self.at.offset, detail, meaning, far)

    def _missing(self, after: str) -> str:
        return "" if self.text[self.at.offset : self.at.offset + 1] == after[:1] else after

    def named(self, one: Named, after: str = "", far: int = FITS) -> Completion:
        value = f" = {one.value}" if one.kind == "参数" and one.value else ""
        what = f"{one.what}{value}" + ("；这里要汇总或用 取(…)" if far == ELSEWHERE else "")
        return self.word(one.name, NAME, what, one.meaning or "；".join(one.cites[:1]), after, far)

    def near_rows(self, names: Iterator[Named], grain: str, after: str = "") -> Iterator[Completion]:
        """Names that rows of a grain may have; the nearest are told of no further cure."""
        for one in names:
            far = self.far(one, grain)
            yield replace(self.named(one, after), far=far)

    def units(self) -> dict[str, str]:
        """Units as rules may write them, those of the region too."""
        known = {one.unit: "" for one in self.of_kinds("参数", "规则") if re.fullmatch(r"[元点天]/\w+", one.unit)}
        return dict.fromkeys((*BASE_UNITS, "元/点", *LABELS, *known), "")


def names_known(book: Book, day: datetime.date) -> list[Named]:
    """The names of a book on a day, listed once for each book."""
    kept = vars(book).setdefault("_names_listed", {})
    if day not in kept:
        kept[day] = names_of_book(book, day)
    return kept[day]  # type: ignore[no-any-return]
