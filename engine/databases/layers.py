"""Queries of very many layers, written one after the other instead of inside each other: the printer of SQL goes into a
layer with a dozen calls, of which Python allows 1 000.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

MOST = 40
"""So many layers may stand inside each other."""


def flattened(query: exp.Expression) -> exp.Expression:
    """The same query; of one with more layers than that, every so many are named in WITH, the deepest first."""
    if not any(len(list(_layers(select))) > MOST for select in _selects(query)):
        return query
    query = query.copy()
    steps: list[exp.CTE] = []
    for select in _selects(query):
        layers = list(_layers(select))
        for layer in reversed(layers[MOST::MOST]):
            name = f"layer{len(steps)}"
            steps.append(exp.CTE(this=layer.this, alias=exp.TableAlias(this=exp.to_identifier(name))))
            table = exp.to_table(name)
            layer.replace(exp.alias_(table, layer.alias, table=True) if layer.alias else table)
    whole = query.expression if isinstance(query, exp.Create) else query
    whole.set("with_", exp.With(expressions=steps))
    return query


def _selects(query: exp.Expression) -> Iterator[exp.Expression]:
    """The queries that are put together."""
    waiting = [query.expression if isinstance(query, exp.Create) else query]
    while waiting:
        one = waiting.pop()
        if isinstance(one, exp.SetOperation):
            waiting += [one.expression, one.this]
        else:
            yield one


def _layers(select: exp.Expression) -> Iterator[exp.Subquery]:
    """The queries below a query, each read by the one before."""
    source = select.args.get("from_")
    while source is not None and isinstance(source.this, exp.Subquery):
        yield source.this
        source = source.this.this.args.get("from_")
