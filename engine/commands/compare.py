"""``casemix compare``: the results of several runs side by side."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from engine.commands import usage
from engine.commands.screen import console, errors, print_table, stops
from engine.results.shown import shown

NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHOWN = 12
"""Digits of a digest that are shown."""


@usage.command("compare")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DIR DIR …")
@click.option("--rows", default=5, show_default=True, type=click.IntRange(0, 10_000), help="每张报表列出多少行不同的")
@click.option("--by", metavar="列", default="", help="按这一列的每个值（机构、类别……）列出谁多了谁少了")
@click.option("--of", metavar="值", default=None, help="和 --by 一起：不同的行只列这个值的，变得最多的在前")
@click.option("--out", type=click.Path(path_type=Path), help="把不同的行（最多 100 万行）写成这个 CSV 文件")
@click.option("--json", "as_data", is_flag=True, help="两个结果的不同写成 JSON；不写 --by 就按多数报表有的主键")
def command(
    folders: tuple[Path, ...], rows: int, by: str, of: str | None, out: Path | None, as_data: bool
) -> None:  # fmt: skip
    """比较几次运行的结果（各自的 --out 文件夹）。全都相同退出码是 0，有不同是 1。

    换了引擎、机器或数据的次序，应当完全相同；改了规则，看出哪些数和类别变了，变了多少。
    """
    from engine.compare.runs import read_run

    if of is not None and not by:
        raise click.UsageError("--of 要和 --by 一起写")
    if as_data and (len(folders) != 2 or out is not None):
        raise click.UsageError("--json 写两个结果，不和 --out 一起写")
    if not 2 <= len(folders) <= len(NAMES):
        errors().print("[red]停止[/] 写两个到 26 个结果文件夹")
        sys.exit(2)
    with stops():
        if as_data:
            from engine.compare.compared import compared

            found = compared(str(folders[0]), str(folders[1]), by, of, {}, rows)
            sys.stdout.write(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n")
            sys.exit(1 if found.differs else 0)
        if out is not None and out.exists():
            errors().print(f"[red]停止[/] {escape(str(out))} 已经有了")
            sys.exit(1)
        differ = print_comparison([read_run(*one) for one in zip(NAMES, folders, strict=False)], rows, by, of, out)
    sys.exit(1 if differ else 0)


def print_comparison(runs: list[Any], rows: int, by: str, of: str | None = None, out: Path | None = None) -> bool:
    """Each against the first; whether they differ.

    ``of``: only rows with this value of ``by`` are listed; ``out``: where all cells that differ are written.
    """
    _heads(runs)
    differing = _digests(runs)
    moved = _accounts(runs)
    lines = [
        line
        for other in runs[1:]
        for name in differing
        if name in runs[0].digests and name in other.digests and runs[0].digests[name] != other.digests[name]
        for line in _sheet(runs[0], other, name, rows, by, of, out)
    ]
    if out is not None:
        _write(out, lines)
    return bool(differing or moved)


def _heads(runs: list[Any]) -> None:
    from engine.compare.runs import differences_of

    screen = console()
    for run in runs:
        record = run.record
        screen.print(
            f"[bold]{run.name}[/] {escape(str(run.folder))}：{escape(record['title'])} {escape(record['program'])} "
            f"{record['period']}，{escape(record['engine'])}"
        )
    found = differences_of(runs)
    if found:
        screen.print()
        names = [run.name for run in runs]
        print_table(screen, "这几次运行的不同", ["", *names], [[what, *texts] for what, texts in found])


def _digests(runs: list[Any]) -> list[str]:
    """Prints the digests; the statements that are not the same in all."""
    screen = console()
    statements = list(dict.fromkeys(name for run in runs for name in run.digests))
    lines, differing = [], []
    for name in statements:
        found = [run.digests.get(name, "没有") for run in runs]
        lines.append([name, *(text[:SHOWN] for text in found), "相同" if len(set(found)) == 1 else "不同"])
        if len(set(found)) > 1:
            differing.append(name)
    screen.print()
    print_table(screen, "报表的摘要（SHA-256）", ["报表", *(run.name for run in runs), ""], lines)
    if not differing:
        screen.print(f"\n[green]{len(statements)} 张报表全部相同[/]")
    return differing


def _accounts(runs: list[Any]) -> bool:
    """Prints rows that ended elsewhere; whether there are any."""
    from engine.compare.runs import moved_rows

    lines = moved_rows(runs)
    if lines:
        screen = console()
        screen.print()
        print_table(
            screen, "去向不同的行数", ["表", "去向", *(run.name for run in runs)], lines, lambda i: i > 1, keys=2
        )
    return bool(lines)


def _sheet(
    one: Any, other: Any, name: str, rows: int, by: str, of: str | None, out: Path | None
) -> list[list[str]]:  # fmt: skip
    """Prints what differs in a statement; lines for ``--out``."""
    from engine.compare.sheets import Sheets

    screen = console()
    with Sheets(one, other, name) as sheets:
        found = sheets.difference()
        screen.print(f"\n[bold]{escape(name)}[/] {one.name} → {other.name}：{found.rows[0]} 行 → {found.rows[1]} 行")
        if any(found.only):
            screen.print(f"  只在 {one.name} {found.only[0]} 行，只在 {other.name} {found.only[1]} 行")
        for heading, where in found.lost:
            screen.print(f"  列 {escape(heading)} 只在 {one.name if where == 'A' else other.name}")
        if found.changed_rows:
            screen.print(f"  两边都有而不同的 {found.changed_rows} 行")
        numbers = [changed for changed in found.changed if not changed.moves]
        lines = [_totals(changed) for changed in numbers]
        if lines:
            headings = ["列", "不同的行", f"{one.name} 合计", f"{other.name} 合计", "差", "变得最多的一行"]
            print_table(screen, "", headings, lines, lambda i: 0 < i < 5)
        for changed in found.changed:
            for before, after, count in changed.moves:
                screen.print(f"  {escape(changed.heading)}：{escape(before)} → {escape(after)} {count} 行")
        has = by in (*sheets.keys, *sheets.shared)
        if has:
            _print_gains(sheets, by, one.name, other.name)
        elif by:
            screen.print(
                f"  没有列 {escape(by)}，有：{escape('、'.join([*sheets.keys, *sheets.shared]))}", style="yellow"
            )
        whose = (by, of, sheets.most_telling(found)) if of is not None else ()
        changed_rows = list(sheets.rows_changed(rows, *whose)) if has or of is None else []
        if changed_rows:
            _print_rows(changed_rows, one.name, other.name)
        if out is None:
            return []
        return [
            [f"{one.name} {other.name}", name, _key(key), heading, shown(before), shown(after)]
            for key, heading, before, after in sheets.rows_changed(1_000_000)
        ]


def _print_gains(sheets: Any, by: str, one: str, other: str) -> None:
    """Who gains and who loses, those that change at all."""
    from engine.compare.gains import changed_most, gains

    everybody = gains(sheets, by)
    for heading in [name for name in sheets.shared if name in sheets.adding]:
        lines = [
            [
                gain.value or "（空）",
                *map(shown, gain.sums[heading]),
                f"{gain.change(heading):+f}",
                *map(str, gain.rows),
            ]
            for gain in changed_most(everybody, heading)
        ]
        if lines:
            headings = [by, one, other, "差", f"{one} 的行", f"{other} 的行"]
            print_table(console(), f"{heading}，按 {by}", headings, lines, lambda i: i > 0)


def _totals(changed: Any) -> list[str]:
    if changed.before is None and changed.after is None:
        return [changed.heading, str(changed.rows), "", "", "", _greatest(changed)]
    sums = [shown(changed.before), shown(changed.after), shown(changed.difference)]
    return [changed.heading, str(changed.rows), *sums, _greatest(changed)]


def _print_rows(changed: list[tuple[tuple[Any, ...], str, Any, Any]], one: str, other: str) -> None:
    lines = [[_key(key), heading, shown(before), shown(after)] for key, heading, before, after in changed]
    print_table(console(), "", ["主键", "列", one, other], lines, lambda i: i > 1, keys=2)


def _write(out: Path, lines: list[list[str]]) -> None:
    from engine.data.csv_out import starts_like_formula

    with out.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["比较", "报表", "主键", "列", "前", "后"])
        for line in lines:
            writer.writerow([f"'{c}" if starts_like_formula(c) and not _is_number(c) else c for c in line])
    console().print(f"\n不同的行：{escape(str(out))}（{len(lines)} 行）")


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _key(key: tuple[Any, ...]) -> str:
    return ",".join(shown(part) for part in key)


def _greatest(changed: Any) -> str:
    if changed.greatest is None:
        return ""
    key, change = changed.greatest
    return f"{_key(key)}：{'+' if change > 0 else ''}{shown(change)}"
