"""How a big table stands once its rows are sorted: the conditions of the rows that take part, and the tables of those
that are refused or held, with their codes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlglot import exp

from engine.execute.sql.frame import ROW, Frame
from engine.execute.sql.lowered import is_null
from engine.execute.sql.marked_rows import Marked


@dataclass(frozen=True)
class Written:
    """A table of the accepted rows: which columns of the frame stand in it worked out, and which one says of a row that
    it is held (``None``: none is).
    """

    table: str
    base: tuple[str, ...]
    worked_out: tuple[str, ...]
    held: str | None


@dataclass
class SortedRows:
    """``inside``: conditions of belonging to the run. ``refused``, ``held``: tables of row numbers and codes.

    ``parent``: the settled table whose rows of the run are what puts a row inside.

    ``codes``: state and check or rule of each code; ``ended``: how many rows ended with each.

    ``refused_rows``: what ``refused`` is a table of.

    ``written``: the accepted rows, once they are written; ``held_mark``: the column of them that is not NULL where a
    row is held, once they stand in place of the delivered ones.
    """

    frame: Frame
    inside: list[exp.Expression] = field(default_factory=list)
    refused: str | None = None
    held: str | None = None
    codes: list[tuple[str, str]] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    refused_rows: Marked | None = None
    parent: str = ""
    written: Written | None = None
    held_mark: str | None = None

    def not_refused(self) -> list[exp.Expression]:
        return [] if self.refused is None else [is_null(self.code_in(self.refused))]

    def conditions(self, accepted: bool) -> list[exp.Expression]:
        found = [*(part.copy() for part in self.inside), *self.not_refused()]
        if self.held is not None and not accepted:
            found.append(is_null(exp.column(self.held_mark) if self.held_mark else self.code_in(self.held)))
        return found

    def code_in(self, table: str) -> exp.Expression:
        """The code that a row has in a table of refused or held rows; NULL if it is none of them."""
        relation = exp.select(ROW, "code").from_(table)
        return self.frame.joined_column(self.frame.join([exp.column(ROW)], relation, [ROW], (ROW, table)), "code")
