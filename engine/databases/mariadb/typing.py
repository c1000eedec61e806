"""How MariaDB types its own cells: what is surely clean in SQL, all else in Python."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from sqlglot import exp

from engine.data.column_kinds import LOCAL, WHOLE, bare, is_text, size
from engine.data.staging.model import ROW
from engine.data.staging.placeholders import is_day, is_month
from engine.data.staging.remote.columns import RAW
from engine.data.staging.remote.dialect import Pieces, RemoteStore, Typed
from engine.data.staging.remote.surely import (
    DATE,
    LONGEST_SCALE,
    MONTH,
    MONTHS,
    NARROW,
    NO,
    TIGHT,
    YES,
    reads_as_itself,
)
from engine.data.staging.sql import (
    Sql,
    cast,
    column,
    every,
    func,
    named,
    negated,
    one_of,
    quoted_table,
    some,
    text,
    whole,
)
from engine.data.staging.storage import digits_of
from engine.databases.mariadb.cells import cell_maker, moment_in
from engine.databases.mariadb.printer import SHORT_TEXT
from engine.files.raw import RawCell
from engine.language.types import Kind
from engine.rulebook.model import Field

_SURE_OF_DOUBLE = 15


class MariaDialect:
    """A :class:`engine.data.staging.remote.dialect.Dialect`."""

    def relation(self, schema: str, name: str) -> exp.Table:
        return quoted_table(name, schema)

    def read(self, kind: str, cell: Sql) -> Sql:
        """Text in our own character set and order, whatever the column's are."""
        return func("casemix_text", cell) if is_text(kind) else cell

    def local(self, cell: Sql, zone: str) -> Sql:
        return moment_in(cell, zone)

    def typed(self, kind: str, cell: Sql, field: Field) -> Typed:
        what = field.type.kind
        if what is Kind.NUMBER:
            return _number(kind, cell, digits_of(field) or 0)
        if what is Kind.BOOL:
            return _bool(kind, cell)
        if what is Kind.DATE:
            return _date(kind, cell, field)
        if what is Kind.MONTH:
            return _month(kind, cell)
        words = _text(kind, cell)
        if what is Kind.CLASS:
            plain = [word for word in field.type.classes if reads_as_itself(word)]
            return Typed(every([words.good, one_of(words.value, plain) if plain else exp.false()]), words.value)
        return words

    def is_empty(self, kind: str, cell: Sql) -> Sql:
        nothing = cell.copy().is_(exp.null())
        return some([nothing, _trimmed(cell).eq(text(""))]) if is_text(kind) else nothing

    def code(self, kind: str, cell: Sql) -> Sql:
        if is_text(kind):
            return _trimmed(cell)
        known = size(kind)
        exact = bare(kind) in WHOLE or (known is not None and known[1] == 0)
        return cast(cell, "VARCHAR") if exact else cast(exp.null(), "VARCHAR")

    def matches(self, what: Sql, pattern: str) -> Sql:
        return _like(what, pattern)

    def shown(self, kind: str, cell: Sql) -> Sql:
        """A float by way of the double that it is: its own text is cut to six digits."""
        return cast(func("casemix_double", cell), "VARCHAR") if bare(kind) == "real" else cast(cell, "VARCHAR")

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        return cell_maker(kind)

    def text_kind(self) -> str:
        return "text"

    def row_number(self) -> Sql:
        return exp.Window(this=exp.RowNumber())

    def array(self, cells: Sequence[Sql]) -> Sql:
        return func("json_array", *cells)

    def listed(self, fetched: object) -> Sequence[str | None]:
        found: list[str | None] = json.loads(str(fetched))
        return found

    def hashed(self, line: Sql) -> Sql:
        return func("sha2", line, whole(256))

    def lane(self, digits: Sql) -> Sql:
        return cast(func("conv", digits, whole(16), whole(10)), "BIGINT")

    def assemble(self, store: RemoteStore, pieces: Pieces) -> None:
        """Into a table of declared types: those of a query's columns are a guess of the server."""
        rows = exp.select("*").from_(quoted_table(pieces.first)).where(column(RAW).is_(exp.null()))
        if pieces.twice:
            again = exp.select(column(ROW)).from_(quoted_table(pieces.twice))
            rows = rows.where(negated(exp.In(this=column(ROW), query=again.subquery())))
        parts = [rows] + ([exp.select("*").from_(quoted_table(pieces.more))] if pieces.more else [])
        store.create(pieces.name, _with_long_texts(store, pieces, parts))
        into = exp.Schema(this=quoted_table(pieces.name), expressions=[column(name) for name in pieces.spec])
        for part in parts:
            shown = [named(cast(column(name), kind), name) for name, kind in pieces.spec.items()]
            taken = exp.select(*shown).from_(part.subquery("s"))
            store.execute(store.text(exp.Insert(this=into.copy(), expression=taken)))
        store.drop(pieces.first)


def _with_long_texts(store: RemoteStore, pieces: Pieces, parts: Sequence[exp.Select]) -> dict[str, str]:
    """The columns and their types; TEXT where a text is longer than a key can be."""
    texts = [name for name, kind in pieces.spec.items() if kind == "VARCHAR"]
    long: set[str] = set()
    for part in parts if texts else ():
        measured = exp.select(*(exp.Max(this=func("char_length", column(name))) for name in texts))
        found = store.rows(measured.from_(part.subquery("s")))[0]
        long |= {name for name, most in zip(texts, found, strict=True) if most is not None and most > SHORT_TEXT}
    return {name: "TEXT" if name in long else kind for name, kind in pieces.spec.items()}


