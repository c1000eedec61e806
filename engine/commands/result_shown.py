"""What the terminal shows of a run: statements, where every row went, and what is to be known of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rich.markup import escape

from engine.commands.screen import console, print_folded, print_table
from engine.data.refund_endings import CANCELLED
from engine.execute.result import Account, Asserted, Refusal, Result, Sheet
from engine.language.types import Kind
from engine.language.values import Value, decimal_text, render

STATES = (CANCELLED, "期外", "拒收", "排除", "挂起", "结算", "参加")
MOST_LINES = 30


def print_result(title: str, result: Result, record: dict[str, Any], example: bool) -> None:
    """Small statements, where every row went, and all that somebody should know before the figures are used."""
    screen = console()
    screen.print(f"\n[bold]{escape(title)}[/]" + ("〔示例：含虚构数值〕" if example else ""))
    shown = [sheet for sheet in result.statements if sheet.fills is None and len(sheet.rows) <= MOST_LINES]
    for sheet in shown:
        screen.print()
        headings = [column.heading for column in sheet.columns]
        numeric = [column.type.kind is Kind.NUMBER for column in sheet.columns]
        keys = max(sum(column.key for column in sheet.columns), 1)
        print_table(screen, sheet.name, headings, _lines(sheet), numeric.__getitem__, keys)
    screen.print()
    for sheet in result.statements:
        if sheet not in shown:
            fills = f"，以后的程序当作表 {sheet.fills} 来读" if sheet.fills else ""
            screen.print(f"[bold]{escape(sheet.name)}[/]：{len(sheet.rows)} 行{fills}")
    screen.print()
    print_accounts(result.accounts)
    _print_refused(result.refused)
    _print_asserted(result.asserted)
    for brought in result.brought:
        screen.print(f"交来 {escape(brought.text)}", style="yellow" if 0 < brought.delivered < brought.rows else "")
    print_delivery(record)
    for check, count in sorted(result.warned.items()):
        screen.print(f"提醒 {escape(check)}：{count} 行", style="yellow")
    for note in result.notes:
        screen.print(f"提醒 {escape(note)}", style="yellow")
    for name, about in result.retroactive:
        screen.print(f"追溯 {escape(name)}：{about.retroactive_text}（{escape(about.cite)}）", style="yellow")
    _print_not_official(result)


def _print_refused(refused: list[Refusal]) -> None:
    """Every reason for which rows were refused: how many, their yuan, and the first of them."""
    screen = console()
    if not refused:
        return
    screen.print(f"\n[bold]拒收的行[/]：{sum(one.rows for one in refused)} 行没有用上，逐行在 rejects/", style="yellow")
    for one in refused[:MOST_LINES]:
        print_folded(screen, f"{one.table} {one.headline}", "  · ", style="yellow")
        print_folded(screen, f"如 {one.example}", "    ")
    if len(refused) > MOST_LINES:
        screen.print(f"  · 另有 {len(refused) - MOST_LINES} 种原因，见 run.json")


def _print_asserted(asserted: list[Asserted]) -> None:
    """Which 必须 were looked at, on how many rows, and which were not and why."""
    screen = console()
    held = [one for one in asserted if not one.why_not]
    if not asserted:
        return
    broken = [one for one in held if one.broken]
    came_to = f"{len(broken)} 项不成立，只提醒" if broken else "都成立"
    screen.print(f"\n[bold]必须[/]：检查了 {len(held)} 项，{came_to}；没有检查 {len(asserted) - len(held)} 项")
    for one in asserted[:MOST_LINES]:
        cite = f"（{one.cite}）" if one.cite else ""
        if one.why_not:
            print_folded(screen, f"{one.name}{cite}：没有检查，{one.why_not}", "  – ", style="dim")
        elif one.broken:
            said = f"{one.name}{cite}：提醒，{one.grain} {one.rows} 行里 {one.broken} 行不成立"
            print_folded(screen, said, "  ✗ ", style="yellow")
            for line in one.told:
                print_folded(screen, line, "    · ", style="yellow")
            if one.broken > len(one.told):
                screen.print(f"    · 另有 {one.broken - len(one.told)} 行", style="yellow")
        elif one.rows:
            print_folded(screen, f"{one.name}{cite}：{one.grain} {one.rows} 行", "  ✓ ")
        else:
            print_folded(screen, f"{one.name}{cite}：{one.grain} 没有行，没有什么可检查", "  – ", style="yellow")
    if len(asserted) > MOST_LINES:
        screen.print(f"  · 另有 {len(asserted) - MOST_LINES} 项，见 run.json")


def print_delivery(record: dict[str, Any]) -> None:
    """What was delivered and not read, and where a default stands for a column that was not delivered."""
    screen = console()
    for table, names in record["defaulted_columns"].items():
        screen.print(
            f"提醒 {escape(table)} 没有交来这些列，按默认值或空处理：{escape('、'.join(names))}", style="yellow"
        )
    for table, names in record["unknown_columns"].items():
        screen.print(f"提醒 {escape(table)} 有不认识的列，没有读：{escape('、'.join(names))}", style="yellow")
    others = [*record["unused_tables"], *record["unused_files"]]
    if others:
        screen.print(f"提醒 交来了但没有读：{escape('、'.join(others))}", style="yellow")


def _print_not_official(result: Result) -> None:
    """What the run used that is not 正式: name, status and article, and the remark below it."""
    screen = console()
    if result.not_official:
        screen.print(f"\n用到 {len(result.not_official)} 项不是正式的规定：", style="yellow")
    for name, part, about in result.not_official[:MOST_LINES]:
        whole = f"{name}（{part}）" if part else name
        screen.print(f"  · {escape(whole)} {about.status}（{escape(about.cite)}）")
        if about.note:
            screen.print(f"    [dim]{escape(about.note)}[/]")
    if len(result.not_official) > MOST_LINES:
        screen.print(f"  · 另有 {len(result.not_official) - MOST_LINES} 项，见 run.json")


def _lines(sheet: Sheet) -> list[list[str]]:
    lines = [*sheet.rows, *sheet.total]
    return [[_cell(value, column.digits) for value, column in zip(line, sheet.columns, strict=True)] for line in lines]


def _cell(value: Value, digits: int | None) -> str:
    return decimal_text(value, digits) if isinstance(value, Fraction) else render(value)


def print_accounts(accounts: list[Account]) -> None:
    """Every row of every table ends in one place; yuan add up."""
    screen = console()
    rows = []
    shown = [s for s in STATES if s != CANCELLED or any(s in account.states for account in accounts)]
    for account in accounts:
        states = [str(account.states.get(state, 0) or "") for state in shown]
        unread = "" if account.unread is None else str(account.unread or "")
        rows.append([account.table, str(account.rows), *states, unread])
    print_table(screen, "各表行数的去向", ["表", "行数", *shown, "没有用到"], rows, lambda i: i > 0)
    for account in accounts:
        for (state, by), count in sorted(account.by.items()):
            screen.print(f"  {escape(account.table)} {state}：{escape(by)} {count} 行")
        if account.cancelled:
            amounts = "，".join(
                f"{name} {decimal_text(value, 2)} 元" for name, value in account.cancelled.items() if value
            )
            screen.print(f"  {escape(account.table)} 冲销：结算后又退费，{escape(amounts)}")
    for account in accounts:
        names = list(dict.fromkeys(name for sums in account.sums.values() for name in sums))
        if names:
            states = [state for state in STATES if state in account.sums]
            lines = [
                [state, *(decimal_text(account.sums[state].get(n, Fraction(0)), 2) for n in names)] for state in states
            ]
            sums = [sum((account.sums[state].get(n, Fraction(0)) for state in states), Fraction(0)) for n in names]
            lines.append(["合计", *(decimal_text(total, 2) for total in sums)])
            screen.print()
            print_table(screen, f"{account.table} 金额的去向（元）", ["去向", *names], lines, lambda i: i > 0)
