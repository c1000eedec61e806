"""Sums over the groups of a big table's rows: what is added up over each group, and several such questions in one query
where that can be.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlglot import exp

from engine.databases.trees import copied, made_of, named
from engine.execute.sql import ints
from engine.execute.sql.added_up import State, rows_of
from engine.execute.sql.at_once import Question, answers
from engine.execute.sql.ints import grouped
from engine.execute.sql.key_columns import key_types
from engine.execute.sql.lowered import Lowered, is_false
from engine.execute.sql.on_rows import OnRows
from engine.execute.sql.row_kinds import how_many

Found = tuple[int, bool, tuple[Any, ...]]
"""Of a group: how many rows it has, whether one of them cannot be counted in, and what was added up."""
_EVERY_ROW = made_of(exp.Count(this=exp.Star()))


@dataclass
class Groups:
    """The rows that meet ``conditions``, by ``keys``. ``doubtful``: what must be true of none of the rows that are
    ``among`` those that come into question, or nobody knows which rows a group has.
    """

    reading: OnRows
    keys: list[Lowered]
    conditions: list[exp.Expression]
    states: list[State]
    among: list[exp.Expression] = field(default_factory=list)
    doubtful: list[exp.Expression] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parts = self.reading.parts(self.keys)
        self.place = (*_rows_of(self.reading, self.conditions), tuple(made_of(part) for part in self.parts))
        among = _rows_of(self.reading, self.among)
        self.doubts = [(among, made_of(doubt)) for doubt in self.doubtful if not is_false(doubt)]

    def marks(self) -> list[tuple]:
        return [(self.place, state.said) for state in self.states]


Doubts = dict[tuple, tuple[Groups, exp.Expression]]
"""What is doubtful of the same rows, by its mark."""


@dataclass
class Answers:
    """What was asked while the same rows take part. ``rows``: of each state by the key of a group; ``doubted``: how
    many rows there are of which something is not known.
    """

    rows: dict[tuple, dict[tuple, Found]] = field(default_factory=dict)
    doubted: dict[tuple, int] = field(default_factory=dict)

    def ask(self, wanted: Sequence[Groups]) -> None:
        """Asks what was not asked yet, in one query for each database."""
        questions: list[Question] = []
        readers: list[Callable[[list[tuple[Any, ...]]], None]] = []
        open_doubts = self._doubts(wanted)
        for groups in _by_place(wanted):
            new = {mark: s for mark, s in zip(groups.marks(), groups.states, strict=True) if mark not in self.rows}
            if new:
                doubts = {} if groups.parts else open_doubts.pop(groups.place[:2], {})
                questions.append(_question(groups, list(new.values()), doubts))
                readers.append(partial(self._note_both, len(groups.parts), new, list(doubts)))
        for doubts in open_doubts.values():
            questions.append(_count_of(doubts))
            readers.append(partial(self._note_doubts, list(doubts)))
        if questions:
            database = wanted[0].reading.frame.database
            for read, rows in zip(readers, answers(database, questions), strict=True):
                read(rows)

    def groups(self, groups: Groups) -> list[tuple[tuple, int, list[tuple[bool, Sequence[Any]]]]]:
        """For each group: its key in SQL, how many rows it has, and of each state whether it is bad and its parts."""
        marks = groups.marks()
        return [
            (raw, count, [self.rows[mark][raw][1:] for mark in marks])
            for raw, (count, *_) in self.rows[marks[0]].items()
        ]

    def keys(self, groups: Groups) -> list[tuple]:
        """Of each group its key in SQL."""
        return [*self.rows[groups.marks()[0]]]

    def seen(self, groups: Groups) -> list[tuple] | None:
        """The same, if it was told with anything that was asked of these rows."""
        found = self._told_of(groups)
        return None if found is None else [*found]

    def counts(self, groups: Groups) -> int | None:
        """How many rows there are in all groups, if that was told with anything that was asked of them."""
        found = self._told_of(groups)
        return None if found is None else sum(count for count, *_ in found.values())

    def _told_of(self, groups: Groups) -> dict[tuple, Found] | None:
        return next((rows for (place, _), rows in self.rows.items() if place == groups.place), None)

    def is_doubtful(self, groups: Groups) -> bool:
        """Whether it is not known which rows a group has."""
        return any(self.doubted[doubt] for doubt in groups.doubts)

    def doubtful(self, groups: Groups) -> int:
        """On how many rows that is not known, of which only one thing may be in doubt."""
        return sum(self.doubted[doubt] for doubt in groups.doubts)

    def _note_both(
        self, width: int, new: dict[tuple, State], doubts: list[tuple], rows: list[tuple[Any, ...]]
    ) -> None:  # fmt: skip
        self._note(width, new, [row[: len(row) - len(doubts)] for row in rows])
        if doubts:
            self._note_doubts(doubts, [rows[0][-len(doubts) :]])

    def _note(self, width: int, new: dict[tuple, State], rows: list[tuple[Any, ...]]) -> None:
        found: dict[tuple, dict[tuple, Found]] = {mark: {} for mark in new}
        for row in rows:
            key, count, cells = row[:width], int(row[width]), iter(row[width + 1 :])
            for mark, state in new.items():
                is_bad, parts = bool(next(cells)), tuple(next(cells) for _ in state.parts)
                if count:
                    found[mark][key] = count, is_bad, parts
        self.rows |= found

    def _doubts(self, wanted: Sequence[Groups]) -> dict[tuple, Doubts]:
        """What is doubtful, by the rows that are looked at."""
        found: dict[tuple, Doubts] = {}
        for groups in wanted:
            texts = [doubt for doubt in groups.doubtful if not is_false(doubt)]
            for mark, doubt in zip(groups.doubts, texts, strict=True):
                if mark not in self.doubted:
                    found.setdefault(mark[0], {})[mark] = groups, doubt
        return found

    def _note_doubts(self, doubts: list[tuple], rows: list[tuple[Any, ...]]) -> None:
        self.doubted |= {mark: int(count) for mark, count in zip(doubts, rows[0], strict=True)}


def _rows_of(reading: OnRows, conditions: Sequence[exp.Expression]) -> tuple[str, frozenset[Hashable]]:
    return reading.frame.relation_name, frozenset(made_of(condition) for condition in conditions)


def _by_place(wanted: Sequence[Groups]) -> list[Groups]:
    """The same rows by the same keys once, with all that is added up over them."""
    found: dict[tuple, Groups] = {}
    for groups in wanted:
        one = found.setdefault(groups.place, groups)
        if one is not groups:
            found[groups.place] = Groups(one.reading, one.keys, one.conditions, [*one.states, *groups.states])
    return list(found.values())


def counted(
    reading: OnRows, conditions: Sequence[exp.Expression], fails: Sequence[exp.Expression | None] = ()
) -> Groups:  # fmt: skip
    """All rows that meet the conditions, to be counted, and on how many of them one of ``fails`` is true."""
    among = list(conditions)
    return Groups(reading, [], among, [rows_of(None)], among, [fail for fail in fails if fail is not None])


def doubted(reading: OnRows, conditions: Sequence[exp.Expression], fails: Sequence[exp.Expression | None]) -> Groups:
    """On how many of the rows that meet the conditions one of ``fails`` is true."""
    among = list(conditions)
    return Groups(reading, [], among, [], among, [fail for fail in fails if fail is not None])


def _question(groups: Groups, states: Sequence[State], doubts: Doubts) -> Question:
    """A row a group: key, how many rows, and of each state whether it is bad and its parts. Of all rows as one group
    also on how many of them each of ``doubts`` is true.
    """
    listed: list[exp.Expression] = [*groups.parts, exp.Count(this=exp.Star())]
    types = [*key_types(groups.keys), ints.NARROW_TYPE]
    for state in states:
        bad = exp.false() if state.bad is None else state.bad
        listed += [exp.LogicalOr(this=exp.Coalesce(this=grouped(bad), expressions=[exp.false()])), *state.parts]
        types += ["BOOLEAN", *state.types]
    listed += _counts(groups, doubts)
    types += [ints.NARROW_TYPE] * len(doubts)
    frame = groups.reading.frame
    rows: str = ""
    conditions: Sequence[exp.Expression] = groups.conditions
    if not doubts and all(map(_only_counts, states)):
        rows, conditions = frame.kinds_for(groups.parts, conditions)
    if rows:
        listed = [how_many() if isinstance(part, exp.Count) else part for part in listed]
    inner = frame.relation(listed, conditions, rows)
    listed_as = [named(copied(part), f"x{n}") for n, part in enumerate(listed)]
    query = exp.select(*listed_as).from_(inner.subquery("q", copy=False), copy=False)
    if groups.parts:
        query = query.group_by(*[copied(part) for part in groups.parts], copy=False)
    return Question(query, tuple(types))


def _only_counts(state: State) -> bool:
    """Whether all that is asked is how many rows there are, all of which can be counted in."""
    return state.bad is None and all(made_of(part) == _EVERY_ROW for part in state.parts)


def _counts(groups: Groups, doubts: Doubts) -> list[exp.Expression]:
    parts = [groups.reading.frame.let(doubt) for _, doubt in doubts.values()]
    return [exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=part)) for part in parts]


def _count_of(doubts: Doubts) -> Question:
    """One row: on how many rows each is true."""
    one, _ = next(iter(doubts.values()))
    counts = _counts(one, doubts)
    inner = one.reading.frame.relation(counts, one.among)
    listed_as = [named(count, f"x{n}") for n, count in enumerate(counts)]
    query = exp.select(*listed_as).from_(inner.subquery("q", copy=False), copy=False)
    return Question(query, (ints.NARROW_TYPE,) * len(counts))
