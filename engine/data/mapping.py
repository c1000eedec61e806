"""A mapping: which table and which column of the data is which of the rulebook, where they bear other names.

It is read from YAML, by position, and holds no SQL: a column, a constant, or a column whose codes become words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from engine.data.cells.refused import WRONG, shown
from engine.data.values import BadCell
from engine.files.errors import DataError
from engine.files.raw import RawCell, RawTable, is_blank
from engine.rulebook import nodes, source
from engine.rulebook.model import Table
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.rulebook.schema_problems import Subject, problems_of


@dataclass(frozen=True)
class Taken:
    """Where the cells of a field come from: the ``column`` of the data, or the same ``constant`` in every row.

    ``codes``: what stands in the column to what is meant; what is not among them rejects the row.
    """

    field: str
    place: Place
    column: str | None = None
    constant: str | None = None
    codes: tuple[tuple[str, str], ...] = ()

    def cell(self, raw: RawCell) -> RawCell:
        """The cell of the field, for one of the data's column."""
        if not self.codes or is_blank(raw):
            return raw
        text = code_text(raw)
        word = dict(self.codes).get(text)
        if word is not None:
            return word
        listed = "、".join(code for code, _ in self.codes[:12]) + ("……" if len(self.codes) > 12 else "")
        return BadCell(f"{shown(text)}不在映射的代码 {listed} 之内", WRONG)


@dataclass(frozen=True)
class TableMapping:
    """``origin``: the table as the data have it (with its schema, where there are several); ``taken`` by field."""

    table: str
    place: Place
    origin: str
    taken: tuple[Taken, ...]

    def columns(self, there: Collection[str], fields: Collection[str] | None, origin: str) -> tuple[Taken, ...]:
        """Every column to read of a table with the columns ``there``: those mapped, then fields of the same name.

        ``fields``: those of the rulebook's table (``None``: not known, all). Raises :class:`DataError` for a column
        that is not there.
        """
        for taken in self.taken:
            if taken.column is not None and taken.column not in there:
                near = get_close_matches(taken.column, there, 1)
                hint = f"是不是 {near[0]}？" if near else f"有：{'、'.join(list(there)[:60])}"
                raise DataError(f"{taken.place}：{origin} 没有列 {taken.column}", hint)
        named = {taken.field for taken in self.taken} | {taken.column for taken in self.taken}
        same = [c for c in there if c not in named and (fields is None or c in fields)]
        return (*self.taken, *(Taken(column, self.place, column) for column in same))

    def mapped(self, raw: RawTable, fields: Collection[str] | None) -> RawTable:
        """The table with the rulebook's names. Raises :class:`DataError` for a column that is not there."""
        return replace(as_fields(raw, self.columns(raw.columns, fields, raw.origin)), name=self.table)


def as_fields(raw: RawTable, chosen: Sequence[Taken]) -> RawTable:
    """The chosen columns of ``raw``, which has them, as fields."""
    place_of = {name: place for place, name in enumerate(raw.columns)}
    columns: list[list[RawCell]] = []
    for taken in chosen:
        if taken.column is None:
            columns.append([taken.constant] * len(raw.rows))
        else:
            at = place_of[taken.column]
            columns.append([taken.cell(row[at]) for row in raw.rows])
    rows: list[tuple[RawCell, ...]] = list(zip(*columns, strict=True)) if columns else [() for _ in raw.rows]
    return RawTable(raw.name, tuple(taken.field for taken in chosen), rows, raw.lines, raw.origin, raw.broken)


@dataclass(frozen=True)
class DataMapping:
    """``tables`` by the rulebook's name; ``file`` as people know it."""

    file: str = ""
    tables: Mapping[str, TableMapping] = field(default_factory=dict)

    def taken_from(self, names: Collection[str]) -> Iterator[tuple[TableMapping, str]]:
        """The mapped tables that a place with the tables ``names`` has, and under which name."""
        for mapping in self.tables.values():
            if mapping.origin in names:
                yield mapping, mapping.origin

    def refuse_strangers(self, tables: Mapping[str, Table]) -> None:
        """Raises :class:`RulebookError` for tables and fields that the rulebook does not have, all at once."""
        problems: list[Problem] = []
        for mapping in self.tables.values():
            table = tables.get(mapping.table)
            if table is None:
                problems.append(_unknown(mapping.place, "表", mapping.table, tables))
                continue
            for taken in mapping.taken:
                if taken.field not in table.fields:
                    problems.append(_unknown(taken.place, f"表“{table.name}”的字段", taken.field, table.fields))
        if problems:
            raise RulebookError(problems)


