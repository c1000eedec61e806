"""Queries of very many layers, written one after the other instead of inside each other: the printer of SQL goes into a
layer with a dozen calls, of which Python allows 1 000.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

MOST = 40
"""So many layers may stand inside each other."""


def flattened(query: exp.Expression) -> exp.Expression:
    """The same query; of one with more layers than that, every so many are named in WITH, the deepest first."""
    steps, last = taken_apart(query, "layer")
    if steps:
        named = [exp.CTE(this=step, alias=exp.TableAlias(this=exp.to_identifier(name))) for name, step in steps.items()]
        (last.expression if isinstance(last, exp.Create) else last).set("with_", exp.With(expressions=named))
    return last


def taken_apart(query: exp.Expression, prefix: str) -> tuple[dict[str, exp.Expression], exp.Expression]:
    """What a query of very many layers reads, the deepest first, by names that begin so; and the query over that."""
    if not any(len(list(layers_of(select))) > MOST for select in _selects(query)):
        return {}, query
    query = query.copy()
    steps: dict[str, exp.Expression] = {}
    for select in _selects(query):
        layers = list(layers_of(select))
        for layer in reversed(layers[MOST::MOST]):
            name = f"{prefix}{len(steps)}"
            steps[name] = layer.this
            table = exp.to_table(name)
            layer.replace(exp.alias_(table, layer.alias, table=True) if layer.alias else table)
    return steps, query


class StoredLayers:
    """Layers that queries have too many of, stored one query at a time: those of the query before are dropped first."""

    def __init__(self, store: Callable[[str, exp.Expression], None], drop: Callable[[str], None]) -> None:
        self._store, self._drop = store, drop
        self._names: list[str] = []

    def over(self, query: exp.Expression) -> exp.Expression:
        """The query over what is stored of it, if it has too many."""
        while self._names:
            self._drop(self._names.pop())
        steps, last = taken_apart(query, "casemix_layer")
        for name, step in steps.items():
            self._store(name, step)
            self._names.append(name)
        return last


def _selects(query: exp.Expression) -> Iterator[exp.Expression]:
    """The queries that are put together."""
    waiting = [query.expression if isinstance(query, exp.Create) else query]
    while waiting:
        one = waiting.pop()
        if isinstance(one, exp.SetOperation):
            waiting += [one.expression, one.this]
        else:
            yield one


def layers_of(select: exp.Expression) -> Iterator[exp.Subquery]:
    """The queries below a query, each read by the one before."""
    source = select.args.get("from_")
    while source is not None and isinstance(source.this, exp.Subquery):
        yield source.this
        source = source.this.this.args.get("from_")
