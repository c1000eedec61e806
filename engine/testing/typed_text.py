"""Text of a test file as a value of the type that its name has."""

from __future__ import annotations

from engine.data.cells.reader import reader_of
from engine.data.values import BadCell, OutOfRange
from engine.language.types import Kind, Type
from engine.language.values import Value
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Snapshot
from engine.rulebook.constants import read_constant
from engine.rulebook.scope import Scope

ABSENT_WORDS = ("", "空")
UNRESOLVED_WORD = "无法确定"
OUTCOME = "归宿"
"""Stands where a name does, for what became of the row."""


class TestProblem(Exception):
    """A test that cannot be run: a Chinese sentence."""

    __test__ = False


def type_of(scope: Scope, binder: Binder, name: str) -> Type:
    """The type of a name: a field, rule, parameter, dimension or check. Raises :class:`TestProblem`."""
    book = scope.book
    if name in book.parameters:
        return book.parameters[name].type
    if name in book.dimensions:
        found = scope.dimension_type(name)
        if found is not None:
            return found
    if name in book.rules:
        try:
            return binder.rule_type(name)
        except BindError as error:
            raise TestProblem(f"{name} 的公式有错：{error.message}") from None
    if name in book.columns:
        return scope.field_type(book.columns[name][0], name)
    if name in book.checks:
        grades = tuple(grade for grade, _ in book.checks[name].grades)
        if book.checks[name].kind == "筛查":
            return Type(Kind.CLASS, classes=(*grades, "未命中", "不适用"))
        return Type(Kind.BOOL)
    if name in book.grains:
        return Type(Kind.BOOL)
    if name in book.tables:
        raise TestProblem(f"{name} 是一张表：给它的行，写成小表、列表，或 {{行: tables/名字.csv}}")
    raise _no_such_name(book, name)


def no_rows(book: Snapshot, name: str) -> TestProblem:
    """What to raise for rows of what has none."""
    if name in book.entries or name in book.columns:
        return TestProblem(f"{name} 不是表，也不是粒度，没有行：写一个值")
    return _no_such_name(book, name)


def _no_such_name(book: Snapshot, name: str) -> TestProblem:
    from engine.rulebook.nearest import nearest

    return TestProblem(f"没有 {name} 这个名字。{nearest(name, [*book.entries, *book.columns])}")


def read_given(scope: Scope, binder: Binder, name: str, text: str, grain: str = "") -> Value | OutOfRange:
    """``text`` as what is given for ``name`` (on a row of ``grain``): a field as a run reads its cell.

    What a run would refuse is refused with the same reason; out of range it is an :class:`OutOfRange`, as in a run.
    Raises :class:`TestProblem`.
    """
    tables = [] if scope.as_rule(name) or name in scope.book.parameters else scope.book.columns.get(name, [])
    tables = [table for table in tables if table == scope.base(grain)] if grain and tables else tables
    if not tables:
        return read_value(scope, binder, name, text)
    readings = [
        reader_of(scope.book.tables[table].fields[name])("" if text in ABSENT_WORDS else text) for table in tables
    ]
    taken = [found for found in readings if not isinstance(found, BadCell)]
    if not taken:
        if text in ABSENT_WORDS:  # what a row without a value comes to
            return None
        raise TestProblem(f"{name}：{readings[0].reason}；运行时交来这样的格子也不收")  # type: ignore[union-attr]
    return taken[0]


def read_value(scope: Scope, binder: Binder, name: str, text: str) -> Value:
    """``text`` as a value of ``name``; 空 or nothing is absent. Raises :class:`TestProblem`."""
    if text in ABSENT_WORDS:
        return None
    type_ = type_of(scope, binder, name)
    if type_.many:
        return frozenset(part.strip() for part in text.split("、"))  # type: ignore[return-value]
    if type_.kind is Kind.NUMBER and text.count("/") == 1:
        top, _, bottom = text.partition("/")
        try:
            return read_constant(top, type_) / read_constant(bottom, type_)  # type: ignore[operator,return-value]
        except (ValueError, ZeroDivisionError):
            pass
    try:
        return read_constant(text, type_)
    except ValueError as error:
        raise TestProblem(f"{name}：{error}") from None
