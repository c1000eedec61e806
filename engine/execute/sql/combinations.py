"""Which combinations of keys occur on the rows of a big table: Python works a value out once for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from engine.databases.trees import copied, made_of, named
from engine.execute.plan.reads import How
from engine.execute.plan.steps import Column
from engine.execute.sql.at_once import Question, answers
from engine.execute.sql.frame import SmallTable
from engine.execute.sql.key_columns import all_decoded, key_parts, key_types, mark_of
from engine.execute.sql.keys_read import keys_read
from engine.execute.sql.lowered import Lowered, is_true, missing, not_
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.row_kinds import COUNT, ENOUGH, RowKinds
from engine.language.values import Value


@dataclass
class Combinations:
    """Combinations of keys that occur, as they stand in SQL and as values; ``part`` takes the columns to upload."""

    keys: list[Lowered]
    raw: list[tuple]
    values: list[tuple[Value, ...]]
    null_safe: bool
    part: SmallTable | None = None
    others_fail: bool = False
    """Whether a combination that is not among them is unresolved."""


class Occurring:
    """Combinations stay as long as the frame: which rows take part may change, the combinations never get more."""

    def __init__(self, reading: OnRows) -> None:
        self.reading = reading
        self._known: dict[tuple, Combinations] = {}

    def of(self, keys: list[Lowered], absent_too: bool) -> Combinations:
        """The combinations of ``keys`` that occur; ``absent_too``: also those in which one is absent."""
        keys = [self.reading.frame.let_low(key) for key in keys]
        mark = mark_of(keys, absent_too)
        found = self._known.get(mark)
        if found is None:
            raw = self.reading.frame.database.rows(self._which(keys, absent_too).query)
            found = self._known[mark] = Combinations(keys, raw, all_decoded(keys, raw), absent_too)
        return found

    def without_absent(self, keys: list[Lowered]) -> Combinations:
        """The combinations of ``keys`` that occur; rows without one of them are left out."""
        if not keys:
            return Combinations([], [()], [()], False)
        return self.of(keys, False)

    def prepare(self, columns: Sequence[Column]) -> None:
        """Asks which combinations of keys there are at which these columns read other grains: in one query where keys
        stand on the rows, in another where they are worked out (which may be from what is read by the former).
        """
        for worked_out in (False, True):
            wanted: dict[tuple, list[Lowered]] = {}
            for keys in keys_read(self.reading, columns, worked_out):
                keys = [self.reading.frame.let_low(key) for key in keys]
                mark = mark_of(keys, False)
                if keys and mark not in self._known and not any(isinstance(key.value, exp.Null) for key in keys):
                    wanted[mark] = keys
            for mark, keys in [*wanted.items()]:
                seen = self.reading.execution.upward.keys_seen(self.reading, keys, self._there(keys))
                if seen is not None:
                    del wanted[mark]
                    self._known[mark] = Combinations(keys, seen, all_decoded(keys, seen), False)
            questions = [self._which(keys, False) for keys in wanted.values()]
            found = answers(self.reading.frame.database, questions)
            for mark, keys, raw in zip(wanted, wanted.values(), found, strict=True):
                self._known[mark] = Combinations(keys, raw, all_decoded(keys, raw), False)

    def _which(self, keys: list[Lowered], absent_too: bool) -> Question:
        """The combinations of ``keys`` that occur."""
        conditions = self.reading.execution.widest(self.reading.base) if absent_too else self._there(keys)
        parts, frame = key_parts(keys), self.reading.frame
        rows, left = frame.kinds_for(parts, conditions)
        return Question(frame.selected(parts, left, rows=rows).distinct(copy=False), tuple(key_types(keys)))

    def _there(self, keys: list[Lowered]) -> list[exp.Expression]:
        """The conditions of the rows that have all of ``keys``."""
        gone = [missing(key) for key in keys]
        there = [not_(one) for one in gone if one is not None and not is_true(one)]
        return [*self.reading.execution.widest(self.reading.base), *there]

    def store_kinds(self, columns: Sequence[Column]) -> None:
        """Stores the kinds of rows by the keys at which ``columns`` read other grains, where rows are very many. A
        table's own key is none of them: it tells each row from all others.
        """
        frame, execution = self.reading.frame, self.reading.execution
        scope, staged = execution.scope(execution.closing), frame.staged.columns
        grains = dict.fromkeys(read.grain for column in columns for read in column.reads if read.how is How.ELSEWHERE)
        keys = dict.fromkeys(key for grain in grains if grain not in execution.readings for key in scope.keys(grain))
        names = [staged[key].name for key in keys if key in staged and key not in self.reading.table.key]
        if not names or frame.staged.count < frame.database.kinds_from:
            return
        conditions = execution.widest(self.reading.base)
        listed = [exp.column(name) for name in names]
        inner = frame.relation(listed, conditions).subquery("q", copy=False)
        counted = exp.select(*map(copied, listed), named(exp.Count(this=exp.Star()), COUNT)).from_(inner, copy=False)
        table = frame.database.keep(counted.group_by(*listed, copy=False))
        (kinds,) = frame.database.row(exp.select(exp.Count(this=exp.Star())).from_(table))
        if kinds * ENOUGH > frame.staged.count:
            frame.database.drop(table)
        else:
            frame.stands_for(RowKinds(table, frozenset(names), frozenset(map(made_of, conditions))))
