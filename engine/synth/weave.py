"""The rows of one table as one SELECT: first the row numbers and keys, then the columns, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.files.errors import DataError
from engine.language.types import Kind
from engine.rulebook.model import Field, Table
from engine.synth.defaults import countable, default_make
from engine.synth.draws import uniform
from engine.synth.hints import OTHERWISE, Hints, Make, Path, paths_of
from engine.synth.recipes import Recipe
from engine.synth.world import Made, World, name_of, text_of

LATER, DRAWN_BY = "@again", "@b"
"""Of a row that is another one of an earlier object: by how many days it is later; the row number it draws by."""


@dataclass
class Loom:
    """Weaves one table. ``columns``: the fields to write; others are made only if something reads them
    (``extra``: elsewhere).

    ``small``: shares are dealt out evenly rather than drawn. ``source``: a table with rows ``i`` and all fields, which
    stand as they are; only the helpers are made.
    """

    world: World
    table: Table
    hints: Hints
    columns: tuple[str, ...]
    small: bool
    extra: frozenset[str] = frozenset()
    source: str = ""
    makes: dict[str, Make] = field(default_factory=dict)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    """Reference field to the columns that are read through it."""

    def __post_init__(self) -> None:
        read_by_others = [name for name in self.table.fields if name in self.extra and name not in self.columns]
        for name in (*self.columns, *read_by_others):
            self.makes[name] = self.hints.fields.get(name) or default_make(self.table, self.table.fields[name])
        self.makes |= self.hints.helpers
        waiting = list(self.makes)
        while waiting:  # a field that is not written but read by another is made too
            for path in paths_of(self.makes[waiting.pop()]):
                if path.via:
                    self.wanted.setdefault(path.via, set()).add(path.column)
                if path.here not in self.makes and not (self.source and path.here in self.table.fields):
                    self.makes[path.here] = self.hints.fields.get(path.here) or default_make(
                        self.table, self.table.fields[path.here]
                    )
                    waiting.append(path.here)

    # -- rows ------------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """How many rows a table of counted rows has."""
        rows = self.hints.rows
        assert rows is not None
        count = rows.count or 0
        if rows.per_case is not None:
            count = math.ceil(rows.per_case * self.world.cases)
        if rows.per_month is not None:
            count = rows.per_month * sum(1 for _ in self.world.months())
        count = max(count, rows.least)
        return count if rows.most is None else min(count, rows.most)

    def select(self) -> str:
        """SQL with ``i``, every field and every helper."""
        if self.source:
            sql, made = self._joined(self.source), set(self.table.fields)
        elif self.hints.each is not None:
            sql, made = self._combinations(self.hints.each)
        else:
            sql, made = f"SELECT i FROM {self.world.row_numbers(self.count())}", set()
        if self.hints.again is not None:
            sql = self._again(sql)
            made = {self.hints.again.date}
        for layer in self._layers(made):
            sql = self._layer(sql, layer)
        return sql

    def _joined(self, source: str) -> str:
        """The rows that are there, with what is read of the rows that they refer to."""
        shown, joins = ["s.*"], []
        for n, (key, columns) in enumerate(sorted(self.wanted.items())):
            other = self._other(self.table.fields[key])
            shown += [f"j{n}.{name_of(c)} AS {name_of(f'{key}.{c}')}" for c in sorted(columns)]
            joins.append(f"LEFT JOIN {other.sql} j{n} ON j{n}.{name_of(_only_key(other))} = s.{name_of(key)}")
        return f"SELECT {', '.join(shown)} FROM {source} s {' '.join(joins)}"

    def _combinations(self, keys: Iterable[str]) -> tuple[str, set[str]]:
        """Every combination of the keys, numbered; with a chance only some of them."""
        parts, shown, number = [], [], "0"
        for n, key in enumerate(keys):
            source, count = self._values(self.table.fields[key])
            parts.append(f"({source}) k{n}")
            number = f"({number} * {count} + k{n}.i)"
            shown.append(f"k{n}.v AS {name_of(key)}")
            shown += [f"k{n}.{name_of(c)} AS {name_of(f'{key}.{c}')}" for c in sorted(self.wanted.get(key, ()))]
        sql = f"SELECT {number}::BIGINT AS i, {', '.join(shown)} FROM {', '.join(parts)}"
        if self.hints.chance is not None:
            drawn = uniform(self.world.seed, "i", self.table.name, "概率")
            sql = f"SELECT * FROM ({sql}) WHERE {drawn} < {self.hints.chance!r}"
        return f"SELECT row_number() OVER (ORDER BY i) - 1 AS i, * EXCLUDE (i) FROM ({sql})", set(keys)

    def _values(self, key: Field) -> tuple[str, int]:
        """The values v of a key, numbered i, and how many."""
        if key.refers is not None:
            other = self._other(key)
            columns = "".join(f", {name_of(c)}" for c in sorted(self.wanted.get(key.name, ())))
            return f"SELECT i, {name_of(_only_key(other))} AS v{columns} FROM {other.sql}", other.rows
        if not countable(key):
            raise DataError(
                f"表“{self.table.name}”的 每个 里有 {key.name}，它的值数不出来", "每个 用类别、引用、年、年月或日期"
            )
        kind, world = key.type.kind, self.world
        if kind is Kind.CLASS:
            values = [text_of(word) for word in key.type.classes]
        elif kind is Kind.BOOL:
            values = ["true", "false"]
        elif kind is Kind.MONTH:
            values = [text_of(str(month)) for month in world.months()]
        elif kind is Kind.DATE:
            values = [f"DATE '{day}'" for day in world.calendar(self.hints.around)]
        else:
            values = [f"{year}::BIGINT" for year in world.years()]
        return f"SELECT unnest(range({len(values)})) AS i, unnest([{', '.join(values)}]) AS v", len(values)

    def _again(self, sql: str) -> str:
        """Some rows follow an earlier one of the same object: they draw what is the same by its number, and later."""
        again, world = self.hints.again, self.world
        assert again is not None
        make = self.makes[again.date]
        if make.how != "日期" or "月份" not in make.detail:
            raise DataError(f"表“{self.table.name}”的 再次 按 {again.date} 推后，它要写成 日期: 期间")
        share = (1 - math.sqrt(1 - 4 * again.share)) / 2  # half-way: the earlier row must not be such a row itself
        names = (self.table.name, "再次")
        slots, size = world.slots(world.calendar_weights(make.detail["月份"], make.detail["周末"]), ("w",))

        def draw(row: str, what: str) -> str:
            return uniform(world.seed, row, *names, what)

        gap = f"({again.gap.low:.0f} + floor({draw('i', 'gap')} * {again.gap.high - again.gap.low + 1:.0f}))::INTEGER"
        numbered = (
            f"SELECT *, j < i AND {draw('i', 'is')} < {share!r} AND {draw('j', 'is')} >= {share!r} AS may, "
            f"{gap} AS gap, "
            f"floor({draw('i', 'day')} * {size})::BIGINT AS si, floor({draw('j', 'day')} * {size})::BIGINT AS sj "
            f"FROM (SELECT *, floor({draw('i', 'which')} * i)::BIGINT AS j FROM ({sql}))"
        )
        start = f"DATE '{world.start}'"
        dated = (
            f"SELECT n.* EXCLUDE (si, sj), {start} + a.r::INTEGER AS di, {start} + b.r::INTEGER AS dj "
            f"FROM ({numbered}) n LEFT JOIN {slots} a ON a.s = n.si LEFT JOIN {slots} b ON b.s = n.sj"
        )
        told = f"SELECT *, may AND dj + gap <= DATE '{world.end}' AS follows FROM ({dated})"
        return (
            "SELECT * EXCLUDE (j, may, gap, di, dj, follows), "
            f"CASE WHEN follows THEN j ELSE i END AS {name_of(DRAWN_BY)}, "
            f"CASE WHEN follows THEN gap END AS {name_of(LATER)}, "
            f"CASE WHEN follows THEN dj + gap ELSE di END AS {name_of(again.date)} FROM ({told})"
        )

    # -- columns ---------------------------------------------------------------------------------------------------

    def _layers(self, made: set[str]) -> list[list[str]]:
        """Names in groups: each needs only those of earlier groups."""
        left = [name for name in self.makes if name not in made]
        done = set(made)
        layers = []
        while left:
            ready = [name for name in left if all(p.here in done for p in paths_of(self.makes[name]))]
            if not ready:
                raise DataError(f"表“{self.table.name}”的 合成 绕成了圈：{'、'.join(left)}")
            layers.append(ready)
            done |= set(ready)
            left = [name for name in left if name not in done]
        return layers

    def _layer(self, sql: str, names: list[str]) -> str:
        slots: list[str] = []
        joins: list[str] = []
        shown: list[str] = []
        for n, name in enumerate(names):
            make = self.makes[name]
            recipe = self._recipe(name)
            if make.how == "引用":
                self._pick(name, make, n, slots, joins, shown, recipe)
            elif make.how == "日期" and "月份" in make.detail:
                source = self.world.calendar_weights(make.detail["月份"], make.detail["周末"])
                table, size = self.world.slots(source, ("w",))
                drawn = uniform(self.world.seed, recipe.row, self.table.name, name)
                slots.append(f"floor({drawn} * {size})::BIGINT AS p{n}")
                joins.append(f"LEFT JOIN {table} q{n} ON q{n}.s = s.p{n}")
                recipe.drawn = f"(DATE '{self.world.start}' + q{n}.r::INTEGER)"
            elif make.how == "汇总":
                joins.append(self._sum(make, n))
                recipe.drawn = f"coalesce(q{n}.v, 0)"
            shown.append(f"{self._expression(name, make, recipe)} AS {name_of(name)}")
        inner = f"SELECT *, {', '.join(slots)} FROM ({sql}) s" if slots else sql
        dropped = f" EXCLUDE ({', '.join(slot.rpartition(' ')[2] for slot in slots)})" if slots else ""
        return f"SELECT s.*{dropped}, {', '.join(shown)} FROM ({inner}) s {' '.join(joins)}"

    def _recipe(self, name: str) -> Recipe:
        again = self.hints.again
        row = DRAWN_BY if again is not None and name in again.same else "i"
        return Recipe(
            self.world.seed, self.table.name, name, f"s.{name_of(row)}", self.small, self._column, self._is_text
        )

    def _expression(self, name: str, make: Make, recipe: Recipe) -> str:
        target = self.table.fields.get(name)
        if target is None:
            return recipe.helper(make)
        again = self.hints.again
        cap = f"s.{name_of(LATER)} - 2" if again is not None and again.stay == name else ""
        return recipe.value(target, make, cap)

    def _column(self, path: Path) -> str:
        return f"s.{name_of(str(path))}"

    def _is_text(self, path: Path) -> bool:
        table = self._other(self.table.fields[path.via]).table if path.via else self.table
        target = table.fields.get(path.column)
        if target is not None:
            return target.type.kind is not Kind.NUMBER
        if path.via:
            other = self._other(self.table.fields[path.via])
            kind = self.world.connection.execute(
                f"SELECT typeof({name_of(path.column)}) FROM {other.sql} LIMIT 1"
            ).fetchone()
            return kind is not None and kind[0] in ("VARCHAR", "BOOLEAN", "DATE")
        return not self._recipe(path.column).numeric(self.makes[path.column])

    def _other(self, key: Field) -> Made:
        made = self.world.made.get(key.refers or "")
        if made is None:
            raise DataError(
                f"表“{self.table.name}”的 {key.name} 引用 {key.refers}，那张表没有造", "它的行随地区走，或待定"
            )
        return made

    def _pick(
        self, name: str, make: Make, n: int, slots: list[str], joins: list[str], shown: list[str], recipe: Recipe
    ) -> None:
        """Draws a row of the referenced table: evenly by its number, by weight through slots."""
        other = self._other(self.table.fields[name])
        if not other.rows:
            raise DataError(f"表“{self.table.name}”的 {name} 引用 {other.table.name}，那张表一行也没有", "给它写 行数")
        drawn = uniform(self.world.seed, recipe.row, self.table.name, name)
        weights, block = self._weights(make)
        if weights:
            needed = [c for c in weights if c in other.columns]
            source = f"SELECT i{''.join(', ' + name_of(c) for c in needed)} FROM {other.sql}"
            columns = tuple(name_of(c) if c in other.columns else c for c in weights)
            table, size = self.world.slots(source, columns)
            slots.append(f"({block} * {size} + floor({drawn} * {size}))::BIGINT AS p{n}")
            joins.append(f"LEFT JOIN {table} q{n} ON q{n}.s = s.p{n} LEFT JOIN {other.sql} t{n} ON t{n}.i = q{n}.r")
        else:
            slots.append(f"floor({drawn} * {other.rows})::BIGINT AS p{n}")
            joins.append(f"LEFT JOIN {other.sql} t{n} ON t{n}.i = s.p{n}")
        recipe.drawn = f"t{n}.{name_of(_only_key(other))}"
        shown += [f"t{n}.{name_of(c)} AS {name_of(f'{name}.{c}')}" for c in sorted(self.wanted.get(name, ()))]

    def _weights(self, make: Make) -> tuple[tuple[str, ...], str]:
        """Weights (columns, or SQL of ``i``), and SQL of which of them applies to a row."""
        detail = make.detail
        if "集中" in detail:
            return (f"power(i + 1, {-detail['集中']!r})",), "0"
        if "权重" in detail:
            return (detail["权重"],), "0"
        if "各列" not in detail:
            return (), ""
        columns = tuple(dict.fromkeys(detail["各列"].values()))
        arms = "".join(
            f" WHEN {text_of(value)} THEN {columns.index(c)}"
            for value, c in detail["各列"].items()
            if value != OTHERWISE
        )
        rest = columns.index(detail["各列"][OTHERWISE]) if OTHERWISE in detail["各列"] else 0
        return columns, f"CASE ({self._column(detail['按'])})::VARCHAR{arms} ELSE {rest} END" if arms else str(rest)

    def _sum(self, make: Make, n: int) -> str:
        """Joins sums of another table over the keys that both have; this 归期 meets the dates of that table."""
        other = self.world.made[make.detail["自"]]
        how, column = make.detail["怎样"], name_of(make.detail["字段"])
        value = {
            "合计": f"sum({column})::DOUBLE",
            "均值": f"sum({column})::DOUBLE / count({column})",
            "计数": "count(*)::DOUBLE",
        }[how]
        ours, theirs = [], []
        for key in self.table.key:
            if key in other.table.fields:
                ours.append(name_of(key))
                theirs.append(name_of(key))
            elif key == self.table.period_field and other.table.period_field:
                kinds = (other.table.fields[other.table.period_field].type.kind, self.table.fields[key].type.kind)
                ours.append(name_of(key))
                theirs.append(_period_of(name_of(other.table.period_field), *kinds))
        shown = ", ".join([f"{sql} AS g{m}" for m, sql in enumerate(theirs)] + [f"{value} AS v"])
        grouped = f"SELECT {shown} FROM {other.sql}" + (f" GROUP BY {', '.join(theirs)}" if theirs else "")
        on = " AND ".join(f"q{n}.g{m} = s.{sql}" for m, sql in enumerate(ours)) or "true"
        return f"LEFT JOIN ({grouped}) q{n} ON {on}"


def _period_of(column: str, theirs: Kind, ours: Kind) -> str:
    """The year or year-month (``ours``) in which a date, year-month or year (``theirs``) lies."""
    if theirs is Kind.DATE:
        return f"strftime({column}, '%Y-%m')" if ours is Kind.MONTH else f"year({column})"
    return f"substr({column}, 1, 4)::BIGINT" if theirs is Kind.MONTH and ours is not Kind.MONTH else column


def _only_key(made: Made) -> str:
    return made.table.key[0]
