"""Walk a value back to its inputs on an execution of the reference engine: one step a value, those it reads below."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace

from engine.execute.reference import lookups
from engine.execute.reference.execution import Execution
from engine.execute.reference.nodes import Called
from engine.execute.reference.rows import Row
from engine.execute.reference.to_ast import called
from engine.explain.calls import step_of_call
from engine.explain.choices import choose
from engine.explain.kept_before import KeptBefore
from engine.explain.leaves import field_step, missing_row, parameter_step, period_step
from engine.explain.numbers import ask, key_text, said
from engine.explain.origins import Origins
from engine.explain.reading import Reading
from engine.explain.screens import check_step
from engine.explain.steps import SEEN, Step
from engine.explain.writing import about, unit_of_rule
from engine.language import tree
from engine.language.types import BOOL
from engine.language.values import Unresolved
from engine.rulebook.delivered import WORKED_OUT
from engine.rulebook.model import Formula, Rule
from engine.rulebook.scope import Access, Unreachable

MOST_STEPS = 400
"""Values taken apart in one explanation; those beyond are named with the command that explains them."""
MOST_DEEP = 60
"""Values taken apart inside each other."""


@dataclass
class Walk:
    """One explanation. ``rows``: how many rows of a sum are listed (``None``: only the largest are named).

    ``levels``: how many rules deep (``None``: down to the data). What was explained before is only named again.
    """

    execution: Execution
    origins: Origins
    folder: str = ""
    rows: int | None = None
    kept: KeptBefore | None = None
    levels: int | None = None
    deep: int = 0
    seen: set[tuple] = field(default_factory=set)
    count: list[Step] = field(default_factory=list)
    uncut: list[str] = field(default_factory=list)
    copies: dict[int, tuple[Called, tree.Call]] = field(default_factory=dict)

    def explain(self, name: str, row: Row, day: datetime.date) -> Step:
        """``name`` as read from ``row``."""
        try:
            access = self.execution.scope(day).reach(row.grain, name)
        except (Unreachable, Unresolved) as error:
            return Step(name, "rule", row.grain, key_text(row), f"无法确定：{error}")
        value = said(lambda: self.execution.value(name, row, day))
        if access.kind == "parameter":
            return self._once(parameter_step(self, name, value, day), day)
        if access.kind == "period":
            return period_step(self, name, value)
        if access.kind == "key":
            return Step(name, "key", access.grain, key_text(row), value, remark="这一行的键")
        target, key = self._target(access, row, day)
        if target is None:
            return missing_row(self, access, row, day, key, value)
        outside = self._not_in(access, target)
        if outside is not None:
            return outside
        if access.kind == "field":
            step = self._once(field_step(self, name, target, value), day)
        elif access.kind == "check":
            step = check_step(self, self.execution.scope(day).book.checks[name], target, day, value)
        else:
            step = self._rule(name, target, day, value)
        if not access.own and step.remark != SEEN:
            step.steps += [self.explain(part.name, row, day) for part in access.keys if part.kind == "rule"]
        return step

    def _once(self, step: Step, day: datetime.date) -> Step:
        """A leaf; where it was shown before, only its value."""
        again = (str(self.execution.period), step.name, step.grain, step.key, self.execution.scope(day).book.day)
        if again in self.seen:
            return Step(step.name, step.kind, step.grain, step.key, step.value, step.unit, step.written, remark=SEEN)
        self.seen.add(again)
        return step

    def _target(self, access: Access, row: Row, day: datetime.date) -> tuple[Row | None, tuple]:
        """The row that has the value, and its key as far as it is known."""
        if access.own:
            return row, row.key
        try:
            key = tuple(self.execution.value(step.name, row, day) for step in access.keys)
            if any(part is None for part in key):
                return None, key
            return lookups.row_at(self.execution, access.grain, key, day), key
        except Unresolved:
            return None, ()

    def _not_in(self, access: Access, target: Row) -> Step | None:
        """Why a value of a narrowed grain is nothing: the condition that the row does not meet."""
        for subset in reversed(access.subsets):
            try:
                if self.execution.belongs(subset, target):
                    continue
            except Unresolved:
                return None
            step = Step(access.name, "rule", subset, key_text(target), "空", remark=f"这一行不属于 {subset}")
            self.condition(subset, target, step)
            return step
        return None

    def condition(self, subset: str, row: Row, step: Step) -> None:
        """Into ``step``: the condition of a narrowed grain with numbers, and what it reads."""
        day = self.execution.own_day(row)
        grain = self.execution.scope(day).book.grains[subset]
        about(step, grain.provenance, day)
        if grain.condition is not None:
            reading = Reading(self.execution, grain.condition, grain.of or row.grain, row, day, BOOL)
            step.formula, step.numbers = grain.condition.text, reading.with_numbers()
            self.read(reading, step)

    def _rule(self, name: str, row: Row, day: datetime.date, value: str) -> Step:
        execution = self.execution
        rule = execution.scope(day).book.rules[name]
        if execution.aggregates(execution.scope(day).book, name):
            day = execution.own_day(row)
            rule = execution.scope(day).book.rules.get(name, rule)
        step = about(Step(name.split("〔")[0], "rule", rule.grain, key_text(row), value), rule.provenance, day)
        if name.endswith(WORKED_OUT):
            step.remark = "没有交来，按规则算"
        elif "〔" in name:
            step.remark = f"原规定（{rule.provenance.layer}）"
        step.unit = unit_of_rule(execution, name, day)
        if rule.rounding is not None:
            step.rounding = f"{rule.rounding.mode}，{rule.rounding.digits} 位小数"
        again = (str(execution.period), name, row.grain, row.key, execution.scope(day).book.day)
        if again in self.seen:
            step.remark = SEEN
            return step
        if self.levels == 0:
            step.remark = f"{execution.period} 的值"
            return step
        if len(self.count) >= MOST_STEPS or self.deep >= MOST_DEEP:
            many = self.deep < MOST_DEEP
            step.remark = f"步骤超过 {MOST_STEPS}，没有展开" if many else f"一步里套一步超过 {MOST_DEEP} 层，没有展开"
            if self.levels is None and self.folder:
                step.more = f"看它：{ask(self.folder, rule.grain, step.key, step.name)}"
            self.uncut.append(step.name)
            return step
        self.seen.add(again)
        self.count.append(step)
        if self.kept is not None and day == execution.own_day(row):
            self.kept.agree(execution, name, row)
        with execution.inside(name, row, day):
            self._take_apart(rule, row, day, step)
        return step

    def _take_apart(self, rule: Rule, row: Row, day: datetime.date, step: Step) -> None:
        levels, deep = self.levels, self.deep
        self.levels, self.deep = None if levels is None else levels - 1, deep + 1
        formula = choose(self, rule, row, day, step)
        if formula is not None:
            self._formula(formula, rule, row, day, step)
        self.levels, self.deep = levels, deep

    def _formula(self, formula: Formula, rule: Rule, row: Row, day: datetime.date, step: Step) -> None:
        reading = Reading(self.execution, formula, rule.grain, row, day, rule.type, rule.rounding is not None)
        step.formula, step.place = formula.text, str(formula.place)
        numbers = reading.with_numbers()
        step.numbers = numbers if numbers != formula.text else ""
        self.read(reading, step)

    def read(self, reading: Reading, step: Step) -> None:
        """Below ``step``: one for each name read on the row, and one for each call that looks beyond it."""
        shown = {inner.name for inner in step.steps}
        for node in reading.read():
            if isinstance(node, tree.Call):
                step.steps.append(step_of_call(self, reading, node))
            elif node.id not in shown:
                shown.add(node.id)
                step.steps.append(self.explain(node.id, reading.row, reading.day))

    def of_period(self, execution: Execution) -> Walk:
        """The same walk over another period of the series: one rule deep, and no deeper from there."""
        return replace(self, execution=execution, kept=None, levels=1 if self.levels is None else 0)

    def own_copy(self, node: tree.Call) -> Called:
        """A call made ready apart from the rule's, to ask for the rows of its window (windows go by identity)."""
        if id(node) not in self.copies:
            self.copies[id(node)] = (called(node), node)
        return self.copies[id(node)][0]
