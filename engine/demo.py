"""``make demo`` and ``make demo-month``: the commands a newcomer would type, one after the other, with their seconds.

Which regions, programs and data these are, and what is explained, stands in ``demo.toml`` of a demonstration region.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from engine.cli import main
from engine.commands.screen import print_table
from engine.rulebook.locate import shipped

SETTINGS = "demo.toml"
MOST_FILES = 30
"""Files that are listed one by one; of more, only the tables of each folder."""
WAIT = 0.2
"""Seconds between two looks for the folder that a step beside the others waits for."""


@dataclass(frozen=True)
class Done:
    """What became of a command: its exit code, what it printed (if that was kept) and how long it took."""

    code: int
    printed: str
    seconds: float


@dataclass
class Demo:
    """The steps of one demonstration.

    A step is told in ``demo.toml``: ``say`` and ``command``; ``until``, the beginning of the line where its output is
    cut; ``table`` with ``title`` and ``sql``, shown after it; ``key``, SQL that finds the {key} of its command. Steps
    with ``beside`` run in processes of their own, one after another, as soon as that folder is there; what they print
    is shown in turn.
    """

    told: dict[str, Any]
    places: dict[str, str]
    screen: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True, emoji=False))
    stopped: threading.Event = field(default_factory=threading.Event)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self) -> int:
        """The exit code of the first command that fails, or 0."""
        self._introduce()
        begun = time.perf_counter()
        with ExitStack() as stack:
            beside: dict[int, Future[tuple[str, Done]]] = {}
            pool = stack.enter_context(ThreadPoolExecutor(1))
            stack.callback(self._stop)
            for number, step in enumerate(self.told["steps"]):
                if "beside" in step:
                    beside[number] = pool.submit(self._beside, step)
            for number, step in enumerate(self.told["steps"]):
                self.screen.print(f"\n[bold]{number + 1}. {escape(step['say'])}[/]")
                typed, done = beside[number].result() if number in beside else self._now(step)
                if number in beside:
                    self._type(typed)
                self._show(step, done)
                if done.code:
                    return done.code
        self._list(Path(self.places["out"]), time.perf_counter() - begun)
        return 0

    def _introduce(self) -> None:
        self.screen.print(f"[bold]{escape(self.told['title'])}[/]")
        for line in self.told["about"]:
            self.screen.print(escape(line))
        if "data" in self.told:
            data = Path(self.places["data"])
            self.screen.print(f"\n[bold]数据[/] {escape(str(data))}")
            for path in sorted(data.glob("*.csv")):
                rows = len(path.read_text("utf-8-sig").splitlines()) - 1
                self.screen.print(f"  {escape(path.stem)} {rows} 行")

    def _now(self, step: dict[str, Any]) -> tuple[str, Done]:
        """A step in this process."""
        typed = self._typed(step)
        self._type(typed)
        kept = io.StringIO()
        begun = time.perf_counter()
        with redirect_stdout(kept) if "until" in step else nullcontext():
            code = _call(_arguments(typed))
        return typed, Done(code, kept.getvalue(), time.perf_counter() - begun)

    def _beside(self, step: dict[str, Any]) -> tuple[str, Done]:
        """A step in a process of its own, once the folder it waits for is there."""
        while not Path(_filled(step["beside"], self.places)).exists():
            if self.stopped.wait(WAIT):
                return "", Done(1, "", 0)
        typed = self._typed(step)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "engine", *_arguments(typed)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        self.processes.append(process)
        if self.stopped.is_set():
            process.terminate()
        printed, _ = process.communicate()
        return typed, Done(process.returncode, printed, time.perf_counter() - begun)

    def _stop(self) -> None:
        self.stopped.set()
        for process in self.processes:
            if process.poll() is None:
                process.terminate()

    def _typed(self, step: dict[str, Any]) -> str:
        """The command as a person types it."""
        places = dict(self.places)
        if "key" in step:
            _, rows = self._query(step["key"])
            places["key"] = rows[0][0]
        return _filled(step["command"], {name: _quoted(text) for name, text in places.items()})

    def _type(self, typed: str) -> None:
        self.screen.print(f"[green]$ casemix {escape(typed)}[/]\n")

    def _show(self, step: dict[str, Any], done: Done) -> None:
        lines = done.printed.splitlines()
        if "until" in step and not done.code:
            cut = next((at for at, line in enumerate(lines) if line.startswith(step["until"])), len(lines))
            lines = [*lines[:cut], "…"] if 0 < cut < len(lines) else lines[:cut]
        for line in lines:
            self.screen.print(escape(line))
        if "table" in step and not done.code:
            headings, rows = self._query(step["table"]["sql"])
            numbers = [all(re.fullmatch(r"-?[\d.]+", row[index]) for row in rows) for index in range(len(headings))]
            self.screen.print()
            print_table(self.screen, step["table"]["title"], headings, rows, numbers.__getitem__)
        beside = "（与前面的步骤同时）" if "beside" in step else ""
        self.screen.print(f"\n[cyan]用时 {done.seconds:.1f} 秒{beside}[/]")

    def _query(self, sql: str) -> tuple[list[str], list[list[str]]]:
        """Headings and rows of SQL over what was written."""
        import duckdb

        filled = _filled(sql, {name: text.replace("'", "''") for name, text in self.places.items()})
        with duckdb.connect() as database:
            found = database.execute(filled)
            headings = [column[0] for column in found.description or ()]
            return headings, [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]

    def _list(self, folder: Path, seconds: float) -> None:
        self.screen.print(f"\n[bold]写出的文件[/] {escape(str(folder))}（共 {seconds:.1f} 秒）")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        if len(files) <= MOST_FILES:
            for path in files:
                self.screen.print(f"  {escape(path.relative_to(folder).as_posix())}")
            return
        runs = [path.parent for path in files if path.name == "run.json"]
        for inner in sorted({path.parent for path in files if not any(path.is_relative_to(one) for one in runs)}):
            self._tell(folder, inner, inner)
        for inner in runs:
            self._tell(folder, inner, inner / "statements")

    def _tell(self, folder: Path, inner: Path, tables: Path) -> None:
        """One line on a folder: its size and its tables."""
        size = sum(path.stat().st_size for path in inner.rglob("*") if path.is_file()) / 1e6
        names = "、".join(path.stem for path in sorted(tables.glob("*.parquet")))
        self.screen.print(f"  {escape(inner.relative_to(folder).as_posix())} {size:.1f} MB：{escape(names)}")


def settings_file() -> Path:
    """The first ``demo.toml`` in a folder of a region that ships with the package."""
    found = sorted(shipped("regions").glob(f"*/*/{SETTINGS}"))
    if not found:
        raise FileNotFoundError(f"no {SETTINGS} below {shipped('regions')}")
    return found[0]


def _filled(text: str, places: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda found: places.get(found[1], found[0]), text)


def _quoted(text: str) -> str:
    """In quotes only where a shell needs them."""
    return text if re.fullmatch(r"[\w@%+=:,./-]+", text) else shlex.quote(text)


def _arguments(typed: str) -> list[str]:
    """What a shell makes of a command: words, and ``{01..12}`` written out."""
    words = []
    for word in shlex.split(typed):
        found = re.search(r"\{(\d+)\.\.(\d+)\}", word)
        if not found:
            words.append(word)
            continue
        for number in range(int(found[1]), int(found[2]) + 1):
            words.append(f"{word[: found.start()]}{number:0{len(found[1])}}{word[found.end() :]}")
    return words


def _call(arguments: list[str]) -> int:
    """One command of the command line in this process."""
    try:
        main(arguments, prog_name="casemix", standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return 0


def run(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.demo", description="Settle a made-up city's year.")
    parser.add_argument("--month", action="store_true", help="the month that ships with the region instead")
    parser.add_argument("--cases", metavar="N", type=int, help="how many cases the made-up data have")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep the results in DIR (new or empty)")
    asked = parser.parse_args(arguments)
    settings = settings_file()
    told = tomllib.loads(settings.read_text("utf-8"))["month" if asked.month else "year"]
    with ExitStack() as stack:
        out = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casemix-demo-")))
        places = {"out": str(out), "data": str(settings.parent), "cases": str(asked.cases or told.get("cases", 0))}
        demo = Demo(told, places)
        code = demo.run()
        if not code and asked.keep is None:
            again = f"{_python()} -m engine.demo{' --month' * asked.month} --keep DIR"
            demo.screen.print(f"（临时文件夹，现在删去；{again} 留下结果）")
    return code


def _python() -> str:
    """This Python, as it is typed in this folder: whoever came here by ``make`` has none of that name on the path."""
    program, here = Path(sys.executable), Path.cwd()
    return shlex.quote(str(program.relative_to(here) if program.is_relative_to(here) else program))


if __name__ == "__main__":
    sys.exit(run())
