"""What all commands print alike: problems, stops, tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from engine.data.errors import DataError
from engine.execute.result import RunStopped
from engine.rulebook.problems import Problem, RulebookError

T = TypeVar("T")


def console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def errors() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_problem(screen: Console, problem: Problem) -> None:
    """Place and code, the sentence, what to do, and the formula with a caret."""
    colour = {"E": "red", "W": "yellow", "I": "cyan"}[problem.code[0]]
    screen.print(f"{escape(str(problem.place))} [{colour}]{problem.code}[/] {escape(problem.message)}")
    if problem.excerpt:
        for line in problem.excerpt.splitlines():
            screen.print(f"    {escape(line)}", style="dim")
    if problem.hint:
        screen.print(f"    → {escape(problem.hint)}", style="green")


@contextmanager
def stops() -> Iterator[None]:
    """Turns what a user can mend into a message and exit code 1; anything else is a mistake of the program."""
    screen = errors()
    try:
        yield
    except RulebookError as error:
        for problem in error.problems:
            print_problem(screen, problem)
        sys.exit(1)
    except RunStopped as stop:
        screen.print(f"[red]停止[/] {escape(stop.message)}")
        for line in stop.details:
            screen.print(f"  · {escape(line)}")
        if stop.hint:
            screen.print(f"  → {escape(stop.hint)}", style="green")
        sys.exit(1)
    except DataError as error:
        screen.print(f"[red]数据[/] {escape(error.message)}")
        if error.hint:
            screen.print(f"  → {escape(error.hint)}", style="green")
        sys.exit(1)


def table(title: str, headings: list[str], rows: list[list[str]], right: Callable[[int], bool] = lambda i: False) -> Table:
    """A table for the terminal; ``right`` says which columns hold numbers."""
    made = Table(title=escape(title), title_justify="left", header_style="bold")
    for index, heading in enumerate(headings):
        made.add_column(escape(heading), justify="right" if right(index) else "left", overflow="fold")
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    return made
