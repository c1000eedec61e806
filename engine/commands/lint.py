"""``casemix lint``: what is right and yet hard to read, or likely not meant."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_folded, print_problem, stops
from engine.commands.streams import finished

if TYPE_CHECKING:
    from engine.lint.all import Linted
    from engine.lint.findings import Finding


@usage.command("lint")
@click.argument("places", nargs=-1, metavar="[REGION|文件夹|文件]…")
@click.option("--json", "as_json", type=click.Path(path_type=Path, dir_okay=False), help="写成这个 JSON 文件")
def command(places: tuple[str, ...], as_json: Path | None) -> None:
    """规则没有错，可是难读、容易改漏，或和条款对不上的地方。不写就是全部地区；文件夹是里面的地区，文件只说那一个。

    说得不对的，在那一条旁边写 不提示: 公式太长（写提示的名字），以后就不提。有提示时退出码为 1。
    """
    with stops():
        from engine.check import check_book
        from engine.lint.all import linted
        from engine.rulebook.book import load
        from engine.rulebook.layers import shown
        from engine.rulebook.locate import names_of_regions, places_in

        found: dict[str, Linted] = {}
        wrong: dict[str, int] = {}
        for region, file in [one for place in places or names_of_regions() for one in places_in(place)]:
            book = load(region)
            problems = [problem for problem in check_book(book) if problem.is_error]
            for problem in problems:
                print_problem(errors(), problem)
            if problems:
                wrong[region] = len(problems)
                errors().print(f"[red]✗[/] {escape(book.title)}：先改好 {len(problems)} 个错误，再看提示")
                continue
            about = shown(file) if file is not None else region
            found[about] = linted(book, file)
            _print(found[about].findings)
            count = len(found[about].findings)
            told = f"{count} 处提示，见 docs/lint.md" if count else "没有提示"
            named = f"{book.title}（{shown(file) if file is not None else book.name}）"
            console().print(f"[green]✓[/] {escape(named)}：{told}")
            if line := _not_compared(found[about]):
                print_folded(console(), line, "  ", style="yellow")
        if as_json is not None:
            as_json.write_text(_json(found, wrong), "utf-8")
            finished(str(as_json))
    sys.exit(1 if wrong or any(one.findings for one in found.values()) else 0)


def _print(found: list[Finding]) -> None:
    for one in found:
        console().print(
            f"{escape(str(one.place))} [cyan]{one.code} {one.kind}[/] {escape(f'{one.name}：{one.message}')}"
        )
        print_folded(console(), one.better, "    → ", style="green")


def _not_compared(found: Linted) -> str:
    """That figures were not held against a text is said: nothing told of them would look as if they agreed."""
    figures = found.figures
    if not figures.without:
        return ""
    why = "；".join(f"{reason}（{count} 个）" for reason, count in figures.without.most_common())
    told = f"正式的数 {figures.official} 个，和原文核对了 {figures.compared} 个。没有核对的：{why}"
    return f"{told}；办法的文字用 casemix text 录入" if figures.unregistered else told


def _json(found: dict[str, Linted], wrong: dict[str, int]) -> str:
    rows = [
        {
            "region": region,
            "code": one.code,
            "kind": one.kind,
            "file": one.place.file,
            "line": one.place.line,
            "column": one.place.column,
            "name": one.name,
            "message": one.message,
            "better": one.better,
        }
        for region, of_it in found.items()
        for one in of_it.findings
    ]
    figures = [
        {
            "region": region,
            "official": one.figures.official,
            "compared": one.figures.compared,
            "not_compared": dict(one.figures.without),
        }
        for region, one in found.items()
    ]
    left = [{"region": region, "errors": count} for region, count in wrong.items()]
    return (
        json.dumps({"findings": rows, "figures": figures, "not_looked_at": left}, ensure_ascii=False, indent=1) + "\n"
    )
