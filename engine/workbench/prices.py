"""Regions opened to price by, kept for the next case: on pages and over HTTP alike."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from engine.execute.closures.given import is_settled
from engine.execute.period import Period
from engine.files.errors import RunStopped
from engine.pricing.opened import open_region
from engine.pricing.problems import CannotPrice
from engine.pricing.region import Region
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.script.made_up import period_for
from engine.workbench.workplace import Workplace

KEPT = 8
"""Regions that stay open; each holds its published tables."""
MOST_LISTED = 30
FRESH = 1.0
"""Seconds for which nobody looks whether files changed."""


@dataclass(frozen=True)
class Priced:
    """What a price is asked of, in names out of the workplace's lists. ``published``: the name of a result."""

    region: str
    period: str
    program: str = ""
    data: tuple[str, ...] = ()
    published: str = ""
    of: tuple[str, ...] = ()


@dataclass
class _Kept:
    opened: Region
    book: Book
    stamps: tuple[tuple[str, int, int], ...]
    looked: float


class Prices:
    """``of`` may be asked by any number of threads; a region is opened once for all of them."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self._kept: OrderedDict[Priced, _Kept] = OrderedDict()
        self._locks: dict[Priced, Lock] = {}
        self._lock = Lock()

    def ready(self, asked: Priced) -> Region | None:
        """The region if it is open and was looked at just now: nothing is read, so that the event loop may ask."""
        kept = self._kept.get(asked)
        return kept.opened if kept is not None and time.monotonic() - kept.looked < FRESH else None

    def of(self, asked: Priced) -> Region:
        """Opens it where needed: a second. Raises :class:`CannotPrice`, with what lies behind it as its cause."""
        with self._lock:
            lock = self._locks.setdefault(asked, Lock())
        with lock:
            found = self.ready(asked)
            return found if found is not None else self._looked(asked)

    def _looked(self, asked: Priced) -> Region:
        if asked.region not in self.place.regions():
            raise CannotPrice(f"没有地区 {asked.region}", hint=_listed(self.place.regions()))
        book = self.place.book(asked.region)
        folders = self._folders(asked, book)
        stamps = tuple(stamp for folder in folders for stamp in _stamps(folder))
        kept = self._kept.get(asked)
        if kept is None or kept.book is not book or kept.stamps != stamps:
            result = self._result(asked.published)
            opened = open_region(
                book, asked.period, folders, program=asked.program or None, published=result, of=asked.of or None
            )
            kept = _Kept(opened, book, stamps, 0.0)
        kept.looked = time.monotonic()
        with self._lock:
            self._kept[asked] = kept
            self._kept.move_to_end(asked)
            while len(self._kept) > KEPT:
                gone, _ = self._kept.popitem(last=False)
                self._locks.pop(gone, None)
        return kept.opened

    def _folders(self, asked: Priced, book: Book) -> list[Path]:
        known = self.place.data_folders(asked.region, tables_of(book))
        strange = [name for name in asked.data if name not in known]
        if strange:
            raise CannotPrice(f"没有数据 {strange[0]}", hint=_listed(known))
        return [known[name] for name in asked.data]

    def _result(self, name: str) -> Path | None:
        if not name:
            return None
        found = self.place.result(name)
        if found is None:
            raise CannotPrice(f"没有结果 {name}", hint=_listed(run.name for run in self.place.results()))
        return found.folder


def _listed(names: Iterable[str]) -> str:
    there = list(names)
    more = f"……共 {len(there)} 个" if len(there) > MOST_LISTED else ""
    return f"有：{'、'.join(there[:MOST_LISTED])}{more}" if there else "一个也没有"


def tables_of(book: Book) -> frozenset[str]:
    """The names of all tables that are delivered: not those whose rows live in the region."""
    found = (table for day in book.epochs for table in book.at(day).tables.values())
    return frozenset(table.name for table in found if table.rows_file is None)


def programs_of(book: Book) -> list[Program]:
    """The programs that say what a case needs, in order."""
    return [program for program in book.at(book.epochs[-1]).programs.values() if program.need]


def rows_called(book: Book) -> str:
    """What the region calls the rows that it prices; empty where it prices none."""
    now = book.at(book.epochs[-1])
    needed = [name for program in now.programs.values() for name in program.need]
    settled = [name for name, table in now.tables.items() if is_settled(table)]
    return next((name for name in needed if name in settled), settled[0] if settled else "")


def usual_period(book: Book, program: str) -> Period | None:
    """The first period of the rules as they stand last."""
    try:
        return period_for(book, program, "")
    except (ValueError, RunStopped):
        return None


def _stamps(folder: Path) -> Sequence[tuple[str, int, int]]:
    try:
        found = [(path, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return ()
    return [(str(path), about.st_size, about.st_mtime_ns) for path, about in found]
