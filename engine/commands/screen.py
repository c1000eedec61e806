"""What all commands print alike: problems, stops, tables."""

from __future__ import annotations

import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.text import Text

from engine.commands.lines import WIDEST, folded
from engine.commands.streams import results
from engine.files.errors import DataError, RunStopped, why
from engine.files.system import ending_signals
from engine.rulebook.problems import Problem, RulebookError
from engine.watching.cancel import Cancel
from engine.watching.event import Event

HEADING = 12
"""Cells a heading may be wide before it is broken into lines."""
GAP = 3
"""Cells between two columns."""


_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Signs that a terminal would obey (escape sequences, the direction of writing), and bytes that are no text."""


def plain(text: str) -> str:
    """``text`` with what a terminal would obey written out: a name from a file may hold anything."""
    return _OBEYED.sub(lambda mark: f"<U+{ord(mark[0]):04X}>", text)


class Screen(Console):
    """Prints no sign from a name, a path or a cell that the terminal would obey."""

    def __init__(self, stderr: bool = False) -> None:
        terminal = (sys.stderr if stderr else sys.stdout).isatty()  # whatever FORCE_COLOR says: no colours in files
        super().__init__(
            stderr=stderr, highlight=False, soft_wrap=True, emoji=False,
            force_terminal=terminal, force_interactive=None if terminal else False,
        )  # fmt: skip

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(plain(text), **options)


def console() -> Console:
    return Screen()


def errors() -> Console:
    return Screen(stderr=True)


def progress_on(status: Status) -> Callable[[str], None]:
    """What shows the step of a long work."""
    return lambda text: status.update(escape(plain(text)))


def events_on(status: Status) -> Callable[[Event], None]:
    """The same for steps that are told as data."""
    show = progress_on(status)
    return lambda event: show(event.text)


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
def stops(cancel: Cancel | None = None) -> Iterator[None]:
    """Turns what a user can mend into a message and exit code 1; anything else is a mistake of the program.

    An interruption, also by a SIGTERM or SIGHUP, ends the work as an error does: nothing half-written stays. It sets
    ``cancel``, too: an interruption that came where Python lets none through is noticed at the next step.
    """
    screen = errors()
    with _ended_by_signals(cancel or Cancel()) as ended:
        try:
            with _said_on(screen):
                yield
        except (KeyboardInterrupt, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "query interrupted" not in str(error).lower():
                raise
            screen.print("[red]已取消[/] 没有写完的结果不会留下")
            _say_what_stands(screen)
            sys.exit(128 + (ended[0] if ended else signal.SIGINT))


@contextmanager
def _ended_by_signals(cancel: Cancel) -> Iterator[list[int]]:
    """SIGTERM and SIGHUP interrupt as Ctrl-C does; which of them came is in the list."""
    ended: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        ended.append(number)
        cancel.set()
        raise KeyboardInterrupt

    wanted = [signal.SIGINT, *ending_signals()]
    if threading.current_thread() is not threading.main_thread():
        wanted = []
    before = {number: signal.getsignal(number) for number in wanted}
    changed = [
        number for number, handler in before.items()
        if handler in (signal.SIG_DFL, signal.default_int_handler)  # nohup ignores SIGHUP
    ]  # fmt: skip
    for number in changed:
        signal.signal(number, end)
    try:
        yield ended
    finally:
        for number in changed:
            signal.signal(number, before[number])


@contextmanager
def _said_on(screen: Console) -> Iterator[None]:
    try:
        yield
    except RulebookError as error:
        for problem in error.problems:
            print_problem(screen, problem)
        _say_what_stands(screen)
        sys.exit(1)
    except RunStopped as stop:
        print_folded(screen, stop.message, "停止 ", mark_style="red")
        for line in stop.details:
            below = line.startswith("  ")
            print_folded(screen, line.strip(), "      " if below else "  · ")
        for line in (stop.hint, stop.left):
            if line:
                print_folded(screen, line, "  → ", style="green")
        _say_what_stands(screen)
        sys.exit(1)
    except DataError as error:
        several = getattr(error, "errors", (error,))
        if len(several) > 1:
            screen.print(f"[red]数据[/] 有 {len(several)} 处问题，都要改：")
        for number, one in enumerate(several, 1):
            first = "数据 " if len(several) == 1 else f"  {number}. "
            print_folded(screen, one.message, first, mark_style="red" if len(several) == 1 else "")
            if one.hint:
                print_folded(screen, one.hint, "  → " if len(several) == 1 else "     → ", style="green")
        _say_what_stands(screen)
        sys.exit(1)
    except OSError as error:
        where = f"（{escape(str(error.filename)[:120])}）" if error.filename else ""
        screen.print(f"[red]文件[/] {escape(why(error))}{where}")
        screen.print(f"  → 检查路径、权限和磁盘空间{_nothing()}", style="green")
        _say_what_stands(screen)
        sys.exit(1)
    except Exception as error:
        if not isinstance(error, MemoryError) and type(error).__name__ != "OutOfMemoryException":  # of a database
            raise
        screen.print(f"[red]停止[/] 内存不够{_nothing()}")
        screen.print("  → 关掉别的程序，换内存大的机器，或用 --memory 限制数据库的内存，如 2GB", style="green")
        _say_what_stands(screen)
        sys.exit(1)


def _nothing() -> str:
    """Said only where it is so."""
    return "" if results() else "；没有写出结果"


def _say_what_stands(screen: Console) -> None:
    """Of several results those that were finished before the stop."""
    done = results()
    if done:
        screen.print(f"  → 在这之前写好的结果留着：{escape('、'.join(done))}", style="green")


def print_folded(screen: Console, text: str, mark: str, style: str = "", mark_style: str = "") -> None:
    """A sentence behind ``mark``, on a terminal in lines of at most 100 cells that begin below its first sign."""
    room = cell_len(mark)
    lines = folded(text, min(screen.width, WIDEST) - room) if screen.is_terminal else [text]
    for number, line in enumerate(lines):
        before = Text(" " * room if number else mark, mark_style or style)
        screen.print(before.append(plain(line), style))


def print_table(
    screen: Console,
    title: str,
    headings: list[str],
    rows: list[list[str]],
    right: Callable[[int], bool] = lambda i: False,
    keys: int = 1,
) -> None:
    """A table for the terminal; ``right`` says which columns hold numbers.

    A table that is too wide is printed in parts that all begin with its ``keys`` columns; no cell is ever broken.
    """
    if title:
        screen.print(f"[bold]{escape(title)}[/]")
    if not rows:
        screen.print("  （没有行）", style="dim")
        return
    for number, columns in enumerate(_parts(_widths(headings, rows), keys, screen.width)):
        if number:
            screen.print()
        _print_part(screen, [(headings[i], [row[i] for row in rows], right(i)) for i in columns])


def _widths(headings: list[str], rows: list[list[str]]) -> list[int]:
    """Cells a column needs: those of its widest value, and of its heading broken into lines."""
    widths = []
    for index, heading in enumerate(headings):
        value = max((cell_len(row[index]) for row in rows), default=0)
        widths.append(max(value, min(cell_len(heading), max(value, HEADING))))
    return widths


def _parts(widths: list[int], keys: int, room: int) -> list[list[int]]:
    """Column numbers of each part: the keys, then as many others as the screen has room for."""
    first, others = list(range(keys)), list(range(keys, len(widths)))
    taken = sum(widths[i] + GAP for i in first)
    parts: list[list[int]] = []
    used = room + 1
    for index in others:
        if used + widths[index] + GAP > room:
            parts.append(list(first))
            used = taken
        parts[-1].append(index)
        used += widths[index] + GAP
    return parts or [first]


_Column = tuple[str, list[str], bool]
"""Its heading, its cells, and whether they are numbers."""


def _print_part(screen: Console, columns: list[_Column]) -> None:
    """Drawn here, as a table of rich takes its time with each cell: bold headings, a line, and the rows."""
    drawn = [_drawn(*column) for column in columns]
    across = GAP * (len(drawn) - 1) + sum(cell_len(lines[0][0]) for lines in drawn)
    gap, line = " " * GAP, ("-" if screen.options.ascii_only else "─") * across
    headings, *others = zip(*drawn, strict=True)
    heading, rows = _row(headings, gap, from_below=True), [_row(cells, gap) for cells in others]
    screen.print(Text(heading, "bold"))
    screen.out("\n".join([line, *rows]), highlight=False)


def _drawn(heading: str, values: list[str], is_right: bool) -> list[list[str]]:
    """The lines of the heading and of each cell, all of them as wide as the column."""
    heading, values = plain(heading), list(map(plain, values))
    (width,) = _widths([heading], [[value] for value in values])
    cells = [
        [part for line in heading.split("\n") for part in _lines(line, width)],
        *(value.expandtabs().split("\n") for value in values),
    ]
    width = max(cell_len(line) for lines in cells for line in lines)
    return [[_filled_up(line, width, is_right) for line in lines] for lines in cells]


def _filled_up(text: str, width: int, is_right: bool) -> str:
    room = " " * (width - cell_len(text))
    return room + text if is_right else text + room


def _row(cells: Sequence[list[str]], gap: str, from_below: bool = False) -> str:
    """One row, as many lines high as its highest cell."""
    high = max(map(len, cells))
    if high > 1:
        empty = [[" " * cell_len(lines[0])] * (high - len(lines)) for lines in cells]
        cells = [more + lines if from_below else lines + more for lines, more in zip(cells, empty, strict=True)]
    return "\n".join(gap.join(lines) for lines in zip(*cells, strict=True))


def _lines(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` cells, as even as can be."""
    if cell_len(text) <= width:
        return [text]
    count = -(-cell_len(text) // max(width - 1, 2))
    each = -(-cell_len(text) // count)
    lines = [""]
    for sign in text:
        if cell_len(lines[-1]) >= each and len(lines) < count:
            lines.append("")
        lines[-1] += sign
    return lines
