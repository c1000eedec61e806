"""The few ``ast`` nodes of a bound formula to one Python function of a row, built of functions.

What a row is, and what a name or a call that looks beyond the row gives on it, is for :class:`Names` to say. The
meaning is the reference evaluator's to the last sentence: absent is ``None``, what cannot be known raises
:class:`Unresolved` with its first cause, 且 and 或 are three-valued, branches are lazy.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

from engine.execute.at_most import AtMost
from engine.execute.closures.arithmetic import (
    ARITHMETIC,
    BY_CONSTANT,
    COMMUTATIVE,
    COMPARED_WITH,
    COMPARISONS,
    WITH_A_WORD,
)
from engine.execute.closures.pairs import at_most, equal, less, to_cell, to_value
from engine.execute.closures.scalars import OF_ONE, OF_TWO, scalar
from engine.execute.reference.nodes import Applied, Band, Called, Codes, Compared, Known
from engine.execute.reference.scalars import in_code_range
from engine.language import tree
from engine.language.values import Unresolved

Run = Callable[[Any], Any]
_EMPTY = "用到空值；先用 有、没有 或 缺省 处理"


MOST_CODES = 20_000
"""Different values that are remembered of a test of code ranges."""


@dataclass(frozen=True, slots=True)
class Among:
    """A condition that ``name`` is one of ``words``, and that ``rest`` holds, if there is more to it."""

    name: str
    read: Run
    words: frozenset[str]
    rest: Run | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """``run`` of a row. ``constant``: it reads nothing and cannot fail; ``sure``: a yes/no that is never absent.

    ``among``: it is such a condition.
    """

    run: Run
    constant: bool = False
    sure: bool = False
    among: Among | None = None


class Names(Protocol):
    """What names and calls mean on the rows of one grain under the rules of one day."""

    def name(self, name: str) -> Code: ...

    def beyond(self, node: Called) -> Code: ...


def constant(cell: Any) -> Code:
    return Code(lambda row: cell, True, isinstance(cell, bool))


def code_of(node: ast.expr, names: Names) -> Code:
    """The function of a formula made by :func:`engine.execute.reference.to_ast.to_ast`."""
    return _NODES[type(node)](node, names)


def truth_of(code: Code) -> Run:
    """``code`` as a condition: absent is not an answer."""
    if code.sure:
        return code.run
    run = code.run

    def truth(row: Any) -> bool:
        found = run(row)
        if found is None:
            raise no_answer()
        return bool(found)

    return truth


def no_answer() -> Unresolved:
    """Of a condition that is absent."""
    return Unresolved(f"条件{_EMPTY}", cause="条件用到空值")


def _folded(run: Run, parts: list[Code], sure: bool = False) -> Code:
    """A constant where every part is one, unless it fails: it then fails whenever it is asked."""
    if all(part.constant for part in parts):
        try:
            return constant(run(None))
        except Unresolved:
            pass
    return Code(run, False, sure)


def _constant(node: Any, names: Names) -> Code:
    return constant(to_cell(node.value))


def _name(node: Any, names: Names) -> Code:
    return names.name(node.id)


def _minus(node: Any, names: Names) -> Code:
    inner = code_of(node.operand, names)
    run = inner.run

    def minus(row: Any) -> Any:
        found = run(row)
        return None if found is None else (-found[0], found[1])

    return _folded(minus, [inner])


def _arithmetic(node: Any, names: Names) -> Code:
    left, right = code_of(node.left, names), code_of(node.right, names)
    if right.constant and (pair := right.run(None)).__class__ is tuple and pair[0] > 0 and not left.constant:
        return Code(BY_CONSTANT[type(node.op)](left.run, *pair))
    if left.constant and isinstance(node.op, COMMUTATIVE) and (pair := left.run(None)).__class__ is tuple:
        return _folded(BY_CONSTANT[type(node.op)](right.run, *pair), [left, right])
    return _folded(ARITHMETIC[type(node.op)](left.run, right.run), [left, right])


def _compared(node: Any, names: Names) -> Code:
    left, right = code_of(node.left, names), code_of(node.right, names)
    kind, other = type(node.sign), right.run(None) if right.constant else None
    if kind in WITH_A_WORD and isinstance(other, str):
        code = _folded(WITH_A_WORD[kind](left.run, other), [left, right], True)
        named = kind is ast.Eq and isinstance(node.left, ast.Name) and not code.constant
        return replace(code, among=Among(node.left.id, left.run, frozenset((other,)))) if named else code
    if kind in COMPARED_WITH and other.__class__ is tuple and not left.constant:  # a month is of its own class
        return Code(COMPARED_WITH[kind](left.run, *other), False, True)
    return _folded(COMPARISONS[kind](left.run, right.run), [left, right], True)


def _kleene(node: Any, names: Names) -> Code:
    decisive = isinstance(node.op, ast.Or)
    parts = [code_of(part, names) for part in node.values]
    rest = [part for part in parts if not _is(part, not decisive)]
    if not rest or _is(rest[0], decisive):
        return constant(decisive if rest else not decisive)
    if len(rest) == 2:
        one, other = rest
        among = one.among if not decisive and one.among is not None and one.among.rest is None else None
        both = _of_two(one.run, other.run, decisive) if among is None else _among_and(among, one.run, other.run)
        code = _folded(both, rest, True)
        return code if among is None or code.constant else replace(code, among=replace(among, rest=other.run))
    first, others = truth_of(rest[0]), [truth_of(part) for part in rest[1:]]
    if not others:
        return replace(rest[0], run=first, constant=False, sure=True)

    def settled(row: Any) -> bool:
        unknown: Unresolved | None = None
        try:
            if first(row) is decisive:
                return decisive
        except Unresolved as error:
            unknown = error
        for other in others:
            try:
                if other(row) is decisive:
                    return decisive
            except Unresolved as error:
                unknown = unknown or error
        if unknown is not None:
            raise unknown
        return not decisive

    return _folded(settled, rest, True)


def _of_two(first: Run, second: Run, decisive: bool) -> Run:
    """且 (decided by 否) or 或 (by 是) of two conditions, either of which may be absent."""

    def settled(row: Any) -> bool:
        try:
            found = first(row)
            if found is decisive:
                return decisive
            if found is None:
                raise no_answer()
        except Unresolved:
            with suppress(Unresolved):  # the first is told
                if second(row) is decisive:
                    return decisive
            raise
        found = second(row)
        if found is decisive:
            return decisive
        if found is None:
            raise no_answer()
        return not decisive

    return settled


def _among_and(among: Among, first: Run, second: Run) -> Run:
    """As :func:`_of_two` for 且, where the first is that a name is one of some words: ``among``, written out."""
    read, words = among.read, among.words

    def settled(row: Any) -> bool:
        try:
            cell = read(row)
            if cell is None:
                first(row)  # which tells that it is absent
        except Unresolved:
            with suppress(Unresolved):  # the first is told
                if second(row) is False:
                    return False
            raise
        if cell not in words:
            return False
        found = second(row)
        if found is None:
            raise no_answer()
        return found is not False

    return settled


def _is(code: Code, answer: bool) -> bool:
    return code.constant and code.run(None) is answer


def _call(node: Any, names: Names) -> Code:
    name = node.name
    if name in _LAZY:
        return _LAZY[name](node, names)
    function = scalar(name)
    if function is None:
        return names.beyond(node)
    parts = [code_of(arg, names) for arg in node.args]
    runs = [part.run for part in parts]
    if len(runs) == 1:
        (only,) = runs
        if name in OF_ONE:
            return _folded(OF_ONE[name](only), parts)
        return _folded(lambda row: function(only(row)), parts)
    if len(runs) == 2:
        first, second = runs
        if name in OF_TWO:
            return _folded(OF_TWO[name](first, second), parts)
        return _folded(lambda row: function(first(row), second(row)), parts)
    return _folded(lambda row: function(*[run(row) for run in runs]), parts)


def _has(node: Any, names: Names) -> Code:
    inner = code_of(node.args[0], names)
    run = inner.run
    return _folded(lambda row: run(row) is not None, [inner], True)


def _has_not(node: Any, names: Names) -> Code:
    inner = code_of(node.args[0], names)
    run = inner.run
    return _folded(lambda row: run(row) is None, [inner], True)


def _computable(node: Any, names: Names) -> Code:
    run = code_of(node.args[0], names).run

    def computable(row: Any) -> bool:
        try:
            run(row)
        except Unresolved:
            return False
        return True

    return Code(computable, False, True)


def _not(node: Any, names: Names) -> Code:
    inner = code_of(node.args[0], names)
    run = inner.run

    def other(row: Any) -> bool:
        found = run(row)
        if found is None:
            raise no_answer()
        return not found

    return _folded(other, [inner], True)


def _choose(node: Any, names: Names) -> Code:
    condition, then, otherwise = (code_of(arg, names) for arg in node.args)
    if condition.constant and condition.run(None) is not None:
        return then if condition.run(None) else otherwise
    holds, first, second = condition.run, then.run, otherwise.run

    def chosen(row: Any) -> Any:
        found = holds(row)
        if found is None:
            raise no_answer()
        return first(row) if found else second(row)

    return Code(chosen)


def _first_present(node: Any, names: Names) -> Code:
    codes = [code_of(arg, names) for arg in node.args]
    runs = [code.run for code in codes]
    if len(codes) == 2 and codes[1].constant:
        run, cell = runs[0], runs[1](None)

        def present_or_that(row: Any) -> Any:
            found = run(row)
            return cell if found is None else found

        return Code(present_or_that)

    def first_present(row: Any) -> Any:
        for run in runs:
            found = run(row)
            if found is not None:
                return found
        return None

    return Code(first_present)


def _unknown(node: Any, names: Names) -> Code:
    run = code_of(node.args[0], names).run

    def unknown(row: Any) -> Any:
        reason = str(run(row))
        raise Unresolved(reason, cause=reason)

    return Code(unknown)


def _member(node: Any, names: Names) -> Code:
    value = code_of(node.args[0], names)
    made = [_item(item, names) for item in node.args[1:]]
    run, holds = value.run, _any_of([test for test, _ in made])
    parts = [value, *(part for _, those in made for part in those)]
    texts = _texts(node.args[1:])
    if texts is not None:
        code = _folded(_one_of(run, texts), parts, True)
        named = isinstance(node.args[0], ast.Name) and not code.constant
        return replace(code, among=Among(node.args[0].id, run, texts)) if named else code
    known: dict[Any, bool] = AtMost(MOST_CODES)
    answered = known.get

    def member(row: Any) -> bool:
        found = run(row)
        if found is None:
            raise Unresolved(f"属于 {_EMPTY}", cause="比较用到空值")
        return holds(found, row)

    def of_ranges(row: Any) -> bool:
        found = run(row)
        if found is None:
            raise Unresolved(f"属于 {_EMPTY}", cause="比较用到空值")
        answer = answered(found)
        if answer is None:
            answer = known[found] = holds(found, row)
        return answer

    fixed = all(part.constant for part in parts[1:]) and any(isinstance(item, Codes) for item in node.args[1:])
    return _folded(of_ranges if fixed else member, parts, True)


def _one_of(run: Run, texts: frozenset[str]) -> Run:
    def one_of(row: Any) -> bool:
        found = run(row)
        if found is None:
            raise Unresolved(f"属于 {_EMPTY}", cause="比较用到空值")
        return found in texts

    return one_of


def _texts(items: list[ast.expr]) -> frozenset[str] | None:
    """The items where all of them are words."""
    words = [item.value for item in items if isinstance(item, Known) and isinstance(item.value, str)]
    return frozenset(words) if len(words) == len(items) else None


Test = Callable[[Any, Any], bool]


def _any_of(tests: list[Test]) -> Test:
    """Whether one of them holds, asked one after the other."""
    if len(tests) < 2:
        return tests[0] if tests else lambda value, row: False
    first, rest = tests[0], _any_of(tests[1:])
    return lambda value, row: first(value, row) or rest(value, row)


def _item(item: ast.expr, names: Names) -> tuple[Test, list[Code]]:
    """Whether a value is what an item of a list says, and the parts of the item."""
    if isinstance(item, Codes):
        first, last = item.low, item.high
        return lambda value, row: in_code_range(str(value), first, last), []
    if isinstance(item, Band):
        low, high = (constant(None) if end is None else code_of(end, names) for end in (item.low, item.high))
        return _between(item.origin, low.run, high.run), [low, high]
    one = code_of(item, names)
    return _same(one.run), [one]


def _between(origin: tree.Between, low: Run, high: Run) -> Test:
    above = at_most if origin.low_closed else less
    below = at_most if origin.high_closed else less
    has_low, has_high = origin.low is not None, origin.high is not None

    def holds(value: Any, row: Any) -> bool:
        bottom, top = low(row), high(row)
        if (has_low and bottom is None) or (has_high and top is None):
            raise Unresolved(f"区间的界 {_EMPTY}", cause="比较用到空值")
        return (bottom is None or above(bottom, value)) and (top is None or below(value, top))

    return holds


def _same(run: Run) -> Test:
    def same(value: Any, row: Any) -> bool:
        one = run(row)
        if one.__class__ is frozenset:
            return to_value(value) in one
        if one is None:
            raise Unresolved(f"属于 {_EMPTY}", cause="比较用到空值")
        return equal(value, one)

    return same


Maker = Callable[[Any, Names], Code]
_LAZY: dict[str, Maker] = {
    "有": _has, "没有": _has_not, "可算": _computable, "非": _not, "若": _choose, "缺省": _first_present,
    "属于": _member, "无法确定": _unknown,
}  # fmt: skip
_NODES: dict[type, Maker] = {
    Known: _constant, ast.Name: _name, ast.UnaryOp: _minus, ast.BinOp: _arithmetic, ast.BoolOp: _kleene,
    Compared: _compared, Applied: _call, Called: _call,
}  # fmt: skip
