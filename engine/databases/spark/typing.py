"""How Spark types cells: what is surely clean in SQL, all else in Python. Kinds are named as PostgreSQL names them.

Values go through ``try_cast``: where a cell is not good its value is not looked at, in whatever order Spark works.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from engine.data.column_kinds import LOCAL, WHOLE, bare, cell_maker, size
from engine.data.staging.model import ROW
from engine.data.staging.placeholders import is_day, is_month
from engine.data.staging.remote.columns import RAW
from engine.data.staging.remote.dialect import Pieces, RemoteStore, Typed
from engine.data.staging.remote.surely import LONGEST_SCALE, MONTHS, NARROW, NO, TIGHT, YES, reads_as_itself
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
from engine.files.raw import RawCell
from engine.language.types import Kind
from engine.rulebook.model import Field

_DATE = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
"""Days that every month has; the others are left to Python."""
_CLOCK = r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)?"
_MONTH = r"(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-(0[1-9]|1[0-2])"


class SparkDialect:
    """A :class:`engine.data.staging.remote.dialect.Dialect`."""

    def relation(self, schema: str, name: str) -> exp.Table:
        """``schema`` may name its catalog: catalog.schema."""
        *catalog, database = schema.split(".")
        return exp.table_(name, db=database, catalog=catalog[0] if catalog else None, quoted=True)

    def read(self, kind: str, cell: Sql) -> Sql:
        return cell

    def local(self, cell: Sql, zone: str) -> Sql:
        """By way of the microseconds since 1970 in UTC: the session's time zone does not enter."""
        since = func("make_timestamp_ntz", *(whole(part) for part in (1970, 1, 1, 0, 0, 0)))
        there = func("timestampadd", exp.Var(this="MICROSECOND"), func("unix_micros", cell), since)
        return func("convert_timezone", text("UTC"), text(zone), there)

    def typed(self, kind: str, cell: Sql, field: Field) -> Typed:
        what = field.type.kind
        if what is Kind.NUMBER:
            return _number(kind, cell, digits_of(field) or 0)
        if what is Kind.BOOL:
            if bare(kind) == "boolean":
                return Typed(exp.true(), cell)
            shown = _trimmed(cell)
            return Typed(one_of(shown, YES + NO), one_of(shown, YES)) if bare(kind) == "text" else _never("BOOLEAN")
        if what is Kind.DATE:
            return _date(kind, cell, field)
        if what is Kind.MONTH:
            return _month(kind, cell)
        words = _text(kind, cell)
        if what is Kind.CLASS:
            plain = [word for word in field.type.classes if reads_as_itself(word)]
            listed = one_of(words.value, plain) if plain else exp.false()
            return Typed(every([words.good, listed]), words.value)
        return words

    def is_empty(self, kind: str, cell: Sql) -> Sql:
        nothing = cell.copy().is_(exp.null())
        return some([nothing, _trimmed(cell).eq(text(""))]) if bare(kind) == "text" else nothing

    def code(self, kind: str, cell: Sql) -> Sql:
        if bare(kind) == "text":
            return _trimmed(cell)
        known = size(kind)
        exact = bare(kind) in (*WHOLE, "boolean") or (known is not None and known[1] == 0)
        return cast(cell, "VARCHAR") if exact else cast(exp.null(), "VARCHAR")

    def matches(self, what: Sql, pattern: str) -> Sql:
        return _like(what, pattern)

    def shown(self, kind: str, cell: Sql) -> Sql:
        return cast(cell, "VARCHAR")

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]:
        return cell_maker(kind)

    def text_kind(self) -> str:
        return "text"

    def row_number(self) -> Sql:
        """Not the same when it is asked again: what is read by it is stored at once."""
        return func("monotonically_increasing_id")

    def array(self, cells: Sequence[Sql]) -> Sql:
        return exp.Array(expressions=[cell.copy() for cell in cells])

    def listed(self, fetched: Any) -> Sequence[str | None]:
        return fetched  # type: ignore[no-any-return]

    def hashed(self, line: Sql) -> Sql:
        return func("sha2", line, whole(256))

    def lane(self, digits: Sql) -> Sql:
        return cast(func("conv", digits, whole(16), whole(10)), "BIGINT")

    def assemble(self, store: RemoteStore, pieces: Pieces) -> None:
        shown = [named(cast(column(name), kind), name) for name, kind in pieces.spec.items()]
        rows = exp.select(*shown).from_(quoted_table(pieces.first)).where(column(RAW).is_(exp.null()))
        if pieces.twice:
            again = exp.select(column(ROW)).from_(quoted_table(pieces.twice))
            rows = rows.where(negated(exp.In(this=column(ROW), query=again.subquery())))
        more = exp.select(*shown).from_(quoted_table(pieces.more)) if pieces.more else None
        store.create_as(pieces.name, rows if more is None else exp.union(rows, more, distinct=False))
        store.drop(pieces.first)


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
        conditions: list[Sql] = []
        if scale > digits:
            exact = _tried(_tried(cell, f"DECIMAL(38, {digits})"), f"DECIMAL(38, {min(scale, 38 - before)})")
            conditions.append(exact.eq(cell.copy()))
        if scale > LONGEST_SCALE:
            conditions.append(exp.false())
        if precision - scale > before:
            conditions.append(_within(cell, before))
        return Typed(every(conditions), _scaled(cell, digits))
    if bare(kind) == "text":
        shown = _trimmed(cell)
        decimals = rf"(\.[0-9]{{1,{digits}}})?" if digits else ""
        return Typed(_like(shown, rf"-?[0-9]{{1,{before}}}{decimals}"), _scaled(shown, digits))
    return _never("BIGINT")


