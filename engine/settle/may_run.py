"""Whether a program may run at all: the rulebook is sound, has it for the period, and lacks nothing that it reaches."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from weakref import WeakSet

from engine.checked import problems_of
from engine.execute.period import Period
from engine.execute.reference.days import rules_of
from engine.files.errors import RunStopped
from engine.rulebook.book import Book
from engine.rulebook.model import Program
from engine.rulebook.pending import pending, sheets
from engine.rulebook.problems import RulebookError

_SOUND: WeakSet[Book] = WeakSet()
_SOUND_FILES: set[tuple[Any, ...]] = set()
"""Folder, day and files of rulebooks that were found sound: read again in this process, they are what they were."""


def program_of(book: Book, name: str, period: Period) -> Program:
    """The program as it stands at the end of the period. Raises :class:`RunStopped` where it may not run at all."""
    if book.template:
        raise RunStopped(f"{book.title} 是模板，自己不结算", hint="由各市 沿用 它，补齐待定的数值后再运行")
    try:
        snapshot = book.at(period.end)
    except ValueError as error:
        raise RunStopped(str(error)) from None
    program = snapshot.programs.get(name)
    if program is None:
        raise RunStopped(f"{book.title} 没有程序 {name}", hint=f"有：{'、'.join(snapshot.programs)}")
    if period.kind not in program.periods:
        raise RunStopped(f"{name} 的期间是 {'、'.join(program.periods)}，不能用 {period}")
    return program


def sound(book: Book) -> None:
    """Raises :class:`RulebookError` if the rulebook has any error: a wrong rulebook never settles."""
    files = (book.folder, book.as_of, book.read_from) if book.read_from else None
    if book not in _SOUND and files not in _SOUND_FILES:  # a range of periods, or of commands, checks it once
        errors = [problem for problem in problems_of(book) if problem.is_error]
        if errors:
            raise RulebookError(errors)
        _SOUND.add(book)
        if files is not None:
            _SOUND_FILES.add(files)


def refuse_pending(book: Book, program: Program, period: Period, delivered: Collection[str] | None = None) -> None:
    """Stops where the program reaches a figure that is 待定, and names them all.

    ``delivered``: the tables that were; ``None``: not known yet, then only what none of them could bring (交来).
    """
    details: dict[str, str] = {}
    for snapshot in rules_of(book, program, period):
        brought = sheets(snapshot) if delivered is None else delivered
        for name, what in pending(snapshot, program, brought).items():
            about = snapshot.entries[name].provenance
            details[name] = f"{name}：缺 {what}（{about.cite}）{about.note}"
    if details:
        raise RunStopped(
            f"{book.title} 的 {program.name} 用到 {len(details)} 项待定的规定，不能结算",
            [details[name] for name in sorted(details)],
            "由统筹地区给出数值：新建一个 沿用 本地区的文件夹，写上 取值 或 表",
        )  # fmt: skip
