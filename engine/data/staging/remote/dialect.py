"""What staging asks of a database, and what it must be told of its SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlglot import exp

from engine.data.mapping import TableMapping
from engine.data.staging.sql import Sql
from engine.data.taken import Taken
from engine.files.raw import RawCell
from engine.rulebook.model import Field


class RemoteStore(Protocol):
    """A connection with its transaction (:class:`engine.databases.interface.Database` is one)."""

    def rows(self, query: exp.Expression) -> list[tuple[Any, ...]]: ...

    def chunks(self, query: exp.Expression, size: int = ...) -> Iterator[list[tuple[Any, ...]]]: ...

    def create(self, name: str, spec: Mapping[str, str]) -> None: ...

    def insert(self, name: str, spec: Mapping[str, str], cells: Mapping[str, Sequence[Any]]) -> None: ...

    def create_as(self, name: str, query: exp.Expression) -> None: ...

    def create_from(self, name: str, query: exp.Expression, origin: str) -> None:
        """The same of a query that reads ``origin``, somebody's table or view: under the settings that its owner has.

        Raises :class:`DataError` where the view itself fails.
        """

    def drop(self, name: str) -> None: ...

    def fenced(self, query: exp.Select) -> exp.Select: ...

    def text(self, query: exp.Expression) -> str: ...

    def execute(self, text: str) -> None: ...


@dataclass(frozen=True)
class Typed:
    """``good``: TRUE only of a cell that :mod:`engine.data.cells` surely accepts with the very value of ``value``.

    FALSE or NULL sends the row to Python, so a cell may be missed and never misread. ``value`` is evaluated only where
    ``good`` is TRUE; it is as stored (:mod:`engine.data.staging.storage`), of numbers always of at most 18 digits.
    """

    good: Sql
    value: Sql


@dataclass(frozen=True)
class Pieces:
    """What the final table is put together from: see :meth:`Dialect.assemble`."""

    name: str
    first: str
    more: str
    twice: str
    odd: int
    spec: Mapping[str, str]


class Dialect(Protocol):
    """``kind`` is always the type of a source column, as the database (or who describes the table) names it."""

    def relation(self, schema: str, name: str) -> exp.Table:
        """A table of the database, as it stands after FROM."""

    def read(self, kind: str, cell: Sql) -> Sql:
        """A cell of the source as all that follows works with it."""

    def local(self, cell: Sql, zone: str) -> Sql:
        """The time in ``zone`` of a moment with a time zone, without one."""

    def typed(self, kind: str, cell: Sql, field: Field) -> Typed:
        """How cells of a column are read as ``field``; never for a kind that is not read at all."""

    def is_empty(self, kind: str, cell: Sql) -> Sql:
        """TRUE of a cell that is NULL or only blanks; for odd blanks it may miss."""

    def code(self, kind: str, cell: Sql) -> Sql:
        """The text of a cell as codes of a mapping are written, or NULL where that is not sure."""

    def matches(self, what: Sql, pattern: str) -> Sql:
        """Whether a whole text matches a regular expression of the simple sort that all have."""

    def shown(self, kind: str, cell: Sql) -> Sql:
        """The text of a cell from which :meth:`cell_maker` makes the cell that ``Source.read`` gives."""

    def cell_maker(self, kind: str) -> Callable[[str | None], RawCell]: ...

    def text_kind(self) -> str:
        """The kind of a column of plain text, for constants and codes that were translated."""

    def row_number(self) -> Sql:
        """A number unique among the rows, for the one query that reads the source."""

    def array(self, cells: Sequence[Sql]) -> Sql:
        """Texts as one value."""

    def listed(self, fetched: Any) -> Sequence[str | None]:
        """The texts of such a value, as it was fetched."""

    def hashed(self, line: Sql) -> Sql:
        """The SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""

    def lane(self, digits: Sql) -> Sql:
        """Fifteen hexadecimal digits as a whole number."""

    def assemble(self, store: RemoteStore, pieces: Pieces) -> None:
        """Makes ``name``: rows of ``first`` whose ``raw`` is NULL and whose ``rn`` is not in ``twice``, and all of
        ``more``.

        ``more`` or ``twice`` may be "" (there are none); ``odd``: in how many rows of ``first`` ``raw`` is not NULL;
        ``spec``: the columns of ``name`` and their types.
        """


@dataclass(frozen=True)
class RemoteSource:
    """``relation``: what stands after FROM; ``kinds``: every column and its type; ``origin`` for messages.

    Columns ``zoned`` are moments with a time zone, read as the time in ``zone``: their kind is that of such a time.

    ``chosen``: what is read of it, as :meth:`engine.data.mapping.TableMapping.columns` has it; ``mapping`` if there is
    one.
    """

    origin: str
    relation: exp.Table
    kinds: Mapping[str, str]
    chosen: tuple[Taken, ...]
    mapping: TableMapping | None = None
    zoned: frozenset[str] = frozenset()
    zone: str = ""
