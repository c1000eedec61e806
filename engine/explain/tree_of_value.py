"""Walk a value back to its inputs on an execution of the reference engine."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.explain.kept_before import KeptBefore
from engine.explain.numbers import key_text, number
from engine.explain.steps import Step, Tried
from engine.language import tree
from engine.language.functions import FUNCTIONS
from engine.language.types import BOOL, Kind, Type
from engine.language.values import Unresolved, render
from engine.rulebook.model import OFFICIAL, Cases, DecisionTable, Formula, Parameter, Rule
from engine.rulebook.parts import branch_condition, cell_condition
from engine.rulebook.scope import Access, Unreachable

MOST_STEPS = 400
SHOWN_ROWS = 3
MOST_ROWS = 5000


@dataclass
class Walk:
    """One explanation; a value that was explained before is only named again."""

    execution: Execution
    kept: KeptBefore | None = None
    seen: set[tuple] = field(default_factory=set)
    count: int = 0

    def explain(self, name: str, row: Row, day: datetime.date) -> Step:
        """``name`` as read from ``row``."""
        self.count += 1
        scope = self.execution.scope(day)
        try:
            access = scope.reach(row.grain, name)
        except Unreachable as error:
            return Step(name, "rule", row.grain, key_text(row), f"无法确定：{error.message}")
        value = self._text(lambda: self.execution.value(name, row, day))
        if access.kind == "parameter":
            return self._parameter(name, value, day)
        if access.kind == "period":
            return Step(name, "period", "", "", value, remark="本次运行的期间")
        target = self._target(access, row, day)
        if target is None:
            return Step(name, access.kind, access.grain, "", value, remark="没有这一行")
        if access.kind in ("field", "key"):
            return self._field(name, access, target, value)
        if access.kind == "check":
            return Step(name, "check", access.grain, key_text(target), value)
        return self._rule(name, target, day, value)

    def _target(self, access: Access, row: Row, day: datetime.date) -> Row | None:
        if access.own:
            return row
        try:
            key = tuple(self.execution.value(step.name, row, day) for step in access.keys)
            return None if any(part is None for part in key) else lookups.row_at(self.execution, access.grain, key, day)
        except Unresolved:
            return None

    def _parameter(self, name: str, value: str, day: datetime.date) -> Step:
        parameter = self.execution.scope(day).book.parameters[name]
        dated = [(start, formula) for start, formula in parameter.values if start <= day]
        step = self._about(Step(name, "parameter", "", "", value, unit=_unit(parameter)), parameter)
        if dated:
            step.formula = dated[-1][1].text
            step.remark = f"自 {dated[-1][0]} 起"
            step.place = str(dated[-1][1].place)
        return step

    def _field(self, name: str, access: Access, target: Row, value: str) -> Step:
        table = self.execution.now.tables.get(access.grain)
        if table is None:
            return Step(name, "key", access.grain, key_text(target), value)
        type_ = table.fields[name].type if name in table.fields else None
        unit = str(type_.unit) if type_ is not None and type_.kind is Kind.NUMBER and type_.unit.powers else ""
        return Step(name, "field", access.grain, key_text(target), value, unit, remark=f"数据：表 {access.grain}")

    def _rule(self, name: str, row: Row, day: datetime.date, value: str) -> Step:
        book = self.execution.scope(day).book
        rule = book.rules[name]
        if lookups.has_aggregate(rule):
            day = self.execution.own_day(row)
            rule = self.execution.scope(day).book.rules.get(name, rule)
        step = self._about(Step(name.split("〔")[0], "rule", rule.grain, key_text(row), value), rule)
        if "〔" in name:
            step.remark = f"原规定（{rule.provenance.layer}）"
        step.unit = _unit_of_rule(self.execution, name, day)
        if rule.rounding is not None:
            step.rounding = f"{rule.rounding.mode}，{rule.rounding.digits} 位小数"
        again = (name, row.grain, row.key, book.day)
        if again in self.seen:
            step.remark = "上面已经说明"
            return step
        self.seen.add(again)
        if self.kept is not None and day == self.execution.own_day(row):
            self.kept.agree(self.execution, name, row)
        if self.count > MOST_STEPS:
            step.remark = "步骤太多，用 --value 单独看它"
            return step
        formula = self._choose(rule, row, day, step)
        if formula is not None:
            self._formula(formula, rule, row, day, step)
        return step

    def _choose(self, rule: Rule, row: Row, day: datetime.date, step: Step) -> Formula | None:
        body = rule.body
        if isinstance(body, Formula):
            return body
        if isinstance(body, Cases):
            if body.by is not None:
                self._names(body.by, rule.grain, row, day, step, None)
            for branch in body.branches:
                condition = branch_condition(body, branch)
                if condition is None:
                    step.tried.append(Tried("否则", "", True))
                    return self._taken(branch.value, branch.provenance, step)
                applied = self._tried(condition, branch.condition, rule.grain, row, day, step, body.by is not None)
                if applied is None:
                    return None
                if applied:
                    return self._taken(branch.value, branch.provenance, step)
            return None
        if isinstance(body, DecisionTable):
            for column in body.columns:
                step.steps.append(self.explain(column, row, day))
            for line in body.rows:
                cells = [cell_condition(body, line, index) for index in range(len(body.columns))]
                try:
                    holds = all(c is None or self.execution.truth(c, rule.grain, row, day) for c in cells)
                except Unresolved:
                    return None
                text = "，".join(f"{body.columns[i]} {cell.text}" for i, cell in enumerate(line.cells) if cell is not None)
                if holds:
                    step.tried.append(Tried(text, "", True))
                    return self._taken(line.value, line.provenance, step)
        return None

    def _taken(self, formula: Formula | None, provenance: object, step: Step) -> Formula | None:
        cite = getattr(provenance, "cite", "")
        if cite and cite != step.cite:
            step.cite = cite
        step.note = getattr(provenance, "note", "") or step.note
        status = getattr(provenance, "status", OFFICIAL)
        step.status = status if status != OFFICIAL else step.status
        return formula

    def _tried(
        self, condition: Formula, written: Formula | None, grain: str, row: Row, day: datetime.date, step: Step, by: bool
    ) -> bool | None:
        try:
            applied = self.execution.truth(condition, grain, row, day)
        except Unresolved as error:
            step.tried.append(Tried(condition.text, f"无法确定：{error}", False))
            return None
        numbers = "" if by else self.with_numbers(condition, grain, row, day, BOOL)
        step.tried.append(Tried(written.text if written is not None else condition.text, numbers, applied))
        if not by:
            self._names(condition, grain, row, day, step, BOOL)
        return applied

    def _formula(self, formula: Formula, rule: Rule, row: Row, day: datetime.date, step: Step) -> None:
        step.formula = formula.text
        step.place = str(formula.place)
        numbers = self.with_numbers(formula, rule.grain, row, day, rule.type, rule.rounding is not None)
        step.numbers = numbers if numbers != formula.text else ""
        self._names(formula, rule.grain, row, day, step, rule.type, rule.rounding is not None)

    def _names(
        self, formula: Formula, grain: str, row: Row, day: datetime.date, step: Step, expected: Type | None, rooted: bool = False
    ) -> None:
        """A step for each name read on this row, and one for each aggregate with the rows below."""
        try:
            bound = self.execution.bound(formula, grain, day, expected, rooted)
        except Unresolved:
            bound = formula.tree
        shown = {item.name for item in step.steps}
        for node in _read_here(bound):
            if isinstance(node, tree.Call):
                found = self._call(node, row, day)
                if found is not None:
                    step.steps.append(found)
            elif node.id not in shown:
                shown.add(node.id)
                step.steps.append(self.explain(node.id, row, day))

    def _call(self, node: tree.Call, row: Row, day: datetime.date) -> Step | None:
        if node.function == "取":
            return self._look_up(node, row, day)
        if node.source is None:
            return None
        first = not self.execution.settled
        try:
            rows = self.execution.group(node.source, row.grain, row, first)
        except Unresolved as error:
            return Step(node.function, "rows", node.source, "", f"无法确定：{error}")
        step = Step(f"{node.function} 的各行", "rows", node.source, key_text(row), f"{len(rows)} 行")
        if node.function == "计数" or len(rows) > MOST_ROWS:
            return step
        step.remark = self._largest(node, rows)
        return step

    def _largest(self, node: tree.Call, rows: list[Row]) -> str:
        expression = self.execution.formulas.compiled_tree(node.args[0])
        found = []
        for item in rows:
            try:
                value = self.execution.evaluator.evaluate(expression, item, self.execution.own_day(item))
            except Unresolved:
                continue
            found.append((value, item))
        found = [pair for pair in found if pair[0] is not None and not isinstance(pair[0], (str, bool))]
        found.sort(key=lambda pair: pair[0], reverse=True)  # type: ignore[arg-type,return-value]
        shown = "，".join(f"{key_text(item)} {number(value)}" for value, item in found[:SHOWN_ROWS])
        return f"最大的：{shown}" if shown else ""

    def _look_up(self, node: tree.Call, row: Row, day: datetime.date) -> Step | None:
        name = node.args[0].id  # type: ignore[attr-defined]
        scope = self.execution.scope(day)
        home = scope.home(name)
        if home is None:
            return None
        given = {key: self.execution.formulas.compiled_tree(value) for key, value in node.keys}
        try:
            key = tuple(
                self.execution.evaluator.evaluate(given[part], row, day) if part in given else self.execution.value(part, row, day)
                for part in scope.keys(home)
            )
            if any(part is None for part in key):
                return None
            target = lookups.row_at(self.execution, scope.base(home), key, day)
        except Unresolved as error:
            return Step(name, "rule", home, "", f"无法确定：{error}")
        where = ",".join(render(part) for part in key)
        return Step(name, "field", home, where, "空", remark="没有这一行") if target is None else self.explain(name, target, day)

    def with_numbers(
        self, formula: Formula, grain: str, row: Row, day: datetime.date, expected: Type | None = None, rooted: bool = False
    ) -> str:
        """The formula's text with each name that is read on this row replaced by its value."""
        try:
            bound = self.execution.bound(formula, grain, day, expected, rooted)
        except Unresolved:
            return formula.text
        found = [node for node in _read_here(bound) if isinstance(node, tree.Name)]
        text = formula.text
        for node in sorted(found, key=lambda item: item.span, reverse=True):
            start, stop = node.span
            if text[start:stop] in (node.id, "原规定"):
                text = text[:start] + self._text(lambda node=node: self.execution.value(node.id, row, day)) + text[stop:]
        return text

    def _text(self, read) -> str:  # type: ignore[no-untyped-def]
        try:
            return number(read()) or "空"
        except Unresolved as error:
            return f"无法确定：{error}"

    def _about(self, step: Step, entry: Rule | Parameter) -> Step:
        provenance = entry.provenance
        step.cite, step.note, step.layer = provenance.cite, provenance.note, provenance.layer
        step.status = "" if provenance.status == OFFICIAL else provenance.status
        step.place = str(provenance.place)
        return step


def _read_here(node: tree.Node) -> list[tree.Name | tree.Call]:
    """Names read on the row itself, and calls that look beyond it (whose inner names are read elsewhere)."""
    if isinstance(node, tree.Name):
        return [node]
    if isinstance(node, tree.Call):
        function = FUNCTIONS.get(node.function)
        if node.function == "取":
            return [node, *(name for _, value in node.keys for name in _read_here(value))]
        if function is not None and function.family == "汇总" and node.function != "分摊":
            return [node]
        if node.function in ("名次", "上一条", "累计", "上期"):
            return []
    return [name for child in node.children() for name in _read_here(child)]


def _unit(parameter: Parameter) -> str:
    return str(parameter.type.unit) if parameter.type.kind is Kind.NUMBER and parameter.type.unit.powers else ""


def _unit_of_rule(execution: Execution, name: str, day: datetime.date) -> str:
    from engine.rulebook.bind import BindError

    try:
        type_ = execution.days.binder(day).rule_type(name)
    except BindError:
        return ""
    return str(type_.unit) if type_.kind is Kind.NUMBER and type_.unit.powers else ""
