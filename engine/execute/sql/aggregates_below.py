"""Aggregates on data rows over the rows below them (a case over its items): grouped in SQL and joined by key."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from engine.databases.trees import made_of
from engine.execute.reference.selection import parent
from engine.execute.sql import ints
from engine.execute.sql.added_up import state_of
from engine.execute.sql.frame import Frame
from engine.execute.sql.ints import Int, grouped
from engine.execute.sql.lowered import (
    Lowered,
    case,
    constant,
    failing,
    is_null,
    is_true,
    missing,
    not_,
    number,
    unresolved,
)
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import OnRows
from engine.language import tree
from engine.language.function_laws import Absence, Takes
from engine.language.functions import law_of, read_on_rows
from engine.language.types import Kind

_FAILED = "bad"


def below(reading: OnRows, node: tree.Call, day: datetime.date) -> Lowered:
    """The aggregate of the rows of ``node.source`` below each row."""
    execution = reading.execution
    assert node.source is not None
    base = execution.scope(execution.closing).base(node.source)
    other = execution.readings.get(base)
    if other is None and _undelivered(reading, base):
        return _over_undelivered(reading, node, base, day)
    if other is None or node.function not in _BESIDE_ROWS:
        raise NotInSql(_not_here(reading, node, other is None))
    other.used = True
    first = execution.first_now(reading.current)
    names = execution.scope(execution.closing).keys(reading.base)
    own_keys, keys = [reading.staged(name) for name in names], [other.own(name) for name in names]
    member = other.in_grain(node.source)
    read = read_on_rows(node)
    operand = None if read is None else other.own_node(read)
    where = None if node.where is None else other.own_truth_node(node.where)
    conditions = execution.conditions(other.base, first)
    if execution.any_row(other, [member.fail, *(key.fail for key in keys)], conditions):
        return unresolved(Kind.NUMBER)
    conditions = [*conditions, *([] if is_true(member.value) else [member.value])]
    conditions += [not_(gone) for key in keys if (gone := missing(key)) is not None]
    if execution.any_row(other, [stray(reading, other, keys)], conditions):
        return unresolved(Kind.NUMBER)
    state = state_of(node.function, operand, where, max(other.frame.staged.count, 1))
    bad = exp.false() if state.bad is None else state.bad
    inner = other.frame.relation([*(key.value for key in keys), *state.parts, bad], conditions)
    listed = [exp.alias_(key.value.copy(), f"k{place}") for place, key in enumerate(keys)]
    listed += [exp.alias_(part.copy(), f"s{place}") for place, part in enumerate(state.parts)]
    flag = exp.LogicalOr(this=exp.Coalesce(this=grouped(bad), expressions=[exp.false()]))
    relation = exp.select(*listed, exp.alias_(flag, _FAILED), exp.alias_(exp.true(), "there")).from_(
        inner.subquery("q", copy=False), copy=False
    )
    relation = relation.group_by(*[key.value.copy() for key in keys], copy=False)
    frame = reading.frame
    joined = frame.join(
        [key.value for key in own_keys], relation, [f"k{n}" for n in range(len(keys))], made_of(relation)
    )
    there = not_(exp.Is(this=frame.joined_column(joined, "there"), expression=exp.Null()))
    fail = None
    if state.bad is not None:
        fail = frame.let(exp.Coalesce(this=frame.joined_column(joined, _FAILED), expressions=[exp.false()]))
    parts = [frame.joined_column(joined, f"s{place}") for place in range(len(state.parts))]
    return frame.let_low(_finished(node.function, Joined(operand, parts, there, fail, other.frame.staged.count)))


def _not_here(reading: OnRows, node: tree.Call, source_is_no_table: bool) -> str:
    """Why an aggregate cannot be worked out beside each row of data, and what can."""
    where = f"{reading.current} 在每一行 {reading.base} 上用 {node.function} 汇总 {node.source}"
    if source_is_no_table:
        return f"{where}，它不是按行交来的表：{reading.frame.database.name} 里不能逐行算，直接汇总交来的表"
    can = "、".join(_BESIDE_ROWS)
    return f"{where}：{reading.frame.database.name} 里逐行只算 {can}，改用这几种"


def _undelivered(reading: OnRows, base: str) -> bool:
    """Whether ``base`` is a table of which nothing was delivered and whose rows are not computed either."""
    selection = reading.execution.selection
    stored = selection.tables.get(base)
    return stored is not None and not stored.delivered and base not in selection.computed_tables


def _over_undelivered(reading: OnRows, node: tree.Call, base: str, day: datetime.date) -> Lowered:
    """A table that may be undelivered has no rows then; of any other nothing can be known."""
    if not reading.execution.selection.tables[base].table.optional:
        return unresolved(Kind.NUMBER)
    if law_of(node.function).absence is Absence.NEVER:
        return constant(Kind.NUMBER, Fraction(0))
    if law_of(node.function).takes is Takes.NUMBERS_BELOW_AND_SHARE:
        share = reading.node(node.args[1], day)
        if not share.is_known:
            raise NotInSql(
                f"{reading.current} 在数据行上用 {node.function} 汇总 {node.source}，p 又随行而变："
                f"{reading.frame.database.name} 里不能逐行算，p 写成数或参数"
            )
        if isinstance(share.known, Fraction) and not 0 <= share.known <= 1:
            return unresolved(Kind.NUMBER)
    return constant(Kind.ABSENT, None)


def stray(reading: OnRows, other: OnRows, keys: list[Lowered]) -> exp.Expression | None:
    """Where a row of ``other`` refers to a row that the table of ``reading`` does not have (``None``: nowhere)."""
    execution = reading.execution
    if reading.table.optional or reading.table.sparse:
        return None
    above = parent(execution, execution.selection, other.base)
    sorted_by_it = above is not None and above[1] == reading.base and other.base not in execution.program.rows
    if sorted_by_it and execution.states[other.base].inside:  # a row without that row is outside
        return None
    names = execution.scope(execution.closing).keys(reading.base)
    own = [reading.staged(name).value for name in names]
    listed = [exp.alias_(key.copy(), f"k{place}") for place, key in enumerate(own)]
    delivered = Frame(reading.frame.database, reading.base, reading.frame.staged)  # fewer rows may stand in the frame
    every = delivered.relation(own).subquery("q", copy=False)
    relation = exp.select(*listed, exp.alias_(exp.true(), "there")).from_(every, copy=False)
    joined = other.frame.join(
        [key.value for key in keys], relation, [f"k{n}" for n in range(len(own))], ("every", reading.base)
    )
    return is_null(other.frame.joined_column(joined, "there"))


@dataclass(frozen=True)
class Joined:
    """What was added up below each row, beside it: the parts of the state, whether there is a row below at all."""

    operand: Lowered | None
    parts: list[exp.Expression]
    there: exp.Expression
    fail: exp.Expression | None
    rows: int

    @property
    def hidden(self) -> list[tuple[exp.Expression, exp.Expression]]:
        return [] if self.fail is None else [(self.fail, exp.Null())]

    @property
    def total(self) -> tuple[int, int]:
        """How small and how great a sum can be."""
        assert self.operand is not None and self.operand.num is not None and self.operand.over is None
        return min(self.operand.num.low * self.rows, 0), max(self.operand.num.high * self.rows, 0)


def _finished(function: str, joined: Joined) -> Lowered:
    operand = joined.operand
    if operand is not None and isinstance(operand.value, exp.Null):
        found = constant(Kind.NUMBER, Fraction(0) if law_of(function).absence is Absence.NEVER else None)
        return failing(found, joined.fail)
    return _BESIDE_ROWS[function](joined)


def _count(joined: Joined) -> Lowered:
    none = exp.cast(ints.whole(0), ints.NARROW_TYPE)
    value = case([*joined.hidden, (joined.there, joined.parts[0])], none)
    return number(Int(value, 0, joined.rows, False), 1, joined.fail, False)


def _outermost(joined: Joined) -> Lowered:
    operand, value = joined.operand, case(joined.hidden, joined.parts[0])
    assert operand is not None
    if operand.num is None:
        return Lowered(operand.kind, value, joined.fail, True)
    num = Int(value, operand.num.low, operand.num.high, operand.num.wide)
    return number(num, operand.den, joined.fail, True, operand.over)


def _sum(joined: Joined) -> Lowered:
    low, high = joined.total
    assert joined.operand is not None
    zero = exp.cast(ints.whole(0), ints.WIDE_TYPE, dialect="duckdb")
    found = exp.Coalesce(this=joined.parts[0].copy(), expressions=[zero])
    total = ints.narrowed(Int(case(joined.hidden, found), low, high, True))
    return number(total, joined.operand.den, joined.fail, False)


def _mean(joined: Joined) -> Lowered:
    low, high = joined.total
    assert joined.operand is not None
    rows = exp.Coalesce(this=joined.parts[0].copy(), expressions=[ints.whole(0)])
    none = exp.EQ(this=rows, expression=ints.whole(0))
    total = ints.narrowed(Int(case([*joined.hidden, (none, exp.Null())], joined.parts[1]), low, high, True))
    count = Int(exp.Nullif(this=joined.parts[0].copy(), expression=ints.whole(0)), 1, max(joined.rows, 1), False)
    return number(total, joined.operand.den, joined.fail, True, count)


_BESIDE_ROWS: dict[str, Callable[[Joined], Lowered]] = {
    "计数": _count, "去重计数": _count, "合计": _sum, "均值": _mean, "最大": _outermost, "最小": _outermost,
}  # fmt: skip
