"""What may stand in a formula, and in a cell of a decision table: names, functions, words, classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from engine.assist.offered import (
    CALLED,
    CLASS,
    ELSEWHERE,
    FITS,
    FUNCTION,
    HAS_VALUES,
    OWN_FIELD,
    READABLE,
    ROWS,
    SAME_ROWS,
    WORD,
    Asked,
    Completion,
)  # fmt: skip
from engine.assist.words import (
    BEFORE,
    CELLS,
    CLAUSES,
    LEFT_OPEN,
    NO_NUMBERS,
    OPERANDS,
    OPERATORS,
    OTHERWISE,
    REPLACED_VALUE,
)
from engine.language.function_laws import Reach, Takes
from engine.language.functions import FUNCTIONS, LOOKUP, Function
from engine.language.parse import half_width

_COMPARED = re.compile(r"([\w（）]+)\s*(?:=|≠|!=|不?属于)\s*(?:[^()（），,=≠]*、\s*)?[\w]*$")
_GIVEN = re.compile(r"(?:^|[(,])\s*(自|每|按)\s+(?:[\w]+、)*[\w]*$")
_VALUE_BEHIND = re.compile(r"[\w)\]”\"%‰]\s+[\w]*$")
_WORD_BEHIND = re.compile(r"(?:^|[\s(,])(且|或|非|有|没有|可算|属于|不属于|当|自|每|按|范围|舍入)\s+[\w]*$")
_OF_ROWS = re.compile(r"自\s+(\w+)")
_RECKONED = re.compile(r"[+−×÷*/]\s*\w*$")
_TERM = re.compile(r"(?:^|[\w)%] ?[+−-])\s*\w*$")
_MULTIPLIED = re.compile(r"\w*\s*[×÷*/^=<>≤≥≠(]")
_MULTIPLIES = re.compile(r"\w*\s*[×÷*/]")
_COUNTED = re.compile(r"^\s*(\w+)\s*,")
_ALONG = "within"
"""The clause that only the function has in which the word for the row before stands."""


@dataclass(frozen=True)
class _Call:
    """A call that is open at the cursor: its function, which argument is being written, and its text so far."""

    function: Function | None
    argument: int
    body: str


class _Formula:
    """The formula up to the cursor, with plain brackets and commas."""

    def __init__(self, asked: Asked) -> None:
        at = asked.at
        self.before = half_width(asked.text[max(at.body, at.offset - 2000) : at.offset].lstrip("\"'"))
        self.after = half_width(asked.text[at.offset : at.offset + 300])

    @cached_property
    def calls(self) -> list[_Call]:
        """Innermost last."""
        open_: list[tuple[int, int]] = []
        quoted = False
        for place, sign in enumerate(self.before):
            if sign in "“”":
                quoted = sign == "“"
            elif quoted:
                continue
            elif sign in "([":
                open_.append((place, 0))
            elif sign in ")]" and open_:
                open_.pop()
            elif sign == "," and open_:
                open_[-1] = (open_[-1][0], open_[-1][1] + 1)
        found = []
        for place, argument in open_:
            match = re.search(r"(\w+)$", self.before[:place])
            found.append(_Call(FUNCTIONS.get(match[1]) if match else None, argument, self.before[place + 1 :]))
        return found

    @cached_property
    def around(self) -> _Call | None:
        """The innermost call of a function."""
        return next((call for call in reversed(self.calls) if call.function is not None), None)

    @property
    def is_quoted(self) -> bool:
        return self.before.rfind("“") > self.before.rfind("”")

    @cached_property
    def waits_for_operator(self) -> bool:
        return bool(_VALUE_BEHIND.search(self.before)) and not _WORD_BEHIND.search(self.before)

    @property
    def is_begun(self) -> bool:
        return bool(re.search(r"[^\w\s]|\w\s", self.before.strip()))

    @cached_property
    def counts(self) -> bool:
        """Whether a number is expected: behind a sign that reckons, or before one that dates do not know."""
        return bool(_RECKONED.search(self.before) or _MULTIPLIES.match(self.after))

    @cached_property
    def is_whole_term(self) -> bool:
        """Whether it is all of the value, or is added to it or taken away: it has the unit of the value then."""
        return bool(_TERM.search(self.before)) and not _MULTIPLIED.match(self.after) and not self.calls

    def rows(self) -> str | None:
        """The rows that the values inside a call are of: as 自 says, before the cursor or behind; empty where nothing
        says; ``None`` where no call looks at other rows.
        """
        for call in reversed(self.calls):
            law = call.function.law if call.function is not None else None
            if law is not None and law.reach is Reach.BELOW:
                of_rows = _COUNTED if law.takes is Takes.GRAIN else _OF_ROWS
                told = of_rows.search(call.body) or _OF_ROWS.search(self.after.split(")")[0])
                return told[1] if told else ""
        return None


def in_a_formula(asked: Asked) -> Iterator[Completion]:
    formula = _Formula(asked)
    compared = _COMPARED.search(formula.before)
    classes = asked.classes_of(compared[1]) if compared is not None else ()
    yield from (asked.word(word, CLASS, compared[1]) for word in classes if compared is not None)
    given = _GIVEN.search(formula.before)
    if formula.is_quoted:
        return
    if given is not None:
        yield from _given(asked, given[1])
        return
    yield from _own_classes(asked, formula)
    if not formula.after.startswith("("):
        if formula.waits_for_operator:
            yield from (asked.word(word, WORD, "", meaning) for word, meaning in OPERATORS.items())
        elif not classes:
            yield from _words(asked, formula)
        yield from _names(asked, formula, classes or _wanted(asked, formula))
    for name, function in FUNCTIONS.items() if not classes else ():
        after = "(" if function.most != 0 else "()"
        yield asked.word(name, FUNCTION, f"{name}({function.arguments})", function.meaning, after, CALLED)


def _wanted(asked: Asked, formula: _Formula) -> tuple[str, ...]:
    """The classes that the whole value has to be of; none where anything may stand."""
    return asked.classes_of(asked.name) if _is_value(asked) and not formula.is_begun else ()


def _unit(asked: Asked, formula: _Formula) -> str:
    """The unit that has to come out; empty where any may stand."""
    return asked.beside("单位") if _is_value(asked) and formula.is_whole_term else ""


def _is_value(asked: Asked) -> bool:
    """Whether what the entry is worth is being written, and no condition."""
    return asked.at.role == "value" and asked.entry_path[1:2] in (("公式",), ("分情形",), ("表",))


def _given(asked: Asked, clause: str) -> Iterator[Completion]:
    if clause == "自":
        yield from (asked.named(one, far=READABLE) for one in asked.of_kinds(*ROWS))
    else:
        yield from asked.near_rows(asked.of_kinds("规则", "字段", "参数"), asked.grain)


def _own_classes(asked: Asked, formula: _Formula) -> Iterator[Completion]:
    """What the entry itself may be, where a value of it is written."""
    if _is_value(asked) and not formula.waits_for_operator:
        far = SAME_ROWS if formula.is_begun else FITS
        yield from (asked.word(word, CLASS, asked.name, far=far) for word in asked.classes_of(asked.name))


def _words(asked: Asked, formula: _Formula) -> Iterator[Completion]:
    far = ELSEWHERE if formula.counts or _unit(asked, formula) else SAME_ROWS
    yield from (asked.word(word, WORD, "", meaning, far=far) for word, meaning in OPERANDS.items())
    call = formula.around
    if call is not None and call.function is not None:
        for word, (clause, meaning) in CLAUSES.items():
            if clause in call.function.clauses and call.argument:
                yield asked.word(word, WORD, call.function.name, meaning)
    if any(call.function is not None and _ALONG in call.function.clauses and call.argument for call in formula.calls):
        yield from (asked.word(word, WORD, meaning, meaning) for word, meaning in BEFORE.items())
    if asked.at.path[:1] == ("替换",):
        yield from (asked.word(word, WORD, meaning, meaning, far=OWN_FIELD) for word, meaning in REPLACED_VALUE.items())
    if asked.at.role == "key" and not formula.is_begun and not set(OTHERWISE) & set(asked.at.beside):
        yield from (asked.word(word, WORD, "", meaning, ": ") for word, meaning in OTHERWISE.items())


def _names(asked: Asked, formula: _Formula, classes: tuple[str, ...]) -> Iterator[Completion]:
    """``classes``: what has to be one of them; none where anything may stand."""
    call = formula.around
    if call is not None and call.function is not None and not call.argument and call.function.law.takes is Takes.GRAIN:
        yield from (asked.named(one) for one in asked.of_kinds(*ROWS))
    rows = formula.rows()
    looks_elsewhere = call is not None and call.function is not None and call.function.family == LOOKUP
    reads_itself = call is not None and call.function is not None and call.function.law.reach is Reach.PERIOD
    is_first = call is not None and not call.argument
    unit = _unit(asked, formula)
    for one in asked.of_kinds(*HAS_VALUES):
        if (classes and not set(classes) & set(one.classes)) or (one.name == asked.name and not reads_itself):
            continue
        far = asked.far(one, rows or asked.grain)
        if far == ELSEWHERE and (rows is not None or looks_elsewhere):
            far = SAME_ROWS if not rows else READABLE
        elif rows == "" and is_first:
            far = max(far, READABLE)  # only finer rows can be put together
        told = asked.named(one, far=far)
        if (formula.counts or unit) and one.unit in NO_NUMBERS:
            far = ELSEWHERE
        elif unit and one.unit != unit:
            far = max(far, READABLE)
        yield replace(told, far=far)


# -- cells


def in_a_cell(asked: Asked) -> Iterator[Completion]:
    """A cell of a decision table: a condition on its column, or in the column of the rule itself the value."""
    column = asked.at.key
    for word in asked.classes_of(column):
        yield asked.word(word, CLASS, column)
    if column == asked.name:
        yield from (asked.word(word, WORD, "", meaning) for word, meaning in LEFT_OPEN.items())
        yield from (replace(one, far=max(one.far, OWN_FIELD)) for one in in_a_formula(asked))
        return
    yield from (asked.word(word, WORD, "", meaning) for word, meaning in CELLS.items())
    yield from (
        asked.named(one, far=max(asked.far(one, asked.grain), OWN_FIELD)) for one in asked.of_kinds(*HAS_VALUES)
    )