def _number(kind: str, cell: Sql, digits: int) -> Typed:
    before = NARROW - digits
    if before < 1:
        return _never("BIGINT")
    known = size(kind)
    if bare(kind) in WHOLE:
        good = exp.true() if WHOLE[bare(kind)] <= before else _within(cell, before)
        return Typed(good, _scaled(cell, digits))
    if bare(kind) == "numeric" and known is not None:
        precision, scale = known
        conditions: list[Sql] = [exp.false()] if scale > LONGEST_SCALE else []
        if scale > digits:
            conditions.append(func("truncate", cell, whole(digits)).eq(cell.copy()))
        if precision - scale > before:
            conditions.append(_within(cell, before))
        return Typed(every(conditions), _scaled(cell, digits))
    if bare(kind) == "double precision":
        shown = cast(cell, "VARCHAR")
        short = func("char_length", shown) <= whole(_SURE_OF_DOUBLE)
        most = min(before, _SURE_OF_DOUBLE)
        return Typed(every([_like(shown, rf"-?[0-9]{{1,{most}}}{_decimals(digits)}"), short]), _scaled(shown, digits))
    if is_text(kind):
        shown = _trimmed(cell)
        return Typed(_like(shown, rf"-?[0-9]{{1,{before}}}{_decimals(digits)}"), _scaled(shown, digits))
    return _never("BIGINT")


def _decimals(digits: int) -> str:
    return rf"(\.[0-9]{{1,{digits}}})?" if digits else ""


def _scaled(cell: Sql, digits: int) -> Sql:
    exact = cast(cell, f"DECIMAL(38, {digits})")
    return cast(exp.paren(exact * whole(10**digits)) if digits else exact, "BIGINT")


def _within(cell: Sql, before: int) -> Sql:
    bound = whole(10**before - 1)
    return exp.Between(this=cell.copy(), low=exp.Neg(this=bound), high=bound.copy())


def _text(kind: str, cell: Sql) -> Typed:
    if is_text(kind):
        shown = _trimmed(cell)
        return Typed(_like(shown, _inside(TIGHT)), shown)
    known = size(kind)
    if bare(kind) in WHOLE or (known is not None and known[1] == 0):
        return Typed(exp.true(), cast(cell, "VARCHAR"))
    return _never("VARCHAR")


def _bool(kind: str, cell: Sql) -> Typed:
    if not is_text(kind) and bare(kind) not in WHOLE:
        return _never("BOOLEAN")
    shown = _trimmed(cell) if is_text(kind) else cast(cell, "VARCHAR")
    return Typed(one_of(shown, YES + NO), one_of(shown, YES))


def _date(kind: str, cell: Sql, field: Field) -> Typed:
    """The time of a moment is left off; a day that there is not (the 0th, the 31st of February) is for Python."""
    if bare(kind) in ("date", LOCAL):
        day = cast(cell, "DATE")
        return Typed(every([is_day(field, day), _there(day)]), day)
    if not is_text(kind):
        return _never("DATE")
    shown = _trimmed(cell)
    dashed = func("substr", shown, whole(5), whole(1)).eq(text("-"))
    length = exp.Case(ifs=[exp.If(this=dashed, true=whole(10))], default=whole(8))
    day = cast(func("left", shown, length), "DATE")
    return Typed(_both(_like(shown, _inside(DATE)), every([is_day(field, day), _there(day)])), day)


def _there(day: Sql) -> Sql:
    return func("from_days", func("to_days", day)).eq(day.copy())


def _month(kind: str, cell: Sql) -> Typed:
    if bare(kind) == "date":
        months = _months(func("year", cell), func("month", cell))
        first = func("dayofmonth", cell).eq(whole(1))
        return Typed(every([is_month(months), first, func("month", cell) > whole(0)]), months)
    if not is_text(kind):
        return _never("INTEGER")
    shown = _trimmed(cell)
    year, month = (cast(func(side, shown, whole(n)), "INTEGER") for side, n in (("left", 4), ("right", 2)))
    months = _months(year, month)
    return Typed(_both(_like(shown, _inside(MONTH)), is_month(months)), months)


def _both(first: Sql, second: Sql) -> Sql:
    """``second`` is looked at only where ``first`` holds: a cast that fails would leave a warning."""
    return exp.Case(ifs=[exp.If(this=first.copy(), true=second.copy())], default=exp.false())


def _months(year: Sql, month: Sql) -> Sql:
    return cast(exp.paren(year * whole(MONTHS) + month - whole(1)), "INTEGER")


def _trimmed(cell: Sql) -> Sql:
    return func("trim", cell)


def _inside(pattern: str) -> str:
    """Without the marks of the beginning and the end."""
    return pattern.removeprefix("^").removesuffix("$")


def _like(what: Sql, pattern: str) -> Sql:
    r"""Whether a whole text matches: ``$`` would let a line end follow, ``\z`` does not."""
    return exp.RegexpLike(this=what.copy(), expression=text(rf"\A(?:{pattern})\z"))


def _never(kind: str) -> Typed:
    return Typed(exp.false(), cast(exp.null(), kind))
