"""Text, classes, and yes or no, from columns of PostgreSQL."""

from __future__ import annotations

from sqlglot import exp

from engine.data.column_kinds import WHOLE, bare, is_text
from engine.data.staging.remote.dialect import Typed
from engine.data.staging.remote.surely import NO, TIGHT, YES, reads_as_itself
from engine.data.staging.sql import Sql, cast, every, func, one_of, text, when, whole

_ASCII = "^[!-~]+$"
_WHOLE_DOUBLE = "^(0|-?[1-9][0-9]{0,14})$"


def as_text(cell: Sql) -> Sql:
    """The cell as text in code-point order."""
    return cast(cell, "VARCHAR")


def trimmed(cell: Sql) -> Sql:
    """Without blanks around it; other white space stays, and is left to Python."""
    return func("btrim", as_text(cell))


def like(what: Sql, pattern: str) -> Sql:
    """Whether a text matches a regular expression, by code points."""
    return exp.RegexpLike(this=what.copy(), expression=text(pattern))


def is_shortest() -> Sql:
    """Whether the text of a float is the shortest that is it: a setting of the session may cut it."""
    setting = cast(func("current_setting", text("extra_float_digits")), "INTEGER")
    return exp.GT(this=setting, expression=whole(0))


def text_typed(kind: str, cell: Sql) -> Typed:
    """As text; whole numbers are their digits."""
    if is_text(kind):
        plain = trimmed(cell)
        return Typed(when(like(plain, _ASCII), exp.true(), like(plain, TIGHT)), plain)
    if bare(kind) in WHOLE:
        return Typed(exp.true(), as_text(cell))
    if bare(kind) == "numeric":
        return Typed(func("scale", cell).eq(whole(0)), as_text(cell))
    if bare(kind) == "double precision":
        return Typed(every([is_shortest(), like(as_text(cell), _WHOLE_DOUBLE)]), as_text(cell))
    return Typed(exp.false(), cast(exp.null(), "VARCHAR"))


def class_typed(kind: str, cell: Sql, classes: tuple[str, ...]) -> Typed:
    """As one of ``classes``."""
    known = [word for word in classes if reads_as_itself(word)]
    words = text_typed(kind, cell)
    if not known:
        return Typed(exp.false(), cast(exp.null(), "VARCHAR"))
    listed = one_of(words.value, known)
    return Typed(listed if is_text(kind) else every([words.good, listed]), words.value)


def bool_typed(kind: str, cell: Sql) -> Typed:
    """As yes or no."""
    if bare(kind) == "boolean":
        return Typed(exp.true(), cell)
    if not is_text(kind) and bare(kind) not in WHOLE:
        return Typed(exp.false(), cast(exp.null(), "BOOLEAN"))
    shown = trimmed(cell)
    return Typed(one_of(shown, YES + NO), one_of(shown, YES))
