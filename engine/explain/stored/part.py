"""Rows of a frame that are set apart once, so that all that is asked of them does not go through the others again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from engine.databases.trees import made_of
from engine.execute.sql.frame import ROW, Column, Frame, Joined

FEW, MOST = 10_000, 200_000
"""Of more rows than ``FEW`` at most a tenth of the table, and never more than ``MOST`` are set apart."""


@dataclass
class Part:
    """Rows that meet some conditions, with the delivered columns that were read of them so far. ``beside``: those rows
    of a joined relation that belong to them, with its columns, by its alias.
    """

    name: str
    columns: dict[str, None] = field(default_factory=dict)
    beside: dict[str, tuple[str, set[str]]] = field(default_factory=dict)


@dataclass
class PartedFrame(Frame):
    """A query whose conditions are among others those of a part goes through the part. ``likely``: the delivered
    columns that will be read of its rows; ``joined_rows``: by alias the joins to relations that are as long as the
    frame itself, and which columns those have.
    """

    likely: Callable[[], Iterable[str]] = tuple
    parts: dict[frozenset[Hashable], Part | None] = field(default_factory=dict)
    joined_rows: dict[str, Callable[[], Collection[str]]] = field(default_factory=dict)
    _reads: list[Part | None] = field(default_factory=list)

    def set_apart(self, conditions: Sequence[exp.Expression]) -> None:
        """Once for the same conditions, if there are not too many rows."""
        made = frozenset(made_of(condition) for condition in conditions)
        if not made or made in self.parts:
            return
        self.parts[made] = None
        most = max(FEW, min(MOST, self.staged.count // 10))
        inner = self.relation([exp.column(ROW)], conditions).subquery("q", copy=False)
        name = self.database.keep(exp.select(ROW).from_(inner, copy=False).limit(most + 1))
        ((count,),) = self.database.rows(exp.select(exp.Count(this=exp.Star())).from_(name))
        if count > most:
            self.database.drop(name)
        else:
            self.parts[made] = Part(name)

    def relation(
        self, wanted: Iterable[exp.Expression], conditions: Sequence[exp.Expression] = (), rows: str = ""
    ) -> exp.Select:
        wanted = list(wanted)
        part, rest = (None, conditions) if rows else self._part_of(conditions)
        if part is not None:
            needed = [self.columns[name] for name in self.read_by([*wanted, *rest])]
            if any(column.window for column in needed):  # a window sees rows that are not of the part
                part, rest = None, conditions
            else:
                self._fill(part, [column.name for column in needed if column.level == 0 and column.name != ROW])
                self._fill_beside(part, needed)
        self._reads.append(part)
        try:
            return super().relation(wanted, rest, rows)
        finally:
            self._reads.pop()

    def _part_of(self, conditions: Sequence[exp.Expression]) -> tuple[Part | None, Sequence[exp.Expression]]:
        """The part that ``conditions`` lie in, and those that are still to be met."""
        if not any(self.parts.values()):
            return None, conditions
        made = {made_of(condition): condition for condition in conditions}
        within = [known for known, part in self.parts.items() if part is not None and known <= made.keys()]
        if not within:
            return None, conditions
        most = max(within, key=len)
        return self.parts[most], [condition for what, condition in made.items() if what not in most]

    def _fill(self, part: Part, columns: Sequence[str]) -> None:
        new = [name for name in columns if name not in part.columns]
        if not new:
            return
        if not part.columns:
            new = list(dict.fromkeys([*new, *self.likely()]))
        listed = [exp.column(ROW, "a"), *(exp.column(name, "a") for name in part.columns)]
        listed += [exp.column(name, "b") for name in new]
        same = exp.EQ(this=exp.column(ROW, "a"), expression=exp.column(ROW, "b"))
        query = exp.select(*listed).from_(exp.to_table(part.name, alias="a"))
        query = query.join(exp.to_table(self.relation_name, alias="b"), on=same, copy=False)
        former, part.name = part.name, self.database.keep(query)
        self.database.drop(former)
        part.columns |= dict.fromkeys(new)

    def _fill_beside(self, part: Part, needed: Sequence[Column]) -> None:
        wanted: dict[str, set[str]] = {}
        for column in needed:
            if column.joined is not None and column.joined.alias in self.joined_rows:
                wanted.setdefault(column.joined.alias, set()).add(column.inner)
        for alias, columns in wanted.items():
            name, there = part.beside.get(alias, ("", set()))
            if columns <= there:
                continue
            joined = next(one for one in self.joins.values() if one.alias == alias)
            if any(self.columns[key.name].level for key in joined.keys):
                continue
            there = {*self.joined_rows[alias]()}
            part.beside[alias] = self._beside(part, joined, there), there
            self.database.drop(name)

    def _beside(self, part: Part, joined: Joined, columns: Collection[str]) -> str:
        assert isinstance(joined.relation, exp.Select)
        self._fill(part, [key.name for key in joined.keys])
        own = exp.select(*(key.copy() for key in joined.keys)).from_(part.name)
        keys = [exp.column(name) for name in joined.key_columns]
        met = exp.In(this=exp.Tuple(expressions=keys), query=own.subquery(copy=False))
        query = exp.select(*joined.key_columns, *sorted(columns)).from_(joined.relation.subquery("r"), copy=False)
        return self.database.keep(query.where(met, copy=False))

    def _layer(self, below: exp.Select | None, level: int, shown: list[str], rows: str) -> exp.Select:
        part = self._reads[-1] if self._reads else None
        query = super()._layer(below, level, shown, rows)
        if part is None:
            return query
        if below is None:
            return exp.select(*[exp.column(name) for name in shown]).from_(exp.to_table(part.name))
        for join in query.args.get("joins", ()):
            alias = join.this.alias
            if alias in part.beside:
                join.set("this", exp.to_table(part.beside[alias][0], alias=alias))
        return query
