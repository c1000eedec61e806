"""The rows that a window runs over, how they are parted and ordered, and where one of them spoils its whole part."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from engine.execute.sql import ints
from engine.execute.sql.arithmetic import in_order
from engine.execute.sql.ints import grouped
from engine.execute.sql.lowered import Lowered, all_of, is_true, missing, not_
from engine.execute.sql.not_in_sql import NotInSql
from engine.execute.sql.on_rows import OnRows
from engine.language import tree


class Window:
    """The rows that a window of the rule being lowered runs over, and how they are parted and ordered."""

    def __init__(self, reading: OnRows, node: tree.Call, history: bool = False) -> None:
        execution = reading.execution
        self.reading, self.node, self.frame = reading, node, reading.frame
        rule = execution.now.rules.get(reading.current)
        member = reading.in_grain(rule.grain if rule is not None else reading.base)
        self.keys = [reading.own(name) for name in node.per]
        if history:
            self.rows = self.frame.let(
                exp.Coalesce(
                    this=grouped(all_of([*execution.older_and_run(reading), member.value])), expressions=[exp.false()]
                )
            )
            self.hopeless = execution.any_row(reading, [key.fail for key in self.keys], [self.rows])
        else:
            conditions = execution.conditions(reading.base, execution.first_now(reading.current))
            self.hopeless = execution.any_row(reading, [member.fail, *(key.fail for key in self.keys)], conditions)
            self.rows = self.frame.let(all_of([*conditions, *([] if is_true(member.value) else [member.value])]))
        parted = [not_(gone) for key in self.keys if (gone := missing(key)) is not None]
        if parted:
            self.rows = self.frame.let(all_of([self.rows, *parted]))
        for key in self.keys:
            if key.over is not None:
                raise NotInSql(f"{reading.current} 的 每 用到除不尽的数")

    def over(
        self,
        function: exp.Expression,
        also: Sequence[exp.Expression] = (),
        order: Sequence[exp.Expression] = (),
        running: bool = False,
    ) -> exp.Expression:
        """``function`` over the rows of the same partition as a column."""
        partition = [self.rows.copy(), *(key.value.copy() for key in self.keys), *(part.copy() for part in also)]
        window = exp.Window(this=function, partition_by=partition, over="OVER")
        if order:
            window.set("order", exp.Order(expressions=[part.copy() for part in order]))
        if running:
            window.set(
                "spec", exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
            )
        return self.frame.let(window, window=True)

    def by_key(self) -> list[exp.Expression]:
        """The row's own key, ascending: how ties are settled."""
        names = self.reading.execution.scope(self.reading.execution.closing).keys(self.reading.base)
        return [ordered(self.reading, self.reading.staged(name), False) for name in names]

    def by(self) -> Lowered:
        assert self.node.by is not None
        return self.reading.own(self.node.by)


def ordered(reading: OnRows, low: Lowered, descending: bool) -> exp.Expression:
    try:
        sql = in_order(low, reading.frame)
    except ints.TooLarge:
        raise NotInSql(f"{reading.current} 按除不尽的数排序：给它写明 舍入") from None
    return exp.Ordered(this=sql.copy(), desc=descending, nulls_first=False)


def flag(sql: exp.Expression | None) -> exp.Expression:
    return exp.false() if sql is None else exp.Coalesce(this=grouped(sql), expressions=[exp.false()])


def partition_fails(window: Window, wrong: exp.Expression | None) -> exp.Expression | None:
    """Where a row of the partition makes all of it unresolved."""
    if wrong is None:
        return None
    any_wrong = window.over(exp.LogicalOr(this=flag(wrong)))
    return window.frame.let(all_of([window.rows, any_wrong]))
