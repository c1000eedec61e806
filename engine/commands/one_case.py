"""What the commands of one case are asked alike, and how they refuse."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from engine.commands.screen import errors, print_folded

if TYPE_CHECKING:
    from engine.pricing.problems import CannotPrice
    from engine.pricing.region import Region

Command = TypeVar("Command", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--period", required=True, help="2025、2025Q1 或 2025-03"),
    click.option("--data", multiple=True, help="公布的表在哪里，如 casemix run 的 --data；可写几个，后盖前"),
    click.option("--program", help="按哪个程序；不写就是这种期间里写了 需要 的那一个"),
    click.option(
        "--case", "case", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="字段写在一个 JSON 文件里"
    ),
    click.option("--key", metavar="键", help="从 --data 的表里取这一行：它的键，几项用逗号隔开；别处写的盖在上面"),
    click.option("--published", metavar="DIR", help="已经结算的 --out 文件夹：只有全部行才算得出的值从那里读"),
    click.option("--previous", metavar="DIR", help="上期的 --out 文件夹"),
)


def of_one_case(command: Command) -> Command:
    """The options by which a region is opened and a case is given."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def given(
    opened: Region, fields: tuple[str, ...], case: Path | None, key: str | None, data: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """What was said of a case: its row in the data, over it the file, and over that what stands on the command line."""
    from engine.pricing.given_json import case_and_below, exact_json
    from engine.pricing.problems import CannotPrice

    record: dict[str, Any] = {}
    below: dict[str, list[Any]] = {}
    if key is not None:
        from engine.pricing.delivered import find_case

        found = find_case(opened, key, data)
        record, below = dict(found.record), dict(found.below)
    if case is not None:
        said, rows = case_and_below(exact_json(case.read_bytes()))
        record, below = record | said, below | rows
    for text in fields:
        name, equals, value = text.partition("=")
        if not equals:
            raise CannotPrice(f"{text} 不是 字段=值")
        record[name] = value or None
    return record, below


def refused(error: CannotPrice) -> None:
    """Prints why there is no price, and ends."""
    screen = errors()
    print_folded(screen, error.message, "停止 ", mark_style="red")
    for line in error.details:
        print_folded(screen, line.strip(), "  · ")
    if error.hint:
        print_folded(screen, error.hint, "  → ", style="green")
    sys.exit(1)
