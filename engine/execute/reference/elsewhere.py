"""A few words of a message: where a value fails because of a value on another row (the sum of a pool, because of one of
its hospitals), on which row that is.
"""

from __future__ import annotations

from engine.execute.reference.outcome import Outcome
from engine.execute.reference.refusals import key_text
from engine.execute.reference.rows import Row
from engine.language.values import Unresolved


def elsewhere(execution: Outcome, error: Unresolved, row: Row) -> str:
    """The row of the failure in brackets, where it is another one than ``row``; nothing of rows of data, which are
    told where they end.
    """
    if not error.key or error.key == row.key or _is_data(execution, error.grain) or _is_data(execution, row.grain):
        return ""
    return f"（{error.grain} {key_text(error.key)}）"


def _is_data(execution: Outcome, grain: str) -> bool:
    """Whether rows of a base grain are settled, or belong to such rows."""
    main = execution.selection.main_tables
    table = execution.now.tables.get(grain)
    return grain in main or (table is not None and any(field.refers in main for field in table.fields.values()))
