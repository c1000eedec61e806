"""The 必须 of a run: those that were looked at and on how many rows, those that were not and why, those that fail.

One that does not hold stops the run, or only reminds where it says so (不成立时).

A failed one is told with the values of both sides of its comparison and what lies between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from engine.execute.reference.elsewhere import elsewhere
from engine.execute.reference.outcome import Outcome
from engine.execute.reference.refusals import key_text
from engine.execute.reference.rows import Row
from engine.execute.result import Asserted
from engine.files.errors import RunStopped
from engine.language import tree
from engine.language.spans import written_span
from engine.language.types import BOOL
from engine.language.values import Unresolved, Value, readable
from engine.rulebook.book import Snapshot
from engine.rulebook.model import REMINDS, Check, Formula
from engine.rulebook.pending import switch
from engine.rulebook.wanted import assertions, not_asserted

SHOWN, REMINDED, NAMES_SHOWN, RULES_SHOWN = 20, 5, 5, 3
_COMPARED = frozenset(("=", "!=", "<", "<=", ">", ">="))


def asserted(execution: Outcome) -> list[Asserted]:
    """Every 必须 of the region, after those that can be looked at hold. Raises :class:`RunStopped` if one does not.

    One that only reminds (不成立时: 提醒) stops nothing, also where it cannot be told.
    """
    found: list[Asserted] = []
    failed: list[str] = []
    for check in assertions(execution.now, execution.program):
        one = Asserted(check.name, check.provenance.cite, check.grain, execution.count_rows(check.grain))
        if only_reminds(execution.now, check):
            lines = tuple(line for line in failures(execution, check, REMINDED) if line)
            holds = execution.rows_where_true(check.grades[0][1], check.grain)
            one = replace(one, broken=one.rows - holds, told=lines)
        else:
            failed += list(failures(execution, check, SHOWN - len(failed)))
        found.append(one)
    if failed:
        raise RunStopped(
            f"有 {len(failed)} 处“必须”没有满足",
            [line for line in failed if line][:SHOWN],
            "没有写出结果；按上面的主键和条款查清数据或规则，再运行",
        )
    for name, names in not_asserted(execution.now, execution.program).items():
        check = execution.now.checks[name]
        more = f" 等 {len(names)} 条规则" if len(names) > RULES_SHOWN else ""
        why = f"这个程序不算 {'、'.join(names[:RULES_SHOWN])}{more}" if names else "它没有用到程序算出的规则"
        found.append(Asserted(name, check.provenance.cite, check.grain, 0, why))
    return found


def only_reminds(book: Snapshot, check: Check) -> bool:
    """Whether a 必须 that does not hold reminds and does not stop, on the snapshot's day."""
    return REMINDS in (check.otherwise, switch(book, check.otherwise))


def failures(execution: Outcome, check: Check, shown: int) -> Iterator[str]:
    """A line for each row on which a 必须 does not hold or cannot be told; an empty one after the first ``shown``."""
    formula = check.grades[0][1]
    told = 0
    for row in execution.rows_to_assert(check):
        where = f"{check.name}（{check.provenance.cite}）{key_text(row.key)}"
        try:
            if execution.judge.truth(formula, check.grain, row, execution.judge.own_day(row)):
                continue
            values = values_of(execution, formula, check.grain, row) if told < shown else ""
            line = f"{where}：{formula.text} 不成立{f'，{values}' if values else ''}"
        except Unresolved as error:
            line = f"{where}：不能判断，{error}{elsewhere(execution, error, row)}"
        told += 1
        yield line if told <= shown else ""


def values_of(execution: Outcome, formula: Formula, grain: str, row: Row) -> str:
    """What stands on both sides of the comparison that is false on ``row``, or what its names are there."""
    day = execution.judge.own_day(row)

    def value(node: tree.Node) -> Value:
        return execution.judge.computed(execution.formulas.compiled_tree(node), row, day)

    def written(node: tree.Node) -> str:
        start, stop = written_span(formula.text, node)
        return formula.text[start:stop]

    def said(node: tree.Node) -> str:
        if isinstance(node, tree.Number | tree.Class | tree.Text | tree.Date):
            return ""
        try:
            return f"{written(node)} = {readable(value(node)) or '空'}"
        except Unresolved as error:
            return f"{written(node)} 无法确定（{error}）"

    def told(node: tree.Node) -> list[str]:
        if isinstance(node, tree.Binary) and node.op == "且":
            return told(node.left) if value(node.left) is not True else told(node.right)
        if isinstance(node, tree.Binary) and node.op == "或":
            return [*told(node.left), *told(node.right)]
        if isinstance(node, tree.Binary) and node.op in _COMPARED:
            left, right = value(node.left), value(node.right)
            parts = [said(node.left), said(node.right)]
            if isinstance(left, Fraction) and isinstance(right, Fraction):
                parts.append(f"相差 {readable(left - right)}")
            return [part for part in parts if part]
        names = {part.id: part for part in node.walk() if isinstance(part, tree.Name)}
        return [said(part) for part in list(names.values())[:NAMES_SHOWN]]

    try:
        bound = execution.formulas.bound(formula, grain, day, BOOL)
        return "，".join(dict.fromkeys(told(bound)))
    except Unresolved:
        return ""
