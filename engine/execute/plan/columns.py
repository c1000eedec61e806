"""The columns that a program needs: what each reads under every state of the rules, and in which stratum it stands.

A stratum is what one pass over data rows can give: what is gathered from data rows, or ordered among them, stands one
above what it is gathered from. Strata are worked out when somebody asks, each once.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.execute.plan.desugar import desugar
from engine.execute.plan.expression import Condition, FirstThatApplies, Pending, Rounded, TheOnlyOne, Worked
from engine.execute.plan.reads import How, Read, Reading
from engine.execute.reference.days import Days, rules_of
from engine.execute.reference.formulas import Formulas
from engine.language import tree
from engine.language.types import BOOL
from engine.rulebook.book import Snapshot
from engine.rulebook.chains import in_order
from engine.rulebook.model import Check, Rule

_ELSEWHEN = (How.FIGURE, How.BEFORE)


@dataclass
class Columns:
    """``data``: the tables whose rows are left in the database."""

    days: Days
    formulas: Formulas
    data: frozenset[str]
    _reads: dict[tuple[str, str], tuple[Read, ...]] = field(default_factory=dict)
    _strata: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def states(self) -> list[Snapshot]:
        """Each state of the rules that the run may meet, in order."""
        return rules_of(self.days.book, self.days.program, self.days.period)

    def reads(self, name: str, grain: str) -> tuple[Read, ...]:
        """What rule or check ``name`` reads on the rows of ``grain``, under any state of the rules."""
        key = (name, grain)
        if key not in self._reads:
            found: dict[Read, None] = {}
            for state in self.states:
                found.update(dict.fromkeys(self._read_on(name, state.day)))
            self._reads[key] = tuple(found)
        return self._reads[key]

    def _read_on(self, name: str, day: datetime.date) -> Iterator[Read]:
        reading = Reading(self.days, self.formulas, day)
        book = reading.scope.book
        rule = book.rules.get(name)
        if rule is not None and reading.scope.as_rule(name):
            yield from self._of_rule(rule, reading)
        elif name in book.checks:
            check = book.checks[name]
            yield from reading.subset(check.grain)
            for _, formula in check.grades:
                yield from reading.formula(formula, check.grain, BOOL)

    def _of_rule(self, rule: Rule, reading: Reading) -> Iterator[Read]:
        yield from reading.subset(rule.grain)
        expression = desugar(rule)
        chosen = expression.inner if isinstance(expression, Rounded) else expression
        if isinstance(chosen, (Worked, Pending)):
            yield from self._of_value(chosen, rule, reading)
            return
        if isinstance(chosen, TheOnlyOne):
            for name in chosen.columns:
                yield from reading.name(name, rule.grain)
        for option in chosen.options:
            yield from self._of_conditions(option.conditions, rule, reading)
            yield from self._of_value(option.value, rule, reading)

    def _of_conditions(self, conditions: Iterable[Condition], rule: Rule, reading: Reading) -> Iterator[Read]:
        for condition in conditions:
            yield from reading.formula(condition.formula, rule.grain, BOOL)

    def _of_value(self, value: Worked | Pending, rule: Rule, reading: Reading) -> Iterator[Read]:
        if isinstance(value, Worked):
            yield from reading.formula(value.formula, rule.grain, value.expected, value.rooted)

    # -- strata

    def stratum(self, name: str, grain: str) -> int:
        """How many passes over data rows come before ``name`` on the rows of ``grain`` can be worked out."""
        if (name, grain) not in self._strata:
            for key in in_order([(name, grain)], self._needs):
                self._strata.setdefault(key, 0)  # a circle adds nothing
                self._strata[key] = self.above(self.reads(*key))
        return self._strata[name, grain]

    def _needs(self, key: tuple[str, str]) -> set[tuple[str, str]]:
        """What stands in a stratum that is not known yet, and is read by ``key``."""
        if key in self._strata:
            return set()
        return {(read.name, read.grain) for read in self.reads(*key) if read.name and read.how not in _ELSEWHEN}

    def above(self, reads: Iterable[Read]) -> int:
        """The stratum of what reads this."""
        return max((self._of_read(read) for read in reads), default=0)

    def _of_read(self, read: Read) -> int:
        if read.how in _ELSEWHEN:
            return 0
        found = self.stratum(read.name, read.grain) if read.name else 0
        gathered = read.how in (How.BELOW, How.GROUP) and read.grain in self.data
        return found + gathered

    def below(self, node: tree.Call, grain: str) -> int:
        """The stratum of what an aggregate that ``grain`` asks for gathers: what has to be there before it is asked."""
        reads = Reading(self.days, self.formulas, self.days.closing).node(node, grain)
        names = [read for read in reads if read.how is How.BELOW and read.name]
        return max((self.stratum(read.name, read.grain) for read in names), default=0)


def said(entry: Rule | Check) -> tuple[str, ...]:
    """What an entry says, as written: a line for each formula, with what it is under."""
    if isinstance(entry, Check):
        return tuple(f"{grade}：{formula.text}" if grade else formula.text for grade, formula in entry.grades)
    expression = desugar(entry)
    if isinstance(expression, Rounded):
        *first, last = _lines(expression.inner)
        return (*first, f"{last}，舍入 {expression.digits} 位（{expression.mode}）")
    return _lines(expression)


def _lines(chosen: Worked | Pending | FirstThatApplies | TheOnlyOne) -> tuple[str, ...]:
    if isinstance(chosen, (Worked, Pending)):
        return (_value(chosen),)
    by = chosen.by if isinstance(chosen, FirstThatApplies) else ""
    lines = [f"按 {by}"] if by else []
    for option in chosen.options:
        conditions = " 且 ".join(_condition(condition) for condition in option.conditions)
        lines.append(f"{conditions or '否则'} → {_value(option.value)}")
    return tuple(lines) or ("（没有一行）",)


def _condition(condition: Condition) -> str:
    text = condition.formula.text
    return f"{condition.column} {text}" if condition.column else text


def _value(value: Worked | Pending) -> str:
    return f"待定：{value.note}" if isinstance(value, Pending) else value.formula.text
