"""Functions of a row for the four operations and the six comparisons of what two others give on it.

Each is written out, not put together of smaller ones: a call more in each would cost as much as the arithmetic.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from engine.execute.closures.pairs import equal
from engine.language.values import Unresolved

Run = Callable[[Any], Any]


def _add(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        n, d = a
        m, e = b
        return (n + m, d) if d == e else (n * e + m * d, d * e)

    return run


def _subtract(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        n, d = a
        m, e = b
        return (n - m, d) if d == e else (n * e - m * d, d * e)

    return run


def _multiply(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        return a[0] * b[0], a[1] * b[1]

    return run


def _divide(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        below = b[0]
        if below > 0:
            return a[0] * b[1], a[1] * below
        if below == 0:
            raise Unresolved("除以零", cause="除以零")
        return -a[0] * b[1], -a[1] * below

    return run


ARITHMETIC: dict[type, Callable[[Run, Run], Run]] = {
    ast.Add: _add, ast.Sub: _subtract, ast.Mult: _multiply, ast.Div: _divide,
}  # fmt: skip


def _add_constant(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> Any:
        a = left(row)
        if a is None:
            return None
        n, d = a
        return (n + number, d) if d == below else (n * below + number * d, d * below)

    return run


def _subtract_constant(left: Run, number: int, below: int) -> Run:
    return _add_constant(left, -number, below)


def _multiply_constant(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> Any:
        a = left(row)
        return None if a is None else (a[0] * number, a[1] * below)

    return run


def _divide_constant(left: Run, number: int, below: int) -> Run:
    return _multiply_constant(left, below, number)


BY_CONSTANT: dict[type, Callable[[Run, int, int], Run]] = {
    ast.Add: _add_constant, ast.Sub: _subtract_constant, ast.Mult: _multiply_constant, ast.Div: _divide_constant,
}  # fmt: skip
"""Of a number and ``number / below``, which is more than nothing."""
COMMUTATIVE = (ast.Add, ast.Mult)


def _absent() -> Unresolved:
    return Unresolved("比较用到空值；先用 有、没有 或 缺省 处理", cause="比较用到空值")


def _less(left: Run, right: Run) -> Run:
    def run(row: Any) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            raise _absent()
        if a.__class__ is tuple:
            return bool(a[0] * b[1] < b[0] * a[1])
        return bool(a < b)

    return run


def _at_most(left: Run, right: Run) -> Run:
    def run(row: Any) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            raise _absent()
        if a.__class__ is tuple:
            return bool(a[0] * b[1] <= b[0] * a[1])
        return bool(a <= b)

    return run


def _greater(left: Run, right: Run) -> Run:
    def run(row: Any) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            raise _absent()
        if a.__class__ is tuple:
            return bool(a[0] * b[1] > b[0] * a[1])
        return bool(a > b)

    return run


def _at_least(left: Run, right: Run) -> Run:
    def run(row: Any) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            raise _absent()
        if a.__class__ is tuple:
            return bool(a[0] * b[1] >= b[0] * a[1])
        return bool(a >= b)

    return run


def _equal(left: Run, right: Run) -> Run:
    def run(row: Any) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            raise _absent()
        return equal(a, b) if a.__class__ is tuple else bool(a == b)

    return run


def _unequal(left: Run, right: Run) -> Run:
    def run(row: Any) -> bool:
        a, b = left(row), right(row)
        if a is None or b is None:
            raise _absent()
        return a[0] * b[1] != b[0] * a[1] if a.__class__ is tuple and b.__class__ is tuple else bool(a != b)

    return run


def equal_to(left: Run, word: str) -> Run:
    """Whether it is ``word``: what a branch of a choice by class asks."""

    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a == word)

    return run


def unequal_to(left: Run, word: str) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a != word)

    return run


WITH_A_WORD: dict[type, Callable[[Run, str], Run]] = {ast.Eq: equal_to, ast.NotEq: unequal_to}


COMPARISONS: dict[type, Callable[[Run, Run], Run]] = {
    ast.Lt: _less, ast.LtE: _at_most, ast.Gt: _greater, ast.GtE: _at_least, ast.Eq: _equal, ast.NotEq: _unequal,
}  # fmt: skip


def _less_than(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a[0] * below < number * a[1])

    return run


def _at_most_that(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a[0] * below <= number * a[1])

    return run


def _greater_than(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a[0] * below > number * a[1])

    return run


def _at_least_that(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a[0] * below >= number * a[1])

    return run


def _equal_to_that(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a[0] * below == number * a[1])

    return run


def _unequal_to_that(left: Run, number: int, below: int) -> Run:
    def run(row: Any) -> bool:
        a = left(row)
        if a is None:
            raise _absent()
        return bool(a[0] * below != number * a[1])

    return run


COMPARED_WITH: dict[type, Callable[[Run, int, int], Run]] = {
    ast.Lt: _less_than, ast.LtE: _at_most_that, ast.Gt: _greater_than, ast.GtE: _at_least_that,
    ast.Eq: _equal_to_that, ast.NotEq: _unequal_to_that,
}  # fmt: skip
"""Of a number with ``number / below``."""


def greater_of(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        if a.__class__ is tuple:
            return b if a[0] * b[1] < b[0] * a[1] else a
        return b if a < b else a

    return run


def lesser_of(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        a, b = left(row), right(row)
        if a is None or b is None:
            return None
        if a.__class__ is tuple:
            return b if b[0] * a[1] < a[0] * b[1] else a
        return b if b < a else a

    return run


def days_between(left: Run, right: Run) -> Run:
    def run(row: Any) -> Any:
        first, last = left(row), right(row)
        return None if first is None or last is None else ((last - first).days, 1)

    return run


def year_of(day: Run) -> Run:
    def run(row: Any) -> Any:
        found = day(row)
        return None if found is None else (found.year, 1)

    return run
