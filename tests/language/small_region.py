"""A region of a few lines of YAML and rows written as text, run by the reference engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.data.values import ANY
from engine.execute.period import parse_period
from engine.execute.reference.execution import Execution
from engine.execute.reference.run import MemoryTables, execute
from engine.language.values import Unresolved, Value
from engine.rulebook.book import Book, load
from engine.rulebook.constants import read_constant
from engine.rulebook.model import Table

HEAD = "名称: 试城\n施行: 2024-01-01\n文件:\n  办法: {题名: 试行办法, 原文: 办法.txt}\n"


@dataclass
class Run:
    """An execution of the only program; ``values`` of a name, by key."""

    execution: Execution

    def values(self, name: str, grain: str = "") -> dict[object, Value | str]:
        """Key (alone, or a tuple) to value; an unresolved one as ``?reason``."""
        run = self.execution
        home = grain or run.scope(run.closing).home(name)
        return {row.key[0] if len(row.key) == 1 else row.key: self._one(name, row) for row in run.rows_of(home)}

    def _one(self, name: str, row: object) -> Value | str:
        try:
            return self.execution.value(name, row, self.execution.own_day(row))
        except Unresolved as error:
            return f"?{error.reason}"


def region(folder: Path, rules: str) -> Book:
    """The book of a region with these entries; it must have no problem of shape."""
    (folder / "region.yaml").write_text(HEAD, "utf-8")
    (folder / "rules.yaml").write_text("依据: 办法\n" + rules, "utf-8")
    book = load(folder)
    for day in book.epochs:
        book.at(day)
    assert not book.problems, book.problems
    return book


def run(book: Book, period: str, tables: dict[str, str], published: object = None) -> Run:
    """The only program over ``period``; rows as lines, the first of them the columns, 空 for absent."""
    snapshot = book.at(parse_period(period).end)
    (program,) = snapshot.programs.values()
    records = {name: _records(snapshot.tables[name], text) for name, text in tables.items()}
    return Run(execute(book, program, parse_period(period), MemoryTables(records), published))


def _records(table: Table, text: str) -> list[dict[str, object]]:
    names, *lines = [line.split() for line in text.strip().splitlines()]
    return [{name: _cell(table, name, cell) for name, cell in zip(names, line, strict=True)} for line in lines]


def _cell(table: Table, name: str, text: str) -> object:
    field = table.fields[name]
    if text == "任何" and field.wildcard:
        return ANY
    return None if text == "空" else read_constant(text, field.type)
