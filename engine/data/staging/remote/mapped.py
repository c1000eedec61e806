"""What a mapping does to cells (:mod:`engine.data.taken`), as SQL: the cell where that is sure, and where it is empty.

A cell that is neither goes to Python with its row, which does it again, in the way of files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from engine.data.column_kinds import LOCAL, TEXTS, WHOLE, bare
from engine.data.staging.remote.dialect import Dialect
from engine.data.staging.sql import Sql, cast, every, func, negated, null, one_of, some, surely, text, when, whole
from engine.data.taken import AS_IT_IS, EMPTY, PARTS, Taken, code_text
from engine.language.types import TEXT
from engine.rulebook.model import Field

_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-"
_SHORT, _LONG = "(0[1-9]|1[0-9]|2[0-8])", "(0[1-9]|[12][0-9]|3[01])"
"""Days that every month has, for texts; a date of a database exists anyway."""
_CLOCK = r"([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?"
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_ANYTHING = Field("", TEXT)


@dataclass(frozen=True)
class Mapped:
    """``value``: the cell, of type ``kind``; NULL where it is empty or not sure. ``empty``: whether it surely is."""

    kind: str
    value: Sql
    empty: Sql


def mapped(dialect: Dialect, taken: Taken, raws: Sequence[tuple[str, Sql]]) -> Mapped:
    """``raws``: type and cell of each column that is taken."""
    cells = [_part(dialect, taken, _without_nothing(dialect, taken, kind, cell)) for kind, cell in raws]
    cell = cells[0] if len(cells) == 1 else _joined(dialect, taken, cells)
    return _meant(dialect, taken, cell) if taken.codes else cell


def _without_nothing(dialect: Dialect, taken: Taken, kind: str, cell: Sql) -> Mapped:
    empty = dialect.is_empty(kind, cell)
    sure, perhaps = _nothing(dialect, taken, kind, cell)
    gone = some([surely(part) for part in (sure, perhaps) if part is not None] or [exp.false()])
    value = when(negated(some([exp.paren(empty), gone])), cell)
    return Mapped(kind, value, surely(empty if sure is None else some([exp.paren(empty), surely(sure)])))


def _nothing(dialect: Dialect, taken: Taken, kind: str, cell: Sql) -> tuple[Sql | None, Sql | None]:
    """Where the cell surely is one that stands for nothing, and where it may be."""
    days = sorted(taken.empty_days)
    if not taken.nothing:
        return None, None
    if bare(kind) in TEXTS:
        code = dialect.code(kind, cell)
        years = [f"{day.year:04}" for day in days]
        return one_of(code, taken.nothing), one_of(func("substr", code, whole(1), whole(4)), years) if years else None
    if bare(kind) in ("date", LOCAL):
        listed: list[Sql] = [cast(text(day.isoformat()), "DATE") for day in days]
        return exp.In(this=cast(cell, "DATE"), expressions=listed) if days else None, None
    if bare(kind) in (*WHOLE, "numeric"):
        numbers = [word for word in taken.nothing if _NUMBER.fullmatch(word) and code_text(Decimal(word)) == word]
        numbers = [word for word in numbers if "." not in word or bare(kind) == "numeric"]
        numbers += [day.isoformat().replace("-", "") for day in days]
        return exp.In(this=cell.copy(), expressions=[_number(n) for n in numbers]) if numbers else None, None
    return None, negated(cell.copy().is_(exp.null()))


def _part(dialect: Dialect, taken: Taken, cell: Mapped) -> Mapped:
    if not taken.part:
        return cell
    is_text = bare(cell.kind) in TEXTS
    shown = dialect.code(cell.kind, cell.value) if is_text else dialect.shown(cell.kind, cell.value)
    sure = dialect.matches(shown, _DAY + (_SHORT if is_text else _LONG) + _CLOCK)
    return Mapped(
        dialect.text_kind(), when(sure, func("substr", shown, whole(1), whole(PARTS[taken.part]))), cell.empty
    )


def _joined(dialect: Dialect, taken: Taken, cells: Sequence[Mapped]) -> Mapped:
    codes = [dialect.code(cell.kind, cell.value) for cell in cells]
    whole_text = codes[0]
    for code in codes[1:]:
        before = exp.DPipe(this=whole_text, expression=text(taken.between)) if taken.between else whole_text
        whole_text = exp.DPipe(this=before, expression=code)
    sure = every([_tight(dialect, code) for code in codes])
    return Mapped(dialect.text_kind(), when(sure, whole_text), every([exp.paren(cell.empty) for cell in cells]))


def _meant(dialect: Dialect, taken: Taken, cell: Mapped) -> Mapped:
    code = dialect.code(cell.kind, cell.value)
    known = dict(taken.codes)
    ifs = [exp.If(this=one_of(code, [one]), true=_word(code, word)) for one, word in known.items()]
    if taken.rest is not None:
        ifs.append(exp.If(this=_tight(dialect, code), true=_rest(code, taken.rest)))
    hollow = [one for one, word in known.items() if word == EMPTY]
    empty: list[Sql] = [exp.paren(cell.empty)]
    if hollow:
        empty.append(surely(one_of(code, hollow)))
    if taken.rest == EMPTY:
        empty.append(surely(every([_tight(dialect, code), negated(exp.paren(one_of(code, known)))])))
    return Mapped(dialect.text_kind(), exp.Case(ifs=ifs, default=null("VARCHAR")), some(empty))


def _word(code: Sql, word: str) -> Sql:
    return null("VARCHAR") if word == EMPTY else text(word)


def _rest(code: Sql, rest: str) -> Sql:
    return code.copy() if rest == AS_IT_IS else _word(code, rest)


def _number(word: str) -> Sql:
    decimals = len(word.partition(".")[2])
    return cast(text(word), f"DECIMAL({19 + decimals}, {decimals})") if decimals else whole(int(word))


def _tight(dialect: Dialect, code: Sql) -> Sql:
    """Text that is surely not empty, and in which nothing would be stripped."""
    return exp.paren(dialect.typed(dialect.text_kind(), code, _ANYTHING).good)
