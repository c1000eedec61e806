"""Trees of SQL as a settlement makes them by the thousand: copied, searched and told apart by what they are made of.

sqlglot has a general way for each (a deep copy that keeps a memo, a walk of generators, the printed text), which takes
several times as long on trees of a few nodes. What comes of it is the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache
from typing import Any, TypeVar

from sqlglot import exp

Tree = TypeVar("Tree", bound=exp.Expr)


def copied(sql: Tree, qualifier: str = "") -> Tree:
    """The same tree once more, of nobody's. ``qualifier``: its columns are those of the relation of that name."""
    found = sql.__class__()
    args = found.args
    for name, part in sql.args.items():
        if isinstance(part, exp.Expr):
            args[name] = _placed(copied(part, qualifier), found, name)
        elif type(part) is list:
            args[name] = [
                _placed(copied(one, qualifier), found, name, place) if isinstance(one, exp.Expr) else one
                for place, one in enumerate(part)
            ]
        else:
            args[name] = part
    if qualifier and type(found) is exp.Column:
        found.set("table", exp.Identifier(this=qualifier, quoted=False))
    if sql.meta:
        found.meta.update(sql.meta)
    return found


def _placed(part: exp.Expr, parent: exp.Expr, name: str, place: int | None = None) -> exp.Expr:
    part.parent, part.arg_key, part.index = parent, name, place
    return part


def columns_of(sql: exp.Expr) -> Iterator[str]:
    """The names of the columns that it reads, each as often as it reads it."""
    waiting: list[Any] = [sql]
    while waiting:
        node = waiting.pop()
        if type(node) is exp.Column:
            yield node.args["this"].args["this"]
            continue
        waiting += _parts(node)


def is_marked(sql: exp.Expr, mark: str) -> bool:
    """Whether a select anywhere in it has the mark."""
    waiting: list[Any] = [sql]
    while waiting:
        node = waiting.pop()
        if type(node) is exp.Select and node.meta.get(mark):
            return True
        waiting += _parts(node)
    return False


def _parts(node: exp.Expr) -> Iterator[exp.Expr]:
    for part in node.args.values():
        if type(part) is list:
            yield from (one for one in part if isinstance(one, exp.Expr))
        elif isinstance(part, exp.Expr):
            yield part


def made_of(sql: exp.Expr) -> Hashable:
    """What tells it apart from a tree that says something else."""
    parts: list[Any] = [sql.__class__]
    for name, part in sql.args.items():
        if isinstance(part, exp.Expr):
            parts += (name, made_of(part))
        elif type(part) is list:
            parts += (name, tuple(made_of(one) if isinstance(one, exp.Expr) else one for one in part))
        elif part:
            parts += (name, part)
    return tuple(parts)


def table(name: str, alias: str = "") -> exp.Table:
    """A relation by its name, which may say of which database file it is."""
    found = copied(_table(name))
    if alias:
        found.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return found


@cache
def _table(name: str) -> exp.Table:
    return exp.to_table(name)


def data_type(name: str) -> exp.DataType:
    """A type by its name (:mod:`engine.databases.interface`)."""
    return copied(_data_type(name))


@cache
def _data_type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")


def cast(sql: exp.Expr, kind: str) -> exp.Cast:
    """``sql``, which is no part of another tree, in the type of that name."""
    return exp.Cast(this=sql, to=data_type(kind))


def named(sql: exp.Expr, name: str) -> exp.Alias:
    """``sql``, which is no part of another tree, as a column of that name."""
    return exp.Alias(this=sql, alias=exp.to_identifier(name))
