"""Which program, which table and which values: what the caller names, or what follows from the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.execute.closures.given import is_settled
from engine.execute.period import Period
from engine.files.errors import RunStopped
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Program
from engine.rulebook.scope import Scope
from engine.settle.may_run import program_of


def chosen_program(book: Book, name: str | None, period: Period) -> Program:
    """The program ``name``; without a name the one for this kind of period that says what a case needs (需要)."""
    if name is None:
        name = _the_only_one(book, period)
    return program_of(book, name, period)


def _the_only_one(book: Book, period: Period) -> str:
    try:
        programs = book.at(period.end).programs
    except ValueError as error:
        raise RunStopped(str(error)) from None
    found = [program.name for program in programs.values() if period.kind in program.periods and program.need]
    if len(found) == 1:
        return found[0]
    all_ = "、".join(p.name for p in programs.values() if period.kind in p.periods) or "没有"
    raise RunStopped(
        f"期间 {period} 不知道按哪个程序计价：写了 需要 的程序有 {len(found)} 个",
        hint=f"用 program= 写明；期间是{period.kind}的程序：{all_}",
    )


def chosen_table(now: Snapshot, program: Program, name: str | None) -> str:
    """The table whose rows are priced: one that is settled by date."""
    settled = [table.name for table in now.tables.values() if is_settled(table)]
    if name is not None:
        if name not in settled:
            raise RunStopped(f"{name} 不是按日期结算的表", hint=f"有：{'、'.join(settled)}")
        return name
    needed = [table for table in settled if table in program.need] or settled
    if len(needed) != 1:
        raise RunStopped("不知道给哪张表的行计价", hint=f"用 table= 写明：{'、'.join(settled)}")
    return needed[0]


def values_of_case(scope: Scope, program: Program, main: str) -> tuple[str, ...]:
    """What the program says of a row of ``main``: what it needs, and the columns of its statements but for fields."""
    own = set(scope.book.tables[main].fields)
    names = list(program.need.get(main, ()))
    for name in program.statements:
        statement = scope.book.statements[name]
        if scope.base(statement.grain) == main:
            names += [column.name for column in statement.columns]
    return tuple(dict.fromkeys(name for name in names if name not in own or scope.as_rule(name)))


def reading_program(program: Program, main: str, names: Sequence[str]) -> Program:
    """The program as far as it concerns a row of ``main``: what has to be delivered, and what may not be 待定."""
    need = {**program.need, main: tuple(dict.fromkeys([*program.need.get(main, ()), *names]))}
    return replace(program, statements=(), need=need)
