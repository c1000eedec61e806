"""Runs both states of the rules over the same data: a folder with two results, their rules, and what differs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.data.occupied import RUN_FILE
from engine.execute.period import Period, parse_periods
from engine.files.errors import DataError, RunStopped
from engine.files.whole import write_whole
from engine.rulebook.book import Book
from engine.settle import settle
from engine.settle.may_run import program_of, refuse_pending, sound
from engine.simulate.frozen import freeze
from engine.simulate.variants import FileChange, changes
from engine.watching.watching import UNWATCHED, Watching

FILE, BEFORE, AFTER, RULES = "simulation.json", "before", "after", "rules"
TITLES = {BEFORE: "原来", AFTER: "改后"}


@dataclass(frozen=True)
class Simulation:
    """``folder`` has a result in ``before`` and one in ``after``, and the rules that they were run from in ``rules``.

    ``against``: what the second state is, as it was named; empty for the drafts. ``changed``: what it says otherwise.
    """

    folder: Path
    region: str
    title: str
    program: str
    period: str
    against: str
    changed: tuple[FileChange, ...]

    @property
    def before(self) -> Path:
        return self.folder / BEFORE

    @property
    def after(self) -> Path:
        return self.folder / AFTER

    @property
    def is_whole(self) -> bool:
        """Whether both results stand: whoever ran them may have been ended between."""
        return all((place / RUN_FILE).is_file() for place in (self.before, self.after))


def one_period(text: str) -> Period:
    """Of a simulation. ``ValueError`` with a Chinese sentence."""
    first, *others = parse_periods(text)
    if others:
        raise ValueError("试算一次只算一个期间")
    return first


def simulate(
    before: Book,
    after: Book,
    program: str,
    period: Period,
    data: Sequence[str | Path],
    out: Path,
    *,
    against: str = "",
    watching: Watching = UNWATCHED,
    **options: Any,
) -> Simulation:
    """``options``: ``previous``, ``mapping``, ``engine``, ``memory`` of :func:`engine.settle.settle`.

    Nothing is run where the rules of one of them have errors, or both say the same. ``out`` is a new folder; where
    a run stops, it is gone again. Raises what ``settle`` raises.
    """
    for book in (before, after):
        sound(book)
        refuse_pending(book, program_of(book, program, period), period)
    if before.fingerprint() == after.fingerprint():
        raise RunStopped("两边的规则完全一样，没有可试算的")
    out = out.absolute()
    if out.exists():
        raise DataError(f"{out} 已经有了", "试算写到一个新的文件夹：换一个 --out")
    changed = tuple(changes(before, after))
    made = Simulation(out, before.name, before.title, program, str(period), against, changed)
    out.mkdir(parents=True)
    try:
        _write(made)
        frozen = [freeze(book, out / RULES / name) for name, book in ((BEFORE, before), (AFTER, after))]
        for number, (book, name) in enumerate(zip(frozen, (BEFORE, AFTER), strict=True), 1):
            settle(
                book, program, period, data, out / name, watching=watching.of(TITLES[name], number, 2), **options
            )  # fmt: skip
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise
    return made


def read_simulation(folder: Path) -> Simulation:
    """Raises :class:`DataError` for a folder that is none, or is not whole."""
    try:
        said = json.loads((folder / FILE).read_text("utf-8"))
        changed = tuple(FileChange(str(one["file"]), tuple(map(str, one["said"]))) for one in said["changed"])
        texts = {name: str(said[name]) for name in ("region", "title", "program", "period", "against")}
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(f"{folder} 不是一次试算的文件夹", "它可能移走了，或没有写完") from None
    found = Simulation(folder, changed=changed, **texts)
    if not found.is_whole:
        raise DataError(f"{folder} 里的试算没有算完", "删掉这个文件夹，再算一次")
    return found


def _write(made: Simulation) -> None:
    said = asdict(made)
    said.pop("folder")
    write_whole(made.folder / FILE, json.dumps(said, ensure_ascii=False, indent=1))
