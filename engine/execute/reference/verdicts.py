"""Where each row of a table ended (the words for it), by which check or rule and why; and the tables of a run with what
became of their rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.execute.reference.rows import Row, TableRows
from engine.language.values import NOT_KNOWN, Unresolved

OUTSIDE, REJECTED, EXCLUDED, HELD, SETTLED = "期外", "拒收", "排除", "挂起", "结算"
ROW_CONDITION = "程序的行条件"
"""Who rejects a row of which nobody can say whether the program's 行 takes it: no check of the region's."""


@dataclass(frozen=True)
class Verdict:
    """Where a row ended, by which check or rule, and why.

    A check that cannot be judged names what it was that is absent or unresolved (``by``), never itself; ``check``: the
    one that rejected the row, or ROW_CONDITION.
    """

    state: str
    by: str = ""
    reason: str = ""
    cause: str = ""
    check: str = ""


def not_judged(check: str, what: str, error: Unresolved) -> Verdict:
    """A row of which a check, or whether it belongs to the run (``what``), cannot be told."""
    cause = "" if error.cause == NOT_KNOWN else error.cause
    by = " ".join(part for part in (error.name, cause) if part) or error.reason
    return Verdict(REJECTED, by, f"不能判断{what}：{error}", error.cause, check)


@dataclass
class Selection:
    """``main_tables``: those whose rows are settled (归期 is a date).

    ``verdicts``: row number to verdict, per table.
    """

    tables: dict[str, TableRows] = field(default_factory=dict)
    main_tables: tuple[str, ...] = ()
    computed_tables: frozenset[str] = frozenset()
    verdicts: dict[str, dict[int, Verdict]] = field(default_factory=dict)
    everything: dict[str, list[Row]] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)

    def rows(self, table: str, accepted: bool) -> list[Row]:
        verdicts = self.verdicts.get(table)
        rows = self.tables[table].rows
        if not verdicts or accepted:
            return rows
        return [row for row in rows if row.number not in verdicts or verdicts[row.number].state != HELD]

    def history(self, table: str, until: datetime.date, sound: Callable[[Row], bool]) -> list[Row]:
        """Rows for 上一条: those of the run, and ``sound`` ones of the same table outside it, up to a day."""
        verdicts = self.verdicts.get(table, {})
        when = self.tables[table].table.period_field
        kept = []
        for row in self.everything.get(table, ()):
            verdict = verdicts.get(row.number)
            dated = None if row.record is None else row.record.get(when or "")
            before = isinstance(dated, datetime.date) and dated <= until
            if verdict is None or verdict.state == HELD or (verdict.state == OUTSIDE and before and sound(row)):
                kept.append(row)
        return kept