def _scaled(cell: Sql, digits: int) -> Sql:
    """Digits before the point and after it are at most 18 where this is looked at, so nothing is lost."""
    exact = _tried(cell, f"DECIMAL(38, {digits})")
    if digits:
        exact = exp.paren(exact * cast(text(str(10**digits)), f"DECIMAL({digits + 1}, 0)"))
        exact = _tried(exact, "DECIMAL(18, 0)")
    return _tried(exact, "BIGINT")


def _within(cell: Sql, before: int) -> Sql:
    bound = whole(10**before - 1)
    return exp.Between(this=cell.copy(), low=exp.Neg(this=bound), high=bound.copy())


def _text(kind: str, cell: Sql) -> Typed:
    if bare(kind) == "text":
        shown = _trimmed(cell)
        return Typed(_like(shown, TIGHT.removeprefix("^").removesuffix("$")), shown)
    known = size(kind)
    if bare(kind) in WHOLE or (known is not None and known[1] == 0):
        return Typed(exp.true(), cast(cell, "VARCHAR"))
    return _never("VARCHAR")


def _date(kind: str, cell: Sql, field: Field) -> Typed:
    """The time of a moment is left off."""
    if bare(kind) in ("date", LOCAL):
        day = cell if bare(kind) == "date" else cast(cell, "DATE")
        return Typed(is_day(field, day), day)
    if bare(kind) != "text":
        return _never("DATE")
    shown = _trimmed(cell)
    day = _tried(func("substr", shown, whole(1), whole(10)), "DATE")
    return Typed(every([_like(shown, _DATE + _CLOCK), is_day(field, day)]), day)


def _month(kind: str, cell: Sql) -> Typed:
    if bare(kind) == "date":
        months = _months(func("year", cell), func("month", cell))
        return Typed(every([is_month(months), func("day", cell).eq(whole(1))]), months)
    if bare(kind) != "text":
        return _never("INTEGER")
    shown = _trimmed(cell)
    year, month = (_tried(func("substr", shown, whole(at), whole(n)), "INTEGER") for at, n in ((1, 4), (6, 2)))
    months = _months(year, month)
    return Typed(every([_like(shown, _MONTH), is_month(months)]), months)


def _months(year: Sql, month: Sql) -> Sql:
    return cast(exp.paren(year * whole(MONTHS) + month - whole(1)), "INTEGER")


def _trimmed(cell: Sql) -> Sql:
    return func("trim", cell)


def _like(what: Sql, pattern: str) -> Sql:
    r"""Whether a whole text matches: ``$`` of Java would let a line end follow, ``\z`` does not."""
    return exp.RegexpLike(this=what.copy(), expression=text(rf"\A(?:{pattern})\z"))


def _tried(what: Sql, kind: str) -> Sql:
    return exp.TryCast(this=what.copy(), to=exp.DataType.build(kind))


def _never(kind: str) -> Typed:
    return Typed(exp.false(), cast(exp.null(), kind))
