"""A nested query as named stages, with a comment on each column that has a meaning."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from engine.databases.layers import layers_of
from engine.script.labels import Labels

ROW = "rn"


@dataclass
class Stages:
    """The stages taken out of one query: name and query, innermost first."""

    labels: Labels
    found: list[tuple[str, exp.Expression]] = field(default_factory=list)

    def taken_out(self, tree: exp.Expression) -> exp.Expression:
        """``tree`` with its subqueries as stages of their own, and comments on its columns."""
        if not isinstance(tree, exp.Select):
            for part in ("this", "expression"):
                inner = tree.args.get(part)
                if isinstance(inner, exp.Expression):
                    tree.set(part, self.taken_out(inner))
            return tree
        for layer in reversed(list(layers_of(tree))):  # not from within each other: there may be a thousand
            if isinstance(layer.this, exp.Select):
                self._one(layer.this)
            else:
                self.taken_out(layer.this)
        self._one(tree)
        return tree

    def _one(self, tree: exp.Expression) -> None:
        """A query whose FROM has been gone through."""
        base = self._source(tree.args.get("from_"))
        for join in tree.args.get("joins") or []:
            self._source(join)
        if tree.args.get("from_") is not None:
            for item in tree.expressions:
                about = self._about(item, base)
                if about:
                    item.add_comments([about])

    def _source(self, holder: exp.Expression | None) -> str:
        """Replaces the subquery in FROM or JOIN by a stage; the table of data rows that the rows are of."""
        if holder is None:
            return ""
        inner = holder.this
        if isinstance(inner, exp.Table):
            return self.labels.relations.get(inner.name, "") or self._bases.get(inner.name, "")
        if not isinstance(inner, exp.Subquery):
            return ""
        query = inner.this if isinstance(holder, exp.From) else self.taken_out(inner.this)
        name = f"s{len(self.found) + 1}"
        self.found.append((name, query))
        base = self._base_of(query)
        self._bases[name] = base
        holder.set(
            "this", exp.alias_(exp.to_table(name), inner.alias, table=True) if inner.alias else exp.to_table(name)
        )
        return base

    def __post_init__(self) -> None:
        self._bases: dict[str, str] = {}

    def _base_of(self, query: exp.Expression) -> str:
        source = query.args.get("from_")
        table = source.this if source is not None else None
        if not isinstance(table, exp.Table):
            return ""
        return self.labels.relations.get(table.name, "") or self._bases.get(table.name, "")

    def _about(self, item: exp.Expression, base: str) -> str:
        own = self.labels.of(base, item.alias_or_name)
        if own:
            return own
        read = [self.labels.of(base, column.name) for column in item.find_all(exp.Column)]
        return "、".join(dict.fromkeys(label for label in read if label)) if item.alias.startswith("x") else ""


def staged(tree: exp.Expression, labels: Labels) -> exp.Expression:
    """The query with a WITH clause: one stage for each layer, each reading the one before it."""
    stages = Stages(labels)
    last = stages.taken_out(tree.copy())
    for name, query in stages.found:
        last = last.with_(name, as_=query, copy=False)  # type: ignore[attr-defined]
    return last
