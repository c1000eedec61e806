"""A region made ready to price rows of one table: published tables read, what needs other rows found out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.data.columns_wanted import wanted_columns
from engine.data.places import Places
from engine.databases.places import open_places
from engine.execute.closures.dependence import Dependence
from engine.execute.closures.given import tables_below
from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.record import RecordReader
from engine.execute.loading import Loaded, load, names_read
from engine.execute.period import Period
from engine.execute.published import previous_of
from engine.execute.reference.assertions import failures, only_reminds
from engine.execute.reference.days import rules_of
from engine.execute.reference.execution import Execution
from engine.execute.reference.refusals import key_text
from engine.execute.reference.run import MemoryTables
from engine.execute.reference.selection import applicable
from engine.execute.reference.verdicts import REJECTED
from engine.execute.stands_on import former_results, refuse_unfit
from engine.files.errors import RunStopped
from engine.pricing.choose import chosen_program, chosen_table, reading_program, values_of_case
from engine.pricing.published import figures_of
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.model import Check, Program, Table
from engine.rulebook.scope import Scope, Unreachable
from engine.rulebook.wanted import assertions
from engine.settle.may_run import refuse_pending, sound
from engine.watching.watching import UNWATCHED

SHOWN = 20


@dataclass
class Prepared:
    """``names``: what is priced. ``needs_all``: what one row cannot give, and why; ``unchecked``: checks likewise.

    ``reader`` of the table; ``below``: the columns of the tables whose rows belong to a case.
    """

    book: Book
    program: Program
    period: Period
    cases: SingleCases
    loaded: Loaded
    places: Places
    names: tuple[str, ...]
    reader: RecordReader
    columns: tuple[str, ...]
    below: dict[str, tuple[str, ...]]
    needs_all: dict[str, str]
    unchecked: dict[str, str]
    rejected: list[tuple[str, str, str, str]]

    @property
    def main(self) -> Table:
        return self.cases.now.tables[self.cases.main]


def prepare(
    book: Book, period: Period, data: Sequence[str | Path], program: str | None, of: Sequence[str] | None,
    table: str | None, previous: Path | None, published: Path | None,
) -> Prepared:  # fmt: skip
    """Raises what ``settle`` raises, and :class:`RunStopped` for what one case cannot give."""
    sound(book)
    chosen = chosen_program(book, program, period)
    now = book.at(period.start if chosen.rules_as_of_start else period.end)
    main = chosen_table(now, chosen, table)
    scope = Scope(now, chosen, period.kind)
    wanted = tuple(dict.fromkeys(of)) if of is not None else values_of_case(scope, chosen, main)
    _refuse_unknown(scope, main, wanted)
    tables = frozenset({main, *tables_below(now, main)})
    before = previous_of(book, chosen, period, previous) if previous is not None else None
    bare = SingleCases.over(book, chosen, period, MemoryTables({main: []}), before, main=main, case_tables=tables)
    if published is not None:
        bare = replace(bare, figures=figures_of(bare, published))
    needs_all, unchecked = _what_needs_all(book, bare, wanted, explicit=of is not None)
    names = tuple(name for name in wanted if name not in needs_all)
    reading = reading_program(chosen, main, names)
    refuse_pending(book, reading, period)
    given = open_places(list(data))
    refuse_pending(book, reading, period, given.tables())
    refuse_unfit(book, former_results(before, given))
    places = _of_tables(given, now, _tables_read(book, reading, period) - tables)
    loaded = load(book, chosen, period, places, UNWATCHED, given=tables)
    rows = loaded.memory()
    rows.tables = {**rows.tables, main: []}
    cases = SingleCases.over(book, chosen, period, rows, before, main=main, case_tables=tables, figures=bare.figures)
    columns = _columns(book, chosen, period, cases)
    made = Prepared(
        book, chosen, period, cases, loaded, places, names,
        RecordReader.of(now.tables[main], columns[main]), columns.pop(main), columns, needs_all, unchecked,
        _rejected(cases.judge, loaded),
    )  # fmt: skip
    _assert(made, reading)
    return made


def _refuse_unknown(scope: Scope, main: str, names: Sequence[str]) -> None:
    if not names:
        raise RunStopped(f"没有写明要算 {main} 的哪些值", hint="用 of= 写名字，如报表里的列名")
    for name in names:
        try:
            scope.reach(main, name)
        except Unreachable as error:
            raise RunStopped(error.message, hint=error.hint) from None


def _what_needs_all(
    book: Book, cases: SingleCases, names: Sequence[str], explicit: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """Names and checks that one row cannot give. Raises :class:`RunStopped` where its outcome rests on one."""
    needs: dict[str, str] = {}
    unchecked: dict[str, str] = {}
    decisive: dict[str, str] = {}
    main, program = cases.main, cases.judge.program
    for snapshot in rules_of(book, program, cases.judge.period):
        found = Dependence(cases, snapshot.day)
        for name in names:
            needs |= _reason(name, found.of_name(name, main))
        then = snapshot.programs.get(program.name, program)
        for name in (*then.exclude.get(main, ()), *program.need.get(main, ())):
            decisive |= _reason(name, found.of_name(name, main))
        if main in program.rows:
            decisive |= _reason("行", found.of_formula(program.rows[main], main))
        for check in _checks_of(cases):
            why = found.of_check(check)
            (decisive if check.kind == "拒收" else unchecked).update(_reason(check.name, why))
    told = {**(needs if explicit else {}), **decisive}
    if told:
        raise RunStopped(
            f"{program.name} 有 {len(told)} 项要有本期的全部 {main} 才能算，单独一行算不出",
            [f"{name}：{why}" for name, why in told.items()][:SHOWN],
            "换一个程序，或用 of= 只要别的值；已经结算的，用 published= 给出结算的 --out 文件夹",
        )
    return needs, unchecked


def _reason(name: str, why: str) -> dict[str, str]:
    return {name: why} if why else {}


def _checks_of(cases: SingleCases) -> list[Check]:
    return [check for table in sorted(cases.case_tables) for check in applicable(cases.judge, table)]


def _tables_read(book: Book, reading: Program, period: Period) -> set[str]:
    """The tables that the values of a row read."""
    found: set[str] = set()
    for snapshot in rules_of(book, reading, period):
        names = names_read(snapshot, reading)
        found |= names & set(snapshot.tables)
        found |= {table for name in names for table in snapshot.columns.get(name, ())}
    return found


def _of_tables(places: Places, now: Snapshot, tables: set[str]) -> Places:
    """Deliveries of ``tables``, and of what is no table of the rules: it may be one misspelt."""
    sources = (s for s in places.sources if s.table in tables or s.table not in now.tables)
    return replace(places, sources=tuple(sources))


def _columns(book: Book, program: Program, period: Period, cases: SingleCases) -> dict[str, tuple[str, ...]]:
    """The fields that a run reads of the table and of those below it: a row is rejected for any of them."""
    names = {name for snapshot in rules_of(book, program, period) for name in names_read(snapshot, program)}
    computed = frozenset(program.compute)
    found = {}
    for name in sorted(cases.case_tables):
        table = cases.now.tables[name]
        fields = {field for field in table.fields if field in names} - computed
        if name == cases.main or fields - set(table.key) or name in names:
            found[name] = wanted_columns(table, fields)
    return found


def _rejected(judge: Execution, loaded: Loaded) -> list[tuple[str, str, str, str]]:
    """Rows of published tables that are not used: table, key, check, reason."""
    found = [
        (name, row.key_text, row.code, row.reason) for name, table in loaded.tables.items() for row in table.rejected
    ]
    found += [
        (table, key_text(judge.key_of(table, number)), verdict.by, verdict.reason)
        for table, number, verdict in judge.verdicts_of(REJECTED)
    ]
    return found


def _assert(made: Prepared, reading: Program) -> None:
    """Every 必须 that published tables alone decide holds, or nothing is priced."""
    judge, failed = made.cases.judge, []
    found = Dependence(made.cases, judge.closing)
    for check in assertions(judge.now, reading):
        if check.grain not in judge.now.tables or found.of_check(check) or only_reminds(judge.now, check):
            continue
        failed += list(failures(judge, check, SHOWN))
    if failed:
        raise RunStopped(f"有 {len(failed)} 处“必须”没有满足", failed[:SHOWN], "按上面的主键和条款查清公布的数据")


def refuse_strange(table: Table, given: Mapping[str, Any]) -> None:
    """Raises :class:`RunStopped` for a name that is no field."""
    from engine.data.nearly import nearly

    for name in given:
        if name not in table.fields:
            near = nearly(str(name), tuple(table.fields))
            raise RunStopped(
                f"表“{table.name}”没有字段 {name}" + (f"，是不是 {near[0]}？" if near else ""),
                hint=f"有：{'、'.join(table.fields)}",
            )
