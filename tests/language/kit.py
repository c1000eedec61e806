"""The conformance kit: each line as a small rulebook with rows and an expectation; what runs it is
:mod:`kit_engines`.

A line is refused (``refusal``) or runs: then an engine, a function from :class:`Case` to one result a row,
gives values.
"""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from findings import unguarded_uses_in_rule
from kit_expected import Expected, read_expected
from kit_given import MANY, ONE, Given, read_given

from engine.check.absence_atoms import describe
from engine.execute.period import Period, parse_period
from engine.language.parse import SyntaxProblem, parse_expression
from engine.language.types import Type
from engine.rulebook.bind import Binder, BindError
from engine.rulebook.book import Book
from engine.rulebook.delivered import with_delivered_values
from engine.rulebook.model import Column, Formula, Program, Rule, Statement
from engine.rulebook.parts import values_of
from engine.rulebook.scope import Scope

RESULT = "结果"
PROGRAM = Program("试算", ("年",), ("试算表",))
PERIOD: Period = parse_period("2025")
DAY = datetime.date(2025, 12, 31)
FILE = Path(__file__).with_name("conformance.csv")


@dataclass(frozen=True)
class Line:
    """A line as written."""

    id: str
    topic: str
    expression: str
    given: str
    result: str


@dataclass(frozen=True)
class Case:
    """A line as a rulebook: read ``book`` only where the expression parses."""

    line: Line

    @cached_property
    def given(self) -> Given:
        return read_given(self.line.given)

    @cached_property
    def expected(self) -> Expected:
        return read_expected(self.line.result)

    @property
    def grain(self) -> str:
        return MANY if self.expected.by_row else ONE

    @cached_property
    def rule(self) -> Rule:
        """The rule 结果. Raises :class:`SyntaxProblem`."""
        text = self.line.expression
        formula = Formula(text, parse_expression(text))
        return Rule(RESULT, self.grain, formula, self.given.type, self.given.rounding, self.given.delivered)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rule 结果, or the two that it is where a field may be delivered in its place."""
        return tuple(with_delivered_values({RESULT: self.rule}).values())  # type: ignore[arg-type]

    @cached_property
    def book(self) -> Book:
        statement = Statement("试算表", self.grain, (Column(RESULT, RESULT),))
        return Book.of([*self.given.entries(), *self.rules, statement, PROGRAM])

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.book.at(DAY), PROGRAM, PERIOD.kind)

    @cached_property
    def binder(self) -> Binder:
        return Binder(self.scope)

    @property
    def rows(self) -> dict[str, list[dict[str, object]]]:
        return self.given.rows()


def read_lines(path: Path = FILE) -> list[Line]:
    """Every line of the kit, without comments."""
    kept = [line for line in path.read_text("utf-8").splitlines(keepends=True) if not line.startswith("#")]
    rows = csv.reader(kept, delimiter=";", strict=True)
    next(rows)
    return [Line(*row) for row in rows if row]


def refused_class(code: str) -> str:
    """The class of the README for an error code of binding or checking."""
    exact = {
        "E301": "语法", "E302": "语法", "E303": "名称", "E304": "名称", "E306": "名称", "E307": "名称",
        "E315": "参数", "E317": "参数", "E410": "参数", "E401": "类型", "E402": "单位", "E403": "单位", "E408": "单位",
    }  # fmt: skip
    return exact.get(code) or {"E5": "粒度", "E6": "缺失"}.get(code[:2], code)


def refusal(case: Case) -> tuple[str, str] | None:
    """Why the rule is refused before anything runs, as class and sentence; ``None`` where it is not."""
    try:
        rules = case.rules
    except SyntaxProblem as problem:
        return "语法", problem.message
    for rule in rules:
        try:
            for formula in values_of(rule.body):
                case.binder.bind(formula, rule.grain, rule.type, rooted=rule.rounding is not None)
        except BindError as error:
            return refused_class(error.code), f"{error.code} {error.message}"
        for finding in unguarded_uses_in_rule(case.scope, case.binder, rule):
            return refused_class(finding.code), f"{finding.code} {describe(finding.atoms)}"
    return None


def result_type(case: Case) -> Type:
    """The type of 结果, declared or following from its formula."""
    return case.binder.rule_type(RESULT)
