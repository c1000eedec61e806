"""The folder that the workbench works in, as the command line does: its regions, its data, its results.

Everything is found by looking; what a reader asks for is a name out of these lists, never a path.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from engine.data.occupied import RUN_FILE
from engine.data.places import KINDS
from engine.files.errors import DataError
from engine.results.opened import OpenResult
from engine.rulebook.book import Book
from engine.rulebook.layers import shown
from engine.rulebook.locate import names_of_regions, shipped
from engine.rulebook.read_layers import title_of
from engine.session import Session
from engine.simulate.simulate import FILE as SIMULATION
from engine.simulate.simulate import TITLES
from engine.workbench.children import Beside
from engine.workbench.open_results import OpenResults

DEEPEST = 4
"""Folders below the working folder in which data and results are looked for."""
MOST = 5000
"""Folders that are looked into."""
DELIVERIES = "交来"
"""The folder in which the workbench keeps what is dropped on its pages, and mappings that are written there."""
NOT_LOOKED_INTO = frozenset({"rules", "tests", "node_modules", "statements", "values", "rejects", "cancelled"})


@dataclass(frozen=True)
class Run:
    """A result: its folder as a name below the working folder, and what its ``run.json`` says of itself. ``title``: a
    shorter name for pages, by which it is told from the others there are.
    """

    name: str
    folder: Path
    region: str
    program: str
    period: str
    written: float
    title: str = ""


class NoSuchRegion(DataError):
    """A name that is not in the list of regions."""


class Workplace:
    """``folder``: made the working folder by whoever starts the workbench, so that names mean what they mean there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.beside = Beside()
        self.rows_called: dict[str, str] = {}
        """What a region calls the rows that it prices, where its rules were read before."""
        self._results = OpenResults()
        self._open: dict[str, tuple[Session, Lock]] = {}
        self._lock = Lock()

    def regions(self) -> list[str]:
        """Names of the regions of the folder, or else of those that ship."""
        return names_of_regions()

    def region_folder(self, name: str) -> Path:
        """Where a region of the list is. Raises :class:`NoSuchRegion` for any other name."""
        if name not in self.regions():
            raise NoSuchRegion(f"没有地区 {name}", f"有：{'、'.join(self.regions()) or '没有'}")
        own = self.folder / "regions" / name
        return own if own.is_dir() else shipped("regions") / name

    def titles(self) -> dict[str, str]:
        """What each region of the list calls itself, by its name."""
        return {name: title_of(self.region_folder(name)) for name in self.regions()}

    def book(self, name: str) -> Book:
        """The rulebook as its files are now; kept open. Takes seconds the first time: not for the event loop.

        Raises :class:`RulebookError` where it cannot be read, :class:`NoSuchRegion` for a name that is not in the list.
        """
        self.region_folder(name)
        with self._lock:
            session, lock = self._open.setdefault(name, (Session(name), Lock()))
        with lock:
            return session.book

    def results(self) -> list[Run]:
        """The results below the folder, the last written first."""
        found = [run for folder in self._folders() if (run := _run(self.folder, folder)) is not None]
        titles = [_title(run.folder) for run in found]
        once = {title for title, times in Counter(titles).items() if times == 1}
        named = [
            replace(run, title=title if title in once else run.name) for run, title in zip(found, titles, strict=True)
        ]
        return sorted(named, key=lambda run: -run.written)

    def result(self, name: str) -> Run | None:
        """The result of that name in the list, if there is one."""
        return next((run for run in self.results() if run.name == name), None)

    def open_result(self, name: str) -> OpenResult:
        """The result of that name, open. Raises :class:`DataError` where there is none."""
        run = self.result(name)
        if run is None:
            raise DataError(f"没有结果 {name}", "它可能移走了，或改了名")
        return self._results.of(run.folder, run.written)

    def table_folders(self, region: str) -> dict[str, Path]:
        """Folders with files that may be tables, whatever they are called, but no results: those of the region first,
        by the name that a reader sees.
        """
        own = self.region_folder(region)
        rules = {"amendments", "原文"}
        return {
            _name_of(folder, self.folder, own): folder
            for top in (own, self.folder)
            for folder in _below(top)
            if folder not in (own, self.folder) and folder.name not in rules and not (folder / RUN_FILE).exists()
            and not (folder.is_relative_to(self.folder / "regions") and not folder.is_relative_to(own))
            and _files(folder)
        }  # fmt: skip

    def mappings(self, region: str) -> dict[str, Path]:
        """YAML files beside tables, and where the workbench keeps those that are written on its pages."""
        kept = {_name_of(folder, self.folder, self.folder): folder for folder in _below(self.folder / DELIVERIES)}
        return {
            f"{name}/{path.name}": path
            for name, folder in {**self.table_folders(region), **kept}.items() if folder.is_dir()
            for path in sorted(folder.iterdir()) if path.suffix.lower() in (".yaml", ".yml") and path.is_file()
        }  # fmt: skip

    def data_folders(self, region: str, tables: frozenset[str]) -> dict[str, Path]:
        """Folders with a file of one of ``tables``, by the name that a reader sees: the region's own first, then those
        of the working folder that are no region's."""
        own = self.region_folder(region)
        others = [self.folder / "regions", shipped("regions")]
        found: dict[str, Path] = {}
        for top in (own, self.folder):
            for folder in _below(top):
                foreign = top is not own and any(folder.is_relative_to(other) for other in others)
                if not foreign and any(path.stem in tables and path.is_file() for path in _files(folder)):
                    found.setdefault(_name_of(folder, self.folder, own), folder)
        return found

    def _folders(self) -> Iterator[Path]:
        yield from _below(self.folder)


def _below(top: Path) -> Iterator[Path]:
    """``top`` and the folders below it, without those that a person hides and what a result holds."""
    waiting, seen = [(top, 0)], 0
    while waiting and seen < MOST:
        folder, depth = waiting.pop(0)
        seen += 1
        yield folder
        if depth < DEEPEST:
            waiting += [(path, depth + 1) for path in _inner(folder)]


def _inner(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name for entry in entries
                if entry.is_dir(follow_symlinks=False)
                and not entry.name.startswith((".", "_")) and entry.name not in NOT_LOOKED_INTO
            ]  # fmt: skip
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in KINDS]
    except OSError:
        return []


def _name_of(folder: Path, below: Path, own: Path) -> str:
    if folder.is_relative_to(own):
        return folder.relative_to(own).as_posix()
    return shown(folder) if not folder.is_relative_to(below) else folder.relative_to(below).as_posix()


def _title(folder: Path) -> str:
    """The folder of a result without those around it; which side it is of a simulation."""
    side = TITLES.get(folder.name)
    is_of_simulation = side is not None and (folder.parent / SIMULATION).is_file()
    return f"{folder.parent.name}（{side}）" if is_of_simulation else folder.name


def _run(top: Path, folder: Path) -> Run | None:
    path = folder / RUN_FILE
    try:
        said = json.loads(path.read_text("utf-8"))
        written = path.stat().st_mtime
        region, program, period = (str(said[name]) for name in ("region", "program", "period"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Run(folder.relative_to(top).as_posix(), folder, region, program, period, written)
