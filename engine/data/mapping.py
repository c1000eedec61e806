"""A mapping: which table and which column of the data is which of the rulebook, where they bear other names.

It is read from YAML, by position, and holds no SQL: what is done to the cells on the way stands in ``taken``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from engine.data.misplaced import misplaced
from engine.data.nearly import some_of
from engine.data.refunds import Refunds
from engine.data.taken import EMPTY, Taken, as_fields
from engine.data.zones import KEYWORD, USUAL, is_zone
from engine.files.errors import DataError
from engine.files.raw import RawTable
from engine.rulebook import nodes, source
from engine.rulebook.model import Table
from engine.rulebook.problems import Place, Problem, RulebookError
from engine.rulebook.schema_problems import Subject, problems_of


@dataclass(frozen=True)
class TableMapping:
    """``origin``: the table as the data have it (with its schema, where there are several); ``taken`` by field.

    ``nothing``: what stands for an empty cell in every column.
    ``zone``: in which time zone a moment is a date, as :mod:`engine.data.zones` has it; "" if nothing says so.
    ``refunds``: how rows say that they reverse others.
    """

    table: str
    place: Place
    origin: str
    taken: tuple[Taken, ...]
    nothing: tuple[str, ...] = ()
    zone: str = ""
    refunds: Refunds | None = None

    def columns(self, there: Collection[str], fields: Collection[str] | None, origin: str) -> tuple[Taken, ...]:
        """Every column to read of a table with the columns ``there``: those mapped, then fields of the same name.

        ``fields``: those of the rulebook's table (``None``: not known, all). Raises :class:`DataError` for a column
        that is not there.
        """
        read = [(taken.place, column) for taken in self.taken for column in taken.columns]
        read += [(self.refunds.place, column) for column in self.refunds.columns] if self.refunds else []
        for place, column in read:
            if column not in there:
                near = get_close_matches(column, there, 1)
                hint = f"是不是 {near[0]}？" if near else f"有：{some_of(tuple(there), (column,))}"
                raise DataError(f"{place}：{origin} 没有列 {column}", hint)
        named = {taken.field for taken in self.taken} | {column for taken in self.taken for column in taken.columns}
        same = [c for c in there if c not in named and (fields is None or c in fields)]
        return (*self.taken, *(Taken(column, self.place, (column,), nothing=self.nothing) for column in same))

    def instead_of(self, origin: str) -> str:
        """That the table ``origin``, which has this table's name, is not read."""
        return f"{origin}（{self.place}：表“{self.table}”取自 {self.origin}）"

    def mapped(self, raw: RawTable, fields: Collection[str] | None) -> RawTable:
        """The table with the rulebook's names. Raises :class:`DataError` for a column that is not there."""
        chosen = self.columns(raw.columns, fields, raw.origin)
        taken = {column for one in chosen for column in one.columns}
        left = tuple(column for column in raw.columns if column not in taken)
        made = replace(as_fields(raw, chosen), name=self.table, left=left)
        return made if self.refunds is None else self.refunds.marked(made, raw)


@dataclass(frozen=True)
class DataMapping:
    """``tables`` by the rulebook's name; ``file`` as people know it."""

    file: str = ""
    tables: Mapping[str, TableMapping] = field(default_factory=dict)

    def taken_from(self, name: str) -> list[TableMapping]:
        """The tables that are taken from the table of the data with this name: there may be several."""
        return [mapping for mapping in self.tables.values() if mapping.origin == name]

    def hidden(self, name: str, there: Collection[str]) -> TableMapping | None:
        """What stands for the table of this name, where the same place, with the tables ``there``, has both.

        In a place that has only the table with the rulebook's name, that one is read: nothing else is meant.
        """
        own = self.tables.get(name)
        return own if own is not None and own.origin != name and own.origin in there else None

    def refuse_strangers(self, tables: Mapping[str, Table]) -> None:
        """Raises :class:`RulebookError` for tables and fields that the rulebook does not have, all at once."""
        problems: list[Problem] = []
        for mapping in self.tables.values():
            table = tables.get(mapping.table)
            if table is None:
                problems.append(_unknown(mapping.place, "表", mapping.table, tables))
                continue
            if mapping.refunds is not None and mapping.refunds.number is None and len(table.key) != 1:
                message = f"表“{table.name}”的主键有几个字段（{'、'.join(table.key)}），不知道哪一列是单号"
                problems.append(Problem("E123", mapping.refunds.place, message, "退费 里再写 单号: 数据里的列"))
            for taken in mapping.taken:
                if taken.field not in table.fields:
                    problems.append(_unknown(taken.place, f"表“{table.name}”的字段", taken.field, table.fields))
        if problems:
            raise RulebookError(problems)