def code_text(raw: RawCell) -> str:
    """A cell as codes are written: text without blanks around it, the digits of a whole number."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float | Decimal) and isfinite(raw):
        number = Decimal(raw)
        if number == number.to_integral_value():
            return str(int(number))
    return str(raw).strip()


def read_mapping(path: str | Path) -> DataMapping:
    """The mapping in a YAML file. Raises :class:`RulebookError` with every problem and its place."""
    problems: list[Problem] = []
    document = source.read(Path(path), str(path), problems)
    if document is None or problems:
        raise RulebookError(problems)
    for key, value in document:
        if not isinstance(value, nodes.Mapping):
            hint = "写成 表名: {来自: 数据里的表, 列: {字段: 数据里的列}}"
            problems.append(Problem("E123", key.place, f"“{key.shown}”后面应是“关键字: 内容”", hint))
            continue
        problems += problems_of(Subject(f"表“{key.shown}”的映射", key, value, "mapping"), "mapping")
    if problems:
        raise RulebookError(sorted(dict.fromkeys(problems), key=lambda problem: problem.place))
    tables = {key.text: _table(key, value) for key, value in document if isinstance(value, nodes.Mapping)}
    _refuse_taken_twice(tables.values())
    return DataMapping(str(path), tables)


def _table(key: nodes.Scalar, node: nodes.Mapping) -> TableMapping:
    named, columns = node.get("来自"), node.get("列")
    origin = named.text if isinstance(named, nodes.Scalar) else key.text
    taken = [_taken(name, value) for name, value in columns] if isinstance(columns, nodes.Mapping) else []
    return TableMapping(key.text, key.place, origin, tuple(taken))


def _taken(name: nodes.Scalar, node: nodes.Yaml) -> Taken:
    if isinstance(node, nodes.Scalar):
        return Taken(name.text, name.place, column=node.text)
    assert isinstance(node, nodes.Mapping)
    texts = {key.text: value.text for key, value in node if isinstance(value, nodes.Scalar)}
    codes = node.get("代码")
    pairs = (
        [(code.text.strip(), word.text) for code, word in codes if isinstance(word, nodes.Scalar)]
        if isinstance(codes, nodes.Mapping)
        else []
    )
    return Taken(name.text, name.place, texts.get("列"), texts.get("常数"), tuple(pairs))


def _refuse_taken_twice(tables: Collection[TableMapping]) -> None:
    """Two tables of one origin, or two fields of one column with the same codes, are slips of copying."""
    problems: list[Problem] = []
    origins: dict[str, TableMapping] = {}
    for mapping in tables:
        if mapping.origin in origins:
            message = f"表“{origins[mapping.origin].table}”和“{mapping.table}”都来自 {mapping.origin}"
            problems.append(Problem("E123", mapping.place, message, "一张表只能当作一张；要分开，请在数据库里建视图"))
        origins[mapping.origin] = mapping
        columns: dict[tuple[str, object], Taken] = {}
        for taken in mapping.taken:
            if taken.column is None:
                continue
            other = columns.setdefault((taken.column, taken.codes), taken)
            if other is not taken:
                message = f"“{other.field}”和“{taken.field}”都取列 {taken.column}"
                problems.append(Problem("E123", taken.place, message, "一列只作一个字段；确要两用，请在数据库里建视图"))
    if problems:
        raise RulebookError(problems)


def _unknown(place: Place, what: str, name: str, known: Collection[str]) -> Problem:
    near = get_close_matches(name, known, 1, 0.5)
    hint = f"是不是“{near[0]}”？" if near else f"有：{'、'.join(list(known)[:40])}"
    return Problem("E123", place, f"映射里写了没有的{what}“{name}”", hint)
