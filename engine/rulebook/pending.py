"""What is still 待定: figures and formulas that a program would reach, switches folded as they stand."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.language import tree
from engine.rulebook.book import Book, Snapshot
from engine.rulebook.delivered import WORKED_OUT, sheets_of
from engine.rulebook.model import (
    REQUIRED,
    Branch,
    Cases,
    Check,
    DecisionTable,
    Grain,
    Parameter,
    Program,
    Required,
    Rule,
    Table,
)
from engine.rulebook.parts import branch_condition, names_in, names_of
from engine.rulebook.wanted import assertions, roots


@dataclass(frozen=True)
class Pending:
    """A 待定 figure: its name, what is missing, its article and remark, and the programs that would reach it.

    ``until``: the day from which it is missing no longer; ``None`` if there is none. ``instead``: the tables of which
    each makes it needless where it is delivered (交来).
    """

    name: str
    what: str
    cite: str
    note: str
    programs: tuple[str, ...]
    until: datetime.date | None = None
    instead: tuple[str, ...] = ()


NOTHING: frozenset[str] = frozenset()


def pending(book: Snapshot, program: Program, delivered: Collection[str] = NOTHING) -> dict[str, str]:
    """Name to what is missing, for all that ``program`` reaches on the snapshot's day. ``delivered``: as for
    :func:`reached`.
    """
    found: dict[str, str] = {}
    for name in reached(book, program, delivered):
        missing = what_is_missing(book.entries.get(name), book)
        if missing:
            found[name.removesuffix(WORKED_OUT)] = missing
        for table in book.columns.get(name, ()):
            if book.tables[table].rows_required:
                found[table] = "表的行（行: 待定）"
    return found


def reached(book: Snapshot, program: Program, delivered: Collection[str] = NOTHING) -> set[str]:
    """Every name that running ``program`` may need, its 必须 included, with switches folded as they stand on the day.

    A name that is a field as well as a rule is none of them unless the program computes it. What a table that is
    ``delivered`` brings (交来) is not worked out.
    """
    computed = frozenset(program.compute)
    waiting = list(roots(book, program)) + [check.name for check in assertions(book, program)]
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        entry = book.entries.get(name)
        if isinstance(entry, Rule) and name in book.columns and name not in computed:
            continue
        found.add(name)
        if isinstance(entry, Rule) and not sheets_of(book.columns, entry).isdisjoint(delivered):
            waiting += [entry.delivered, entry.grain]
        elif isinstance(entry, Rule) and isinstance(entry.body, Cases):
            waiting.extend(_of_cases(book, entry.body))
            waiting.append(entry.grain)
        elif isinstance(entry, (Rule, Check, Grain)):
            waiting.extend(names_of(entry))
    return found


def all_pending(book: Snapshot) -> list[Pending]:
    """Every 待定 that some program reaches, by name."""
    programs: dict[str, list[str]] = {}
    what: dict[str, str] = {}
    instead: dict[str, set[str]] = {}
    for program in book.programs.values():
        missing = pending(book, program)
        for name in missing:
            programs.setdefault(name, []).append(program.name)
            what[name] = missing[name]
        for sheet in sheets(book) if missing else ():
            for name in missing.keys() - pending(book, program, {sheet}).keys():
                instead.setdefault(name, set()).add(sheet)
    made = []
    for name in sorted(programs):
        about, tables = book.entries[name].provenance, tuple(sorted(instead.get(name, ())))
        made.append(Pending(name, what[name], about.cite, about.note, tuple(programs[name]), instead=tables))
    return made


def sheets(book: Snapshot) -> frozenset[str]:
    """The tables that deliver what a rule would work out otherwise (交来)."""
    return frozenset(table for rule in book.rules.values() for table in sheets_of(book.columns, rule))


def pending_from(book: Book, today: datetime.date) -> list[Pending]:
    """Every 待定 that some program reaches in a period still to come, by name; of a name the latest that is missing."""
    now = book.epoch(max(today, book.start))
    found: dict[str, Pending] = {}
    days = [day for day in book.epochs if day >= now]
    for day, following in zip(days, [*days[1:], None], strict=True):
        for item in all_pending(book.at(day)):
            found[item.name] = replace(item, until=following)
    return [found[name] for name in sorted(found)]


def what_is_missing(entry: object, book: Snapshot) -> str:
    if isinstance(entry, Parameter) and not entry.values:
        return "取值"
    if isinstance(entry, Table) and entry.rows_required:
        return "表的行（行: 待定）"
    if not isinstance(entry, Rule):
        return ""
    if isinstance(entry.body, Required):
        return f"表（列：{'、'.join(entry.body.columns)}）" if entry.body.columns else "公式或表"
    if isinstance(entry.body, DecisionTable) and any(row.value is None for row in entry.body.rows):
        return _missing_cells(entry.body)
    if isinstance(entry.body, Cases) and any(b.value is None for b in live_branches(book, entry.body)):
        missing = [b for b in live_branches(book, entry.body) if b.value is None]
        shown = [b.condition.text if b.condition is not None else "否则" for b in missing]
        return f"情形 {_few(shown)} 的值"
    return ""


def _missing_cells(table: DecisionTable) -> str:
    """Which rows of a decision table have no value: their number, and what they are for."""
    rows = []
    for number, row in enumerate(table.rows, 1):
        if row.value is None:
            cells = zip(table.columns, row.cells, strict=True)
            said = "，".join(f"{column} {cell.text}" for column, cell in cells if cell is not None)
            rows.append(f"第 {number} 行（{said or '任何'}）")
    return f"表里{_few(rows)}的数"


def _few(items: list[str], most: int = 3) -> str:
    return "、".join(items[:most]) + (f" 等 {len(items)} 处" if len(items) > most else "")


def live_branches(book: Snapshot, cases: Cases) -> list[Branch]:
    """The branches that a switch leaves open."""
    if cases.by is None or not isinstance(cases.by.tree, tree.Name):
        return list(cases.branches)
    word = switch(book, cases.by.tree.id)
    if word is None:
        return list(cases.branches)
    chosen = [b for b in cases.branches if b.condition is not None and _names(b.condition.tree, word)]
    return chosen or [b for b in cases.branches if b.condition is None]


def _of_cases(book: Snapshot, cases: Cases) -> set[str]:
    found: set[str] = set()
    for branch in live_branches(book, cases):
        condition = branch_condition(cases, branch)
        found |= names_in(condition.tree) if condition is not None else set()
        found |= names_in(branch.value.tree) if branch.value is not None else set()
    return found | (names_in(cases.by.tree) if cases.by is not None else set())


def _names(cell: tree.Node, word: str) -> bool:
    return isinstance(cell, tree.Items) and any(isinstance(i, tree.Word) and i.text == word for i in cell.items)


def switch(book: Snapshot, name: str) -> str | None:
    """The class a class-valued parameter has on the snapshot's day."""
    parameter = book.parameters.get(name)
    if parameter is None or not parameter.type.classes:
        return None
    values = [formula for day, formula in parameter.values if day <= book.day]
    if not values:
        return None
    written = values[-1].tree
    return written.value if isinstance(written, tree.Text) else values[-1].text


__all__ = ["REQUIRED", "Pending", "all_pending", "pending", "live_branches", "pending_from", "switch"]
