"""``casemix synth``: data for every table that the region's programs read, shaped by the hints under 合成."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
from rich.markup import escape
from rich.status import Status

from engine.commands import usage
from engine.commands.screen import console, errors, print_problem, print_table, progress_on, stops
from engine.commands.streams import finished

FAULTS = ("missing", "order", "negative", "digits", "word", "reference")


@usage.command("synth")
@click.argument("region", metavar="REGION")
@click.option("--cases", required=True, type=click.IntRange(1, 2_000_000_000), help="多少例")
@click.option("--period", required=True, help="2025、2025-03，或 2022-01..2025-12")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="数据文件夹；完整出现，或不出现")
@click.option("--seed", default=1, show_default=True, help="同一个数造出同样的数据")
@click.option("--bad", default="0", show_default=True, help="坏行的比例，如 1% 或 0.01")
@click.option(
    "--fault", "faults", multiple=True, type=click.Choice(FAULTS),
    help="坏在哪里，可写几个；不写是 reference 以外的各种（引用不存在的行会挂起，运行会停下）",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="程序会算出来的表和列也造，不必先运行那些程序")
@click.option("--replace", is_flag=True, help="覆盖以前造的数据")
def command(
    region: str, cases: int, period: str, out: Path, seed: int, bad: str, faults: tuple[str, ...], everything: bool,
    replace: bool,
) -> None:  # fmt: skip
    """给 REGION 造数据，每张表一个 Parquet 文件，可作 run 的 --data。"""
    from engine.checked import load, problems_of
    from engine.execute.period import parse_periods
    from engine.synth.faults import REJECTED
    from engine.synth.hints import number
    from engine.synth.make import Options, synthesize

    share = number(bad)
    try:
        periods = parse_periods(period)
        if share is None or not 0 <= share <= 1:
            raise ValueError(f"--bad {bad} 看不懂：写 0 到 1 之间的比例，如 1% 或 0.01")
    except ValueError as error:
        errors().print(f"[red]停止[/] {escape(str(error))}")
        sys.exit(1)
    started = time.monotonic()
    with stops():
        book = load(region)
        broken = [problem for problem in problems_of(book) if problem.is_error]
        if broken:
            for problem in broken:
                print_problem(errors(), problem)
            sys.exit(1)
        options = Options(cases, periods[0], periods[-1], seed, share, faults or REJECTED, everything)
        with Status("准备", console=errors()) as status:
            reports = synthesize(book, options, out, replace_old=replace, progress=progress_on(status))
    finished(str(out))
    screen = console()
    screen.print(f"\n[bold]{escape(book.title)} 的合成数据[/] {period}，种子 {seed}")
    lines = [[r.table, str(r.rows), _size(r.size), f"{r.seconds:.1f}", str(sum(r.bad.values()) or "")] for r in reports]
    print_table(screen, "", ["表", "行数", "大小", "秒", "坏行"], lines, lambda i: i > 0)
    for report in reports:
        for kind, count in sorted(report.bad.items()):
            screen.print(f"  {escape(report.table)} 坏行：{kind} {count} 行", style="yellow")
    screen.print(f"\n数据：{escape(str(out))}（共 {time.monotonic() - started:.1f} 秒）")


def _size(count: int) -> str:
    if count < 1_000_000:
        return f"{count / 1000:.1f} KB"
    return f"{count / 1_000_000:.1f} MB"
