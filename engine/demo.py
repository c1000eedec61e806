"""``make demo``: the commands a newcomer would type, on the month of data that ships with a demonstration region.

Which region, program and data these are, and what is explained, stands in ``demo.toml`` beside the data.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import tomllib
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from engine.cli import main
from engine.rulebook.locate import shipped

SETTINGS = "demo.toml"


def demo(out: Path, settings: Path) -> int:
    """Runs every command of the demonstration; the exit code of the first that fails, or 0."""
    told = tomllib.loads(settings.read_text("utf-8"))
    screen = Console(highlight=False, soft_wrap=True)
    _introduce(screen, told, settings.parent)
    folder = out / told["period"]
    explained = told["explain"]
    value = ["--value", explained["value"]] if "value" in explained else []
    formats = ["--format", "csv", "--format", "xlsx"]
    options = ["--period", told["period"], "--data", str(settings.parent), "--out", str(folder), *formats]
    calls = [
        (told["say"]["check"], ["check", told["check"]]),
        (told["say"]["show"], ["show", told["check"], told["show"]]),
        (told["say"]["run"], ["run", told["region"], told["program"], *options]),
        (told["say"]["explain"], ["explain", str(folder), explained["grain"], explained["key"], *value]),
    ]
    for number, (say, arguments) in enumerate(calls, start=1):
        screen.print(f"\n[bold]{number}. {escape(say)}[/]")
        screen.print(f"[green]$ casemix {escape(' '.join(_typed(part) for part in arguments))}[/]\n")
        code = _call(arguments)
        if code:
            return code
    _list(screen, folder)
    return 0


def settings_file() -> Path:
    """The first ``demo.toml`` in a folder of a region that ships with the package."""
    found = sorted(shipped("regions").glob(f"*/*/{SETTINGS}"))
    if not found:
        raise FileNotFoundError(f"no {SETTINGS} below {shipped('regions')}")
    return found[0]


def _introduce(screen: Console, told: dict[str, Any], data: Path) -> None:
    screen.print(f"[bold]{escape(told['title'])}[/]")
    for line in told["about"]:
        screen.print(escape(line))
    screen.print(f"\n[bold]数据[/] {escape(str(data))}")
    for path in sorted(data.glob("*.csv")):
        rows = len(path.read_text("utf-8-sig").splitlines()) - 1
        screen.print(f"  {escape(path.stem)} {rows} 行")


def _typed(argument: str) -> str:
    """An argument as a person types it: in quotes only where it holds a blank."""
    return shlex.quote(argument) if " " in argument else argument


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


def _list(screen: Console, folder: Path) -> None:
    screen.print(f"\n[bold]写出的文件[/] {escape(str(folder))}")
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            screen.print(f"  {escape(path.relative_to(folder).as_posix())}")


def run(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.demo", description="Settle a month of made-up data.")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep the results in DIR (new or empty)")
    keep: Path | None = parser.parse_args(arguments).keep
    with ExitStack() as stack:
        out = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="casemix-demo-")))
        code = demo(out, settings_file())
        if not code and keep is None:
            Console(highlight=False, soft_wrap=True).print(
                "（临时文件夹，现在删去；python -m engine.demo --keep DIR 留下结果）"
            )
    return code


if __name__ == "__main__":
    sys.exit(run())
