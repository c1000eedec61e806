"""A decision table gives exactly one row for every value its columns may have."""

from __future__ import annotations

from engine.check.context import Context
from engine.check.domains import ABSENT_PIECE, OTHER, Conditions, example
from engine.language import tree
from engine.language.types import BOOL
from engine.rulebook.bind import BindError
from engine.rulebook.model import DecisionTable, Rule
from engine.rulebook.parts import cell_condition


def decision_tables_are_complete(context: Context) -> None:
    """A gap (E701) or an overlap (E702), proved over ranges and classes, with one example each."""
    for rule in context.rules():
        if isinstance(rule.body, DecisionTable) and rule.name not in context.broken:
            _prove(context, rule, rule.body)


def _prove(context: Context, rule: Rule, table: DecisionTable) -> None:
    conditions = Conditions(context, rule.grain)
    rows: list[list[tree.Node]] = []
    for row in table.rows:
        cells = []
        for index in range(len(table.columns)):
            cell = cell_condition(table, row, index)
            if cell is None:
                continue
            try:
                cells.append(context.binder.bind(cell, rule.grain, BOOL).tree)
            except BindError:
                return
        for node in cells:
            conditions.gather(node)
        rows.append(cells)
    if not table.rows:
        context.add("E701", rule.provenance.place, f"{rule.name} 的表一行也没有")
        return
    assignments = conditions.assignments()
    if assignments is None:
        context.add("W702", rule.provenance.place, f"{rule.name} 的表太大，不能证明没有空缺和重叠", "把表拆成几条规则")
        return
    gaps: list[str] = []
    overlaps: dict[tuple[int, int], str] = {}
    for at in assignments:
        if any(piece.sample is OTHER for piece in at.values()):
            others = True
        else:
            others = False
        matched = [i for i, cells in enumerate(rows) if all(conditions.holds(cell, at) is True for cell in cells)]
        if not matched and not others and not any(piece.text == ABSENT_PIECE for piece in at.values()):
            gaps.append(example(at, conditions.variables))
        if len(matched) > 1:
            overlaps.setdefault((matched[0], matched[1]), example(at, conditions.variables))
    if gaps:
        more = f"（共 {len(gaps)} 处）" if len(gaps) > 1 else ""
        context.add(
            "E701", rule.provenance.place, f"{rule.name} 的表有空缺：{gaps[0]} 时没有一行适用{more}",
            "补上一行，或检查相邻两行的界是否一个含、一个不含",
        )  # fmt: skip
    for (first, second), where in overlaps.items():
        place = table.rows[second].provenance.place
        context.add(
            "E702", place, f"{rule.name} 的表第 {first + 1} 行和第 {second + 1} 行重叠：{where} 时两行都适用",
            "相邻两行的界只能有一行包含，如 ≤ 200 和 (200, 300]",
        )  # fmt: skip
