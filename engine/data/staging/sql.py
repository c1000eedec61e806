"""Small pieces of SQL, built with sqlglot and printed for DuckDB. Every identifier is quoted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlglot import exp

DIALECT = "duckdb"
Sql = exp.Expr


def column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def quoted_table(name: str, schema: str | None = None, catalog: str | None = None) -> exp.Table:
    return exp.table_(name, db=schema, catalog=catalog, quoted=True)


def data_type(name: str) -> exp.DataType:
    return _data_type(name).copy()


@lru_cache(maxsize=256)
def _data_type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect=DIALECT)


def own(node: Sql) -> Sql:
    """The node itself where it stands in no tree yet, else a copy: what is built up in layers is not copied by each."""
    return node if node.parent is None else node.copy()


def cast(what: Sql, kind: str) -> Sql:
    return exp.Cast(this=own(what), to=data_type(kind))


def try_cast(what: Sql, kind: str) -> Sql:
    return exp.TryCast(this=own(what), to=data_type(kind))


def tried(what: Sql) -> Sql:
    """The same with every cast tried: NULL where it fails."""

    def trial(node: Sql) -> Sql:
        return exp.TryCast(this=node.this, to=node.args["to"]) if type(node) is exp.Cast else node

    return what.copy().transform(trial)


def func(name: str, *arguments: Sql) -> Sql:
    """A function of DuckDB by its own name."""
    return exp.Anonymous(this=name, expressions=[own(argument) for argument in arguments])


def text(value: str) -> Sql:
    return exp.Literal.string(value)


def whole(value: int) -> Sql:
    """A whole number that fits BIGINT, or is cast to HUGEINT from its text."""
    if abs(value) < 10**18:
        return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
    return cast(text(str(value)), "HUGEINT")


def date(value: datetime.date) -> Sql:
    return cast(text(value.isoformat()), "DATE")


def null(kind: str) -> Sql:
    return cast(exp.Null(), kind)


def matches(what: Sql, pattern: str) -> Sql:
    """Whether the whole text matches."""
    return func("regexp_full_match", what, text(pattern))


def one_of(what: Sql, words: Iterable[str]) -> Sql:
    return exp.In(this=own(what), expressions=[text(word) for word in words])


def between(what: Sql, low: Sql, high: Sql) -> Sql:
    return exp.Between(this=own(what), low=own(low), high=own(high))


def is_null(what: Sql) -> Sql:
    return exp.Is(this=own(what), expression=exp.Null())


def negated(what: Sql) -> Sql:
    return exp.Not(this=exp.Paren(this=own(what)))


def when(condition: Sql, then: Sql, otherwise: Sql | None = None) -> Sql:
    """``otherwise`` ``None``: NULL. The branch not taken is not evaluated."""
    return exp.Case(
        ifs=[exp.If(this=own(condition), true=own(then))],
        default=own(otherwise) if otherwise is not None else None,
    )


def every(conditions: Sequence[Sql]) -> Sql:
    return exp.and_(*conditions) if conditions else exp.true()


def some(conditions: Sequence[Sql]) -> Sql:
    return exp.or_(*conditions) if conditions else exp.false()


def surely(condition: Sql) -> Sql:
    """``condition``, with unknown taken for no."""
    return exp.Coalesce(this=own(condition), expressions=[exp.false()])


def named(what: Sql, name: str) -> Sql:
    return exp.Alias(this=own(what), alias=exp.to_identifier(name, quoted=True))


def select_from(source: Sql, *expressions: Sql) -> exp.Select:
    """A select over a table, a table function, or another select (which is called s)."""
    inner = source.subquery("s") if isinstance(source, exp.Query) else source.copy()
    return exp.select(*expressions).from_(inner, copy=False)


def printed(query: Sql) -> str:
    return query.sql(DIALECT)


def run(connection: Any, query: Sql, arguments: Sequence[object] = ()) -> Any:
    """Executes one statement."""
    return connection.execute(printed(query), list(arguments)) if arguments else connection.execute(printed(query))
