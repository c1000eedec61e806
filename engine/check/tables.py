"""A decision table gives exactly one row for every value its columns may have."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.check.conditions import Conditions
from engine.check.context import Context
from engine.check.pieces import ABSENT_PIECE, OTHER, Piece, example
from engine.check.trial import holds, variable_of
from engine.language import tree
from engine.language.types import BOOL
from engine.rulebook.model import DecisionTable, Rule
from engine.rulebook.parts import cell_condition

MOST_STEPS = 200_000
MOST_TRIALS = 3_000_000
"""Cells of a column times the pieces of its range."""
POINT = "= "
"""How a piece that is one value begins."""


def decision_tables_are_complete(context: Context) -> None:
    """Refuses a gap (E701), an overlap (E702), a row that never applies (E703): proved over ranges, classes, dates."""
    for rule in context.rules():
        if isinstance(rule.body, DecisionTable) and not context.rests_on_broken(rule.name):
            _prove(context, rule, rule.body)


@dataclass
class _Search:
    """Goes through the pieces of one column after another, keeping which rows still apply (a bit each)."""

    columns: list[tuple[str, list[Piece], list[int]]]
    gap: dict[str, Piece] | None = None
    rest: dict[str, Piece] | None = None
    more_gaps: bool = False
    """Others than the pieces that go on where the first gap ends."""
    ends: tuple[list[Piece], int] | None = None
    """Where the first gap ends: the pieces of the columns before, and the number of the last piece."""
    overlaps: dict[tuple[int, int], dict[str, Piece]] = field(default_factory=dict)
    applied: int = 0
    steps: int = 0
    seen: set[tuple[int, int, bool]] = field(default_factory=set)

    def go(self, level: int, rows: int, sure: bool, at: dict[str, Piece]) -> None:
        if self.steps > MOST_STEPS:
            return
        if rows == 0:  # before what was seen: a second piece without a row is another gap
            self._gap(level, sure, at)
            return
        if (level, rows, sure) in self.seen:
            return
        self.seen.add((level, rows, sure))
        self.steps += 1
        if level == len(self.columns):
            self.applied |= rows
            if rows & (rows - 1):
                self._overlap(rows, at)
        else:
            key, pieces, masks = self.columns[level]
            for piece, mask in zip(pieces, masks, strict=True):
                unsure = piece.sample is OTHER or piece.text == ABSENT_PIECE
                self.go(level + 1, rows & mask, sure and not unsure, {**at, key: piece})

    def _gap(self, level: int, sure: bool, at: dict[str, Piece]) -> None:
        if not sure:
            if self.rest is None and not any(piece.text == ABSENT_PIECE for piece in at.values()):
                self.rest = dict(at)
            return
        *before, last = at.values()
        number = self.columns[level - 1][1].index(last)
        if self.gap is None:
            self.gap = dict(at)
        elif self.ends != (before, number - 1) or isinstance(last.sample, str | bool):
            self.more_gaps = True
        elif next(reversed(self.gap.values())).text.startswith(POINT):
            self.gap = dict(at)  # the stretch says more than the value it begins with
        if not self.more_gaps:
            self.ends = (before, number)

    def _overlap(self, rows: int, at: dict[str, Piece]) -> None:
        first = (rows & -rows).bit_length() - 1
        rest = rows & (rows - 1)
        second = (rest & -rest).bit_length() - 1
        self.overlaps.setdefault((first, second), dict(at))


def _prove(context: Context, rule: Rule, table: DecisionTable) -> None:
    if not table.rows:
        context.add("E701", rule.provenance.place, f"{rule.name} 的表一行也没有", "至少写一行；还没有定的写 表: 待定")
        return
    conditions = Conditions(context, rule.grain)
    rows = _bound_cells(context, conditions, rule, table)
    if rows is None:
        return
    columns = _columns(conditions, rows)
    if columns is None:
        _not_proved(context, rule, "表太大")
        return
    search = _Search(columns)
    search.go(0, (1 << len(rows)) - 1, True, {})
    if search.steps > MOST_STEPS:
        _not_proved(context, rule, "表太大")
        return
    if conditions.guesses and (search.gap is not None or search.overlaps):
        if not conditions.waits_for_figure:
            _not_proved(context, rule, "界是算出来的")
        return
    _tell(context, rule, table, conditions, search)


def _bound_cells(
    context: Context, conditions: Conditions, rule: Rule, table: DecisionTable
) -> list[list[tree.Node]] | None:
    rows = []
    for row in table.rows:
        cells = []
        for index in range(len(table.columns)):
            cell = cell_condition(table, row, index)
            if cell is None:
                continue
            node = context.understood.tree(cell, rule.grain, BOOL)
            if node is None:
                return None
            cells.append(node)
        rows.append(cells)
    for node in (cell for cells in rows for cell in cells):
        conditions.gather(node)
    return rows


def _columns(conditions: Conditions, rows: list[list[tree.Node]]) -> list[tuple[str, list[Piece], list[int]]] | None:
    """Each variable with its pieces, and for each piece the rows whose cells hold there; ``None``: too many to try."""
    found: dict[str, list[tuple[int, tree.Node]]] = {}
    for index, cells in enumerate(rows):
        for cell in cells:
            key = variable_of(conditions, cell)
            if key is not None:
                found.setdefault(key, []).append((index, cell))
    everything = (1 << len(rows)) - 1
    columns = []
    for key, cells_of_key in found.items():
        alike: dict[str, tuple[tree.Node, int]] = {}
        for index, cell in cells_of_key:
            node, rows_of_cell = alike.get(repr(cell), (cell, 0))
            alike[repr(cell)] = (node, rows_of_cell | 1 << index)
        pieces = conditions.pieces(key)
        if len(pieces) * len(alike) > MOST_TRIALS:
            return None
        masks = []
        for piece in pieces:
            mask = everything
            for cell, rows_of_cell in alike.values():
                if holds(conditions, cell, {key: piece}) is not True:
                    mask &= ~rows_of_cell
            masks.append(mask)
        columns.append((key, pieces, masks))
    return columns


def _not_proved(context: Context, rule: Rule, why: str) -> None:
    context.add(
        "W702",
        rule.provenance.place,
        f"{rule.name} 的{why}，不能证明没有空缺和重叠",
        "界写成数或参数；或把表拆成几条规则",
    )


def _tell(context: Context, rule: Rule, table: DecisionTable, conditions: Conditions, search: _Search) -> None:
    if search.gap is not None:
        where = example(search.gap, conditions.variables)
        context.add(
            "E701",
            rule.provenance.place,
            f"{rule.name} 的表有空缺：{where} 时没有一行适用" + ("，还有别的空缺" if search.more_gaps else ""),
            "补上一行，或检查相邻两行的界是否一个含、一个不含；没有公布数的，这一行写 无法确定(“没有公布”)",
        )
    elif search.rest is not None:
        where = example(search.rest, conditions.variables)
        context.add(
            "W702",
            rule.provenance.place,
            f"{rule.name} 的表没有说别的怎么办：{where} 时没有一行适用，会算不出",
            "补上一行，那一格写 其余；数据里不该有的，其余 那一行的值写 无法确定(“原因”)",
        )
    for (first, second), at in search.overlaps.items():
        context.add(
            "E702",
            table.rows[second].provenance.place,
            f"{rule.name} 的表第 {first + 1} 行和第 {second + 1} 行重叠："
            f"{example(at, conditions.variables)} 时两行都适用",
            _cure_of_overlap(table, (first, second), at),
        )
    for index, row in enumerate(table.rows):
        if not search.applied >> index & 1:
            context.add(
                "E703",
                row.provenance.place,
                f"{rule.name} 的表第 {index + 1} 行永远不适用：没有值满足它的条件",
                "检查区间的下限是否大于上限、是否超出字段的范围",
            )


def _cure_of_overlap(table: DecisionTable, rows: tuple[int, int], at: dict[str, Piece]) -> str:
    lists = any(isinstance(piece.sample, str) or piece.sample is OTHER for piece in at.values())
    width = range(len(table.columns))
    written = [[cell_condition(table, table.rows[row], index) is not None for row in rows] for index in width]
    if lists and not any(all(both) for both in written):
        return "没有列出的写 其余，不写 任何（任何 连列出的也在内）"
    return "同一个值只能在一行里" if lists else "相邻两行的界只能有一行包含，如 ≤ 200 和 (200, 300]"
