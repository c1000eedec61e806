"""What a rule is worth, as one Python function of a row: its branches, table rows and rounding, around the formulas
that ``compile`` makes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.execute.closures.compile import Among, Code, Run, no_answer, truth_of
from engine.execute.closures.pairs import half_away, rounded, to_cell
from engine.execute.plan.desugar import desugar
from engine.execute.plan.expression import (
    Chosen,
    Condition,
    Expression,
    FirstThatApplies,
    Option,
    Pending,
    Rounded,
    TheOnlyOne,
    Worked,
)
from engine.execute.reference.aggregates import Root
from engine.language.types import BOOL
from engine.language.values import HALF_AWAY, Unresolved
from engine.rulebook.model import REQUIRED, Formula, Rule

_Choice = tuple[Run | None, Run | None, Any]
"""Whether it applies (``None``: surely), its value on a row, or, without that, the value that it always has."""


class Rows(Protocol):
    """Formulas and names on the rows of one grain."""

    def formula(self, formula: Formula, grain: str, expected: Any = None, rooted: bool = False) -> Code: ...

    def name(self, name: str) -> Code: ...


@dataclass(frozen=True, slots=True)
class Body:
    """What is worked out of a row. ``scale``: who keeps it rounds it to that part of one, half away from zero, as
    nearly every rule ends in that; 0: it is what it shall be. ``finish`` rounds anything but a pair.
    """

    run: Run
    scale: int = 0
    finish: Callable[[Any], Any] = to_cell

    def whole(self) -> Run:
        """The same with its rounding."""
        run, scale, finish = self.run, self.scale, self.finish

        def value(row: Any) -> Any:
            found = run(row)
            return half_away(found, scale) if found.__class__ is tuple else finish(found)

        return value if scale else run


def body_of(rule: Rule, rows: Rows) -> Body:
    """The value of ``rule`` on a row."""
    return _Compiled(rule, rows).body(desugar(rule))


class _Compiled:
    """``rule`` is the one whose expression it is: its name stands in what is said of it."""

    def __init__(self, rule: Rule, rows: Rows) -> None:
        self.rule, self.rows = rule, rows

    def body(self, expression: Expression) -> Body:
        if isinstance(expression, Rounded):
            return self._rounded(expression)
        return Body(self._chosen(expression))

    def _rounded(self, expression: Rounded) -> Body:
        run, digits, mode = self._chosen(expression.inner), expression.digits, expression.mode

        def finish(found: Any) -> Any:
            if found is None:
                return None
            if found.__class__ is tuple:
                return rounded(found, digits, mode)
            assert isinstance(found, Root)
            return to_cell(found.rounded(digits, mode))

        if mode == HALF_AWAY and digits >= 0:
            return Body(run, 10**digits, finish)
        return Body(lambda row: finish(run(row)))

    def _chosen(self, expression: Chosen) -> Run:
        if isinstance(expression, FirstThatApplies):
            return self._first_that_applies(expression)
        if isinstance(expression, TheOnlyOne):
            return self._the_only_one(expression)
        return self._value(expression).run

    def _value(self, expression: Worked | Pending) -> Code:
        if isinstance(expression, Pending):
            return Code(self._pending(expression))
        return self.rows.formula(expression.formula, self.rule.grain, expression.expected, expression.rooted)

    def _pending(self, expression: Pending) -> Run:
        name, note = self.rule.name, expression.note

        def run(row: Any) -> Any:
            raise Unresolved(f"{name} 待定：{note}", name, REQUIRED)

        return run

    def _first_that_applies(self, expression: FirstThatApplies) -> Run:
        name = self.rule.name
        choices, told_apart = self._open_choices(expression.options)
        if len(told_apart) > 1:
            return self._by_word(choices, told_apart)

        def run(row: Any) -> Any:
            for holds, value, cell in choices:
                if holds is None or (applies := holds(row)):
                    return cell if value is None else value(row)
                if applies is None:
                    raise no_answer()
            raise Unresolved(f"{name} 没有一种情形适用", name, "没有适用的情形")

        return run

    def _by_word(self, choices: list[_Choice], told_apart: list[Among]) -> Run:
        """Where the first options are told apart by a word of one name: it is read once, and only its options asked."""
        name, read, after = self.rule.name, told_apart[0].read, choices[len(told_apart) :]
        of_word: dict[Any, list[_Choice]] = {None: choices}
        for word in frozenset[str]().union(*(among.words for among in told_apart)):
            of_word[word] = [
                (among.rest, value, cell)
                for among, (_, value, cell) in zip(told_apart, choices, strict=False)
                if word in among.words
            ] + after
        those_of = of_word.get

        def run(row: Any) -> Any:
            try:
                left = those_of(read(row), after)
            except Unresolved:  # each option says for itself what comes of that
                left = choices
            for holds, value, cell in left:
                if holds is None or (applies := holds(row)):
                    return cell if value is None else value(row)
                if applies is None:
                    raise no_answer()
            raise Unresolved(f"{name} 没有一种情形适用", name, "没有适用的情形")

        return run

    def _open_choices(self, options: Sequence[Option]) -> tuple[list[_Choice], list[Among]]:
        """The options that may apply, up to the first that surely does; of the first ones how the same name tells them
        apart.
        """
        choices: list[_Choice] = []
        told_apart: list[Among] = []
        for option in options:
            codes = [self._code(condition) for condition in option.conditions]
            if any(code.constant and code.run(None) is False for code in codes):
                continue
            open_ = [code for code in codes if not (code.constant and code.run(None) is True)]
            among = open_[0].among if len(open_) == 1 else None
            if among and len(told_apart) == len(choices) and among.name == (told_apart or [among])[0].name:
                told_apart.append(among)
            choices.append(self._choice(all_of([code.run for code in open_]), option))
            if not open_:
                break
        return choices, told_apart

    def _choice(self, holds: Run | None, option: Option) -> _Choice:
        value = self._value(option.value)
        return (holds, None, value.run(None)) if value.constant else (holds, value.run, None)

    def _the_only_one(self, expression: TheOnlyOne) -> Run:
        name = self.rule.name
        needed = [self.rows.name(column).run for column in expression.needed]
        lines = [
            ([self._cell(cell) for cell in option.conditions], self._value(option.value).run)
            for option in expression.options
        ]

        def run(row: Any) -> Any:
            for column in needed:
                if column(row) is None:
                    return None
            matched = [value for cells, value in lines if all(holds(row) for holds in cells)]
            if len(matched) != 1:
                what = "没有一行" if not matched else "不止一行"
                raise Unresolved(f"{name} 的表里{what}适用", name, f"表里{what}适用")
            return matched[0](row)

        return run

    def _code(self, condition: Condition) -> Code:
        return self.rows.formula(condition.formula, self.rule.grain, BOOL)

    def _cell(self, condition: Condition) -> Run:
        holds = truth_of(self._code(condition))
        if not condition.compares:
            return holds
        value = self.rows.name(condition.column).run
        return lambda row: value(row) is not None and holds(row)


def all_of(conditions: Sequence[Run]) -> Run | None:
    """One condition that holds where all do, and is absent where the first that does not hold is; ``None`` where there
    is none.
    """
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    first, rest = conditions[0], all_of(conditions[1:])
    assert rest is not None
    return lambda row: first(row) and rest(row)
