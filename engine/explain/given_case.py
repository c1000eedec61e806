"""Explain one case that a program handed over: the same tree as of a run, worked out again by the reference engine."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.execute.closures.figures import Figures
from engine.execute.closures.one_case import SingleCases
from engine.execute.closures.rows import Case
from engine.execute.loading import Loaded
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.verdicts import Verdict
from engine.explain.explain import Explanation
from engine.explain.kept_before import KeptBefore
from engine.explain.left_out import left_out
from engine.explain.numbers import key_text, number
from engine.explain.origins import Origins
from engine.explain.steps import Step
from engine.explain.walk import Walk
from engine.explain.writing import about
from engine.files.errors import RunStopped
from engine.language.values import Value
from engine.rulebook.model import Table


@dataclass
class CallOrigins(Origins):
    """Fields of the tables ``given`` came with the call, all others from published tables."""

    given: frozenset[str] = frozenset()

    def where(self, table: Table, row: Row, name: str) -> str:
        return self.line(table, row, name) if table.name in self.given else super().where(table, row, name)

    def line(self, table: Table, row: Row, name: str = "") -> str:
        return "调用时给出" if table.name in self.given else super().line(table, row, name)


@dataclass
class Said(KeptBefore):
    """What the call was told before its explanation was asked for."""

    told: Mapping[str, Value] = field(default_factory=dict)
    table: str = ""

    def agree(self, execution: Execution, name: str, row: Row) -> None:
        if name not in self.told or row.grain != self.table:
            return
        now, before = execution.value(name, row, execution.own_day(row)), self.told[name]
        if now != before:
            raise RunStopped(
                f"{name} 计价时是 {number(before) or '空'}，逐步核算是 {number(now) or '空'}",
                hint="这是引擎的错误，请连同这一行报告",
            )


@dataclass
class CaseWalk(Walk):
    """``figures`` are taken as a finished run published them."""

    figures: Figures = field(default_factory=Figures)

    def _rule(self, name: str, row: Row, day: datetime.date, value: str) -> Step:
        if name not in self.figures:
            return super()._rule(name, row, day, value)
        rule = self.execution.scope(day).book.rules[name]
        step = about(Step(name, "rule", rule.grain, key_text(row), value), rule.provenance, day)
        assert self.figures.values is not None
        step.remark = f"已结算公布的值（{self.figures.values.folder}）"
        return step


def explain_case(
    cases: SingleCases, case: Case, names: list[str], told: Mapping[str, Value], verdict: Verdict | None,
    origins: CallOrigins, rows: int | None = None,
) -> Explanation:  # fmt: skip
    """The trees of ``names``; or, with a ``verdict``, of what kept the case from being settled."""
    with cases.standing(case) as execution:
        row, main = case.row, cases.main
        kept = Said(None, told=told, table=main)  # type: ignore[arg-type]
        walk = CaseWalk(execution, origins, "", rows, kept, figures=cases.figures)
        example = execution.book.example
        if verdict is not None:
            execution.selection.verdicts[main] = {row.number: verdict}
            gone = left_out(walk, origins.loaded, main, row.key, key_text(row))
            assert gone is not None
            gone.step.example = example
            return Explanation([gone.step], gone.sentence, example)
        steps = [walk.explain(name, row, execution.own_day(row)) for name in names]
        for step in steps:
            step.example = example
        return Explanation(steps, "", example, tuple(dict.fromkeys(walk.uncut)))


def unreadable(table: str, key: str, reason: str, example: bool) -> Explanation:
    """Of a case whose fields could not be read."""
    step = Step(f"{table} {key}".strip(), "out", table, key, "拒收", remark=f"数据格式：{reason}", example=example)
    return Explanation([step], f"{step.name} 没有结算：拒收（数据格式）{reason}", example)


def loaded_without(loaded: Loaded, tables: frozenset[str]) -> Loaded:
    """What was read, but for tables of which rows come with the call."""
    return replace(loaded, tables={name: table for name, table in loaded.tables.items() if name not in tables})
