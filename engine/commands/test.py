"""``casemix test``: the region's own examples, and what no example reaches."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.check import named_or_all, read_and_checked
from engine.commands.screen import console, errors, print_problem, stops
from engine.rulebook.book import Book

if TYPE_CHECKING:
    from engine.testing.coverage import Coverage, Unreached
    from engine.testing.runner import Outcome


@usage.command("test")
@click.argument("regions", nargs=-1, metavar="[REGION]…")
@click.option("--coverage", is_flag=True, help="列出没有例子的情形、表行，和界值的低于、等于、高于")
@click.option("--new-rows", "proposes", is_flag=True, help="给没有例子的地方各试出一行例子；试不出的，给一行来填")
@click.option("--keep", "keeps", is_flag=True, help="和 --new-rows 一起：试出的行加进例子，留成草稿（casemix drafts）")
@click.option("--drafts", "drafted", is_flag=True, help="规则和例子盖上草稿再运行")
@click.option("--why", "explains", is_flag=True, help="不符的值怎么来的，一步一步列在下面")
@click.option("--verbose", "-v", is_flag=True, help="也列出通过的例子，和按写出的位数比较的值")
@click.option("--fractions", is_flag=True, help="除不尽的结果写成分数（7/3），不写成小数（≈ 2.3333）")
def command(
    regions: tuple[str, ...], coverage: bool, proposes: bool, keeps: bool, drafted: bool, explains: bool, verbose: bool,
    fractions: bool,
) -> None:  # fmt: skip
    """运行地区 tests/ 里的例子。有一个不符，或 --coverage 时有没有例子的地方，退出码为 1。"""
    if keeps and not proposes:
        raise click.UsageError("--keep 要和 --new-rows 一起写")
    with stops():
        asked = _Asked(coverage or proposes, proposes, keeps, drafted or keeps, explains, verbose, fractions)
        right = [_region(name, asked) for name in named_or_all(regions)]
    sys.exit(0 if right and all(right) else 1)


@dataclass(frozen=True)
class _Asked:
    """What the command was asked to tell, of each region."""

    coverage: bool
    proposes: bool
    keeps: bool
    drafted: bool
    explains: bool
    verbose: bool
    fractions: bool


def _region(name: str, asked: _Asked) -> bool:
    """Runs the examples of a region and tells of them; whether nothing is wrong and nothing is missing."""
    from engine.testing.coverage import coverage_of
    from engine.testing.runner import run_tests

    book, problems = read_and_checked(name, asked.drafted)
    broken = [problem for problem in problems if problem.is_error]
    if broken:
        for problem in broken:
            print_problem(errors(), problem)
        errors().print(f"[red]✗[/] {escape(book.title)}：规则有错，先用 casemix check 改好")
        return False
    reach = coverage_of(book) if asked.coverage else None
    outcomes = []
    for outcome in run_tests(book, reach, asked.fractions):
        outcomes.append(outcome)
        _print_outcome(book, outcome, asked)
    all_passed = _print_sum(book, outcomes)
    all_reached = reach is None or _print_unreached(book, reach, asked)
    return all_passed and all_reached


def _print_outcome(book: Book, outcome: Outcome, asked: _Asked) -> None:
    """An example that failed, with what it comes to; one that passed where everything is wanted."""
    screen = console()
    if not outcome.passed:
        screen.print(f"[red]✗[/] {escape(outcome.name)}（{escape(str(outcome.place))}）")
        for failure in outcome.failures:
            screen.print(f"    {escape(failure)}")
        if asked.explains:
            _explain(book, outcome)
    elif asked.verbose:
        screen.print(f"[green]✓[/] {escape(outcome.name)}：{outcome.compared} 个值")
        for line in outcome.at_digits:
            screen.print(f"    {escape(line)}", style="dim")


def _print_sum(book: Book, outcomes: list[Outcome]) -> bool:
    """How many examples came out; whether all did, and there are some where there are rules."""
    screen = console()
    failed = sum(not outcome.passed for outcome in outcomes)
    values = sum(outcome.compared for outcome in outcomes)
    mark = "[red]✗[/]" if failed else "[green]✓[/]"
    passed = len(outcomes) - failed
    screen.print(
        f"{mark} {escape(book.title)}（{book.name}）：{passed} 个例子符合，{failed} 个不符，共比较 {values} 个值"
    )
    endless = sum(len(outcome.at_digits) for outcome in outcomes)
    if endless:
        screen.print(f"    其中 {endless} 个值没有写舍入又除不尽，按例子写出的位数比较（-v 逐个列出）", style="dim")
    if outcomes:
        return not failed
    if has_rules(book):
        screen.print("    没有例子：在 tests/ 里写 YAML", style="yellow")
        return False
    screen.print("    只有数值和表，没有自己的规则，不需要例子", style="dim")
    return True


def _print_unreached(book: Book, reach: Coverage, asked: _Asked) -> bool:
    """What no example reaches, and a row that would; whether nothing is left."""
    screen = console()
    for item in reach.unreached():
        screen.print(f"    {escape(str(item.place))} {escape(item.name)}：{escape(item.what)}", style="yellow")
        if asked.proposes:
            screen.print(f"      → {escape(_proposed(book, reach, item, asked.keeps))}", style="green")
    touched, every = reach.counts()
    screen.print(f"    情形、表行和界值：{every} 处，有例子 {touched} 处，没有例子 {every - touched} 处")
    return touched == every


def _explain(book: Book, outcome: Outcome) -> None:
    """Of each value that did not come out, the tree of its reasons."""
    from engine.assist.reasons import reasons
    from engine.commands.explain import tree_of

    path = Path(outcome.place.file).absolute()
    for cell in outcome.cells:
        step = None if cell.right else reasons(book, path, outcome.name, cell.name, cell.grain, cell.row)
        if step is not None:
            console().print(tree_of(step))


def _proposed(book: Book, reach: Coverage, item: Unreached, keeps: bool) -> str:
    """A row that reaches it, as a line; ``keeps``: it goes into a draft."""
    from engine.assist.new_rows import new_row
    from engine.assist.new_rows_kept import FILE, keep_row
    from engine.drafts import Drafts, KeptMeanwhile
    from engine.excel.grid import Refused

    row = new_row(book, reach, item)
    if row is None:
        return "它什么也不读，没有可以给的"
    cells = "，".join(f"{name} {text}" for name, text in row.cells.items())
    where = "新的例子" if row.new is not None else f"例子“{row.example}”加一行"
    said = "应得的是现在算出来的，请核对" if row.reaches else "没有试出来，改到走得到为止"
    if keeps and row.reaches:
        try:
            made = keep_row(Drafts(book.folder), row, FILE)
            where = f"{made.file} 的例子“{made.example}”加了一行，留成草稿"
        except (Refused, KeptMeanwhile) as error:
            where = f"没有加（{error}）：{where}"
    return f"{where}：{cells}（{said}）"


def has_rules(book: Book) -> bool:
    """Whether the region's own layers say anything that an example could show: a rule, a check, a narrowed grain."""
    own = [layer for layer in book.layers if layer.folder == book.folder or book.folder in layer.folder.parents]
    raws = (raw for layer in own for raw in (*layer.entries, *layer.replaced))
    return any(raw.kind in ("rule", "check") or (raw.kind == "grain" and "条件" in raw.body) for raw in raws)