def read_mapping(path: str | Path) -> DataMapping:
    """The mapping in a YAML file. Raises :class:`RulebookError` with every problem and its place."""
    problems: list[Problem] = []
    document = source.read(Path(path), str(path), problems)
    if document is None or problems:
        raise RulebookError(problems)
    if not len(document):
        hint = "写成 表名: {来自: 数据里的表, 列: {字段: 数据里的列}}；表和列的名称都一样，就不用 --mapping"
        problems.append(Problem("E123", Place(str(path), 1, 1), "映射文件是空的", hint))
    for key, value in document:
        if (stray := misplaced(key, value)) is not None:
            problems.append(stray)
            continue
        if not isinstance(value, nodes.Mapping):
            hint = "写成 表名: {来自: 数据里的表, 列: {字段: 数据里的列}}"
            problems.append(Problem("E123", key.place, f"“{key.shown}”后面应是“关键字: 内容”", hint))
            continue
        problems += problems_of(Subject(f"表“{key.shown}”的映射", key, value, "mapping"), "mapping")
        problems += _misused(value)
    if problems:
        raise RulebookError(sorted(dict.fromkeys(problems), key=lambda problem: problem.place))
    _refuse_unknown_zones(document)
    tables = {key.text: _table(key, value) for key, value in document if isinstance(value, nodes.Mapping)}
    return DataMapping(str(path), tables)


def _table(key: nodes.Scalar, node: nodes.Mapping) -> TableMapping:
    named, columns = node.get("来自"), node.get("列")
    origin = named.text if isinstance(named, nodes.Scalar) else key.text
    nothing = _texts(node.get("空值"))
    taken = [_taken(name, value, nothing) for name, value in columns] if isinstance(columns, nodes.Mapping) else []
    zone = node.get(KEYWORD)
    said = zone.text if isinstance(zone, nodes.Scalar) else ""
    return TableMapping(key.text, key.place, origin, tuple(taken), nothing, said, _refunds(node, nothing))


def _refuse_unknown_zones(document: nodes.Mapping) -> None:
    problems = []
    for key, value in document:
        zone = value.get(KEYWORD) if isinstance(value, nodes.Mapping) else None
        if isinstance(zone, nodes.Scalar) and not is_zone(zone.text):
            message = f"表“{key.shown}”的映射里，{KEYWORD} 写的“{zone.shown}”不是时区的名称"
            hint = f"写 IANA 名称，如 {USUAL}（北京时间，全国都用它）；不写 +08:00、CST 这样的"
            problems.append(Problem("E124", zone.place, message, hint))
    if problems:
        raise RulebookError(problems)


def _refunds(node: nodes.Mapping, nothing: tuple[str, ...]) -> Refunds | None:
    key, said = node.key("退费"), node.get("退费")
    if key is None or not isinstance(said, nodes.Mapping):
        return None
    flag, original, number = (_texts(said.get(word)) for word in ("标志", "原单号", "单号"))
    return Refunds(key.place, flag[0], _texts(said.get("值")), original[0], number[0] if number else None, nothing)


def _taken(name: nodes.Scalar, node: nodes.Yaml, nothing: tuple[str, ...]) -> Taken:
    if isinstance(node, nodes.Scalar):
        return Taken(name.text, name.place, (node.text,), nothing=nothing)
    assert isinstance(node, nodes.Mapping)
    said = {key.text: value.text for key, value in node if isinstance(value, nodes.Scalar)}
    codes = node.get("代码")
    pairs = (
        [(code.text.strip(), word.text) for code, word in codes if isinstance(word, nodes.Scalar)]
        if isinstance(codes, nodes.Mapping)
        else []
    )
    columns = _texts(node.get("列"))
    return Taken(
        name.text,
        name.place,
        columns,
        said.get("常数"),
        tuple(pairs),
        said.get("其余"),
        (*_texts(node.get("空值")), *nothing) if columns else (),
        said.get("取", ""),
        said.get("连接", ""),
    )


def _texts(node: nodes.Yaml | None) -> tuple[str, ...]:
    """One text, or a list of them."""
    if isinstance(node, nodes.Sequence):
        return tuple(item.text.strip() for item in node.items if isinstance(item, nodes.Scalar))
    return (node.text.strip(),) if isinstance(node, nodes.Scalar) else ()


def _misused(node: nodes.Mapping) -> Iterator[Problem]:
    """Words that need another beside them, or that stand where they would mean something else."""
    columns = node.get("列")
    for name, value in columns if isinstance(columns, nodes.Mapping) else ():
        if not isinstance(value, nodes.Mapping):
            continue
        several = isinstance(value.get("列"), nodes.Sequence)
        joined, part, codes = value.key("连接"), value.key("取"), value.get("代码")
        if joined is not None and not several:
            yield Problem("E123", joined.place, f"“{name.shown}”只有一列，没有可连接的", "列 写成 [一列, 另一列]")
        if part is not None and several:
            yield Problem("E123", part.place, f"“{name.shown}”是几列连接的，不能又写 取", "取 用在一列时刻上")
        for code, _ in codes if isinstance(codes, nodes.Mapping) else ():
            if code.text.strip() == "其余":
                hint = "写成 {列: …, 代码: {…}, 其余: …}"
                yield Problem("E123", code.place, "“其余”写在 代码 的外面，和它并列", hint)
            if code.text.strip() == EMPTY:
                hint = "空着的单元格照字段的 默认 或 可空，不必写；要当作空着的值写 空值"
                yield Problem("E123", code.place, "“空”不是代码", hint)


def _unknown(place: Place, what: str, name: str, known: Collection[str]) -> Problem:
    near = get_close_matches(name, known, 1, 0.5)
    hint = f"是不是“{near[0]}”？" if near else f"有：{some_of(tuple(known), (name,), '张' if what == '表' else '个')}"
    return Problem("E123", place, f"映射里写了没有的{what}“{name}”", hint)
