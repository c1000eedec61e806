"""Every place in a file that names an entry or a field: where it is made, where it is used.

Read from the nodes of a file that is YAML; what is between quotes “ ” and the words of 属于 are no names.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from engine.assist.formula_names import NAME, NO_CLASS, AsClass, names_in_formula
from engine.assist.keys import FORMULAS
from engine.assist.spot import entries_of
from engine.files.kept_by_size import kept_by_size
from engine.rulebook.keywords import HEAD_KINDS
from engine.rulebook.kinds import kind_of
from engine.rulebook.nodes import Mapping, Scalar
from engine.rulebook.problems import Place
from engine.rulebook.spans import Written, written

MADE, REPLACED, USED = "made", "replaced", "used"
_OF_FILE = frozenset(("依据", "状态"))
_ONE_NAME = frozenset(("粒度", "按", "交来", "合计行", "回填", "归期", "代替规则"))
_LISTS = frozenset(("主键", "键", "每个", "测算", "报表", "见于", "列", "首要"))
_FOR_PEOPLE = frozenset(("说明", "依据", "原句", "又名", "状态", "不提示", "可替换", "标题", "为什么", "未写明"))


@dataclass(frozen=True)
class Use:
    """``text[start:end]`` of a file is the name, :data:`MADE` there, :data:`REPLACED` (below 替换) or :data:`USED`.

    ``table``: the table, where a field of one is meant and no other thing of that name.
    """

    name: str
    start: int
    end: int
    role: str
    table: str = ""


def uses_in(text: str, is_example: bool = False, classes: AsClass = NO_CLASS) -> Iterator[Use]:
    """All names that a rules file, or a file of examples, mentions. Nothing of a file that is no YAML."""
    try:
        root = written(text)
    except yaml.YAMLError:
        return
    if root is None or root.kind != "mapping":
        return
    walk = _Walk(text, classes)
    for key, value in root.entries:
        if is_example:
            yield from walk.example(value)
        elif key.value == "替换":
            for name, body in value.entries:
                yield from walk.entry(name, body, REPLACED)
        elif key.value == "删除":
            yield from walk.dotted(value.items or [value])
        elif key.value not in _OF_FILE:
            yield from walk.entry(key, value, MADE)


@kept_by_size(1_000_000)
def uses_of(text: str, is_example: bool = False, classes: AsClass = NO_CLASS) -> tuple[Use, ...]:
    """As :func:`uses_in`, kept for the next who asks the same of the same text."""
    return tuple(uses_in(text, is_example, classes))


def use_at(text: str, offset: int, is_example: bool = False) -> Use | None:
    """The name that ``offset`` is on or right behind. Only the entry around it is read: others may be half written."""
    starts = [at for _, at in entries_of(text)]
    place = bisect_right(starts, offset) - 1
    begun = starts[place] if place >= 0 else 0
    end = starts[place + 1] if place + 1 < len(starts) else len(text)
    for use in uses_of(text[begun:end], is_example):
        if begun + use.start <= offset <= begun + use.end:
            return replace(use, start=begun + use.start, end=begun + use.end)
    return None


@dataclass
class _Walk:
    text: str
    classes: AsClass

    def entry(self, name: Written, body: Written, role: str) -> Iterator[Use]:
        if "." in name.value:
            yield from self.dotted([name])
        else:
            yield from self.whole(name, role)
        kind = _kind(body)
        for key, value in body.entries:
            by = body.get("按")
            yield from self._keyword(name.value, kind, key.value, value, by.value if by is not None else "")

    def _keyword(self, entry: str, kind: str, word: str, value: Written, by: str = "") -> Iterator[Use]:
        if word in _FOR_PEOPLE:
            return
        if word in _ONE_NAME:
            yield from self.whole(value)
        elif word == "字段":
            yield from self._fields(entry, value)
        elif word in ("表", "列") and value.kind == "list" and word == "表":
            for row in value.items:
                for column, cell in row.entries:
                    yield from self.whole(column)
                    yield from self.formula(cell, column.value)
        elif word in _LISTS:
            yield from self._listed(value)
        elif word in ("排除", "需要"):
            for table, names in value.entries:
                yield from self.whole(table)
                yield from self._listed(names)
        elif word == "行":
            yield from self._rows(kind, value)
        elif word == "分情形":
            yield from self._cases(entry, value, by)
        elif word == "筛查" and value.kind == "mapping":
            for _, grade in value.entries:
                yield from self.formula(grade)
        elif word == "读法":
            for inner, about in value.entries:
                if inner.value == "读作":
                    for option, _ in about.entries:
                        if not self.classes.is_said(option.value, entry):
                            yield from self.whole(option)
                elif inner.value == "见于":
                    yield from self._listed(about)
        elif word == "合成":
            yield from self._hints(value)
        elif word in FORMULAS or word in ("限", "范围", "不成立时"):
            yield from self.formula(value, entry if word == "公式" else "")
        elif word == "类型" and value.kind == "scalar" and value.value.startswith("→"):
            yield from self._inside(value, value.value.removeprefix("→").strip())
        elif word == "取值":
            for _, figure in value.entries:
                yield from self.formula(figure, entry)

    def _fields(self, table: str, value: Written) -> Iterator[Use]:
        for name, spec in value.entries:
            for use in self.whole(name, MADE):
                yield Use(use.name, use.start, use.end, MADE, table)
            if spec.kind == "scalar" and spec.value.startswith("→"):
                yield from self._inside(spec, spec.value.removeprefix("→").strip())
            for key, inner in spec.entries:
                if key.value in ("范围", "类型"):
                    yield from self._keyword(table, "field", key.value, inner)

    def _rows(self, kind: str, value: Written) -> Iterator[Use]:
        if kind == "grain":
            yield from self.whole(value)
        elif kind == "table":
            yield from self._columns(value)
        for table, condition in value.entries if kind == "program" else ():
            yield from self.whole(table)
            yield from self.formula(condition)

    def _columns(self, value: Written) -> Iterator[Use]:
        """The fields that columns of a printed table go to; the columns have names of their own."""
        for key, inner in value.entries:
            if key.value == "列":
                for name, _ in inner.entries:
                    yield from self.whole(name)
            for item in inner.items if key.value == "展开" else ():
                yield from self._columns(item)
                for name, _ in item.entries:
                    if name.value != "列":
                        yield from self.whole(name)

    def _cases(self, entry: str, value: Written, by: str) -> Iterator[Use]:
        for condition, result in value.entries:
            if condition.value != "否则":
                yield from self.formula(condition, by)
            if result.kind == "scalar":
                yield from self.formula(result, entry)
            for key, inner in result.entries:
                if key.value == "则":
                    yield from self.formula(inner, entry)

    def _listed(self, value: Written) -> Iterator[Use]:
        if value.kind == "scalar":
            for part in NAME.finditer(self.text, value.start, value.end):
                yield Use(part[0], part.start(), part.end(), USED)
        for item in value.items:
            yield from self.whole(item)
        for key, _ in value.entries:
            yield from self.whole(key)

    def _hints(self, node: Written) -> Iterator[Use]:
        """Hints for made-up data mention names as keys, and in texts that are formulas."""
        for key, value in node.entries:
            yield from self.whole(key)
            yield from self._hints(value)
        for item in node.items:
            yield from self._hints(item)
        if node.kind == "scalar":
            yield from self.formula(node)

    def example(self, body: Written) -> Iterator[Use]:
        for key, value in body.entries:
            if key.value == "程序":
                yield from self.whole(value)
            elif key.value == "分情形":
                yield from self._heading(value)
            elif key.value in ("已知", "应得"):
                for name, given in value.entries:
                    yield from self._before(name)
                    yield from self._heading(given)
                    for row in (given, *given.items):
                        for cell, _ in row.entries:
                            yield from self._before(cell)

    def _before(self, name: Written) -> Iterator[Use]:
        """A name that is given a value, also as 上期(名) or 上一条(名)."""
        for part in NAME.finditer(self.text, name.start, name.end):
            if self.text[part.end() : part.end() + 1] not in ("(", "（"):
                yield Use(part[0], part.start(), part.end(), USED)

    def _heading(self, value: Written) -> Iterator[Use]:
        """The names in the heading of a small table."""
        if value.kind != "scalar" or value.style not in ("|", ">"):
            return
        at = self.text.find("\n", value.start) + 1
        while at and at < value.end:
            stop = self.text.find("\n", at)
            stop = len(self.text) if stop < 0 else stop
            line = self.text[at:stop]
            if line.strip() and not line.strip().startswith("#"):
                if "|" in line or "\n" in self.text[stop : value.end].strip():
                    for part in NAME.finditer(self.text, at, stop):
                        if self.text[part.end() : part.end() + 1] not in ("(", "（"):
                            yield Use(part[0], part.start(), part.end(), USED)
                return
            at = stop + 1

    # -- texts

    def whole(self, scalar: Written, role: str = USED) -> Iterator[Use]:
        if scalar.kind == "scalar":
            yield from self._inside(scalar, scalar.value.strip(), role)

    def dotted(self, scalars: list[Written]) -> Iterator[Use]:
        """``表.字段``, or a name alone."""
        for scalar in scalars:
            table, _, field = (part.strip() for part in scalar.value.partition("."))
            yield from self._inside(scalar, table)
            at = self.text.find(field, self.text.find(".", scalar.start), scalar.end) if field else -1
            if at >= 0:
                yield Use(field, at, at + len(field), USED, table)

    def _inside(self, scalar: Written, name: str, role: str = USED) -> Iterator[Use]:
        at = self.text.find(name, scalar.start, scalar.end) if name else -1
        if at >= 0:
            yield Use(name, at, at + len(name), role)

    def formula(self, scalar: Written, of: str = "") -> Iterator[Use]:
        """Names of a formula or a cell, wherever the text breaks its lines. ``of``: whose value it is."""
        if scalar.kind != "scalar":
            return
        body = self.text[scalar.start : scalar.end]
        shift = scalar.start
        if scalar.style in ("|", ">"):
            shift += body.find("\n") + 1
            body = self.text[shift : scalar.end]
        elif scalar.style:
            body, shift = body[1:-1], shift + 1
        for name, start, end in names_in_formula(body, self.classes, of):
            yield Use(name, shift + start, shift + end, USED)


def _kind(body: Written) -> str:
    """The kind of an entry as its keywords say it."""
    place = Place()
    keys = tuple((Scalar(key.value, place), Scalar("", place, True)) for key, _ in body.entries)
    return kind_of(Mapping(keys, place)) or ("program" if any(k.value == "报表" for k, _ in body.entries) else "")


IS_HEAD = frozenset(f"{kind}.yaml" for kind in HEAD_KINDS)
"""Files whose keys are no entries."""
