"""Data to write a script by where none is given, and the period where none is said."""

from __future__ import annotations

from pathlib import Path

from engine.execute.period import Period, parse_period
from engine.files.errors import RunStopped
from engine.rulebook.book import Book
from engine.synth.make import Options, Progress, synthesize


def period_for(book: Book, program: str, text: str) -> Period:
    """The period said, else the first whole one of the year in which the rules last changed, as the program counts.

    Raises ``ValueError`` for a period that is none.
    """
    if text:
        return parse_period(text)
    last = book.epochs[-1]
    year = last.year if (last.month, last.day) == (1, 1) else last.year + 1
    found = book.at(book.epochs[-1]).programs.get(program)
    if found is None:
        names = "、".join(book.at(book.epochs[-1]).programs)
        raise RunStopped(f"{book.title} 没有程序 {program}", hint=f"有：{names}")
    return parse_period({"年": f"{year}", "季": f"{year}Q1", "月": f"{year}-01"}[found.periods[0]])


def data_for(book: Book, period: Period, cases: int, out: Path, progress: Progress) -> Path:
    """Synthetic data of every table, also of those that other programs fill."""
    months = parse_period(str(period.year))
    synthesize(book, Options(cases, months, months, everything=True), out, progress=progress)
    return out
