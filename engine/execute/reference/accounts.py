"""Where the rows of a table went, with what they are worth in yuan."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from engine.data.values import OutOfRange
from engine.execute.reference.asks import Asks
from engine.execute.reference.verdicts import SETTLED
from engine.execute.result import Account
from engine.language.types import Kind


def account(execution: Asks, table: str) -> Account:
    """Rows and yuan by where they ended; what nothing read is counted too."""
    selection = execution.selection
    rows = selection.everything[table]
    money = [
        name
        for name, field_ in execution.now.tables[table].fields.items()
        if field_.type.kind is Kind.NUMBER and field_.type.unit.powers == (("元", 1),)
    ]
    states: Counter[str] = Counter()
    by: Counter[tuple[str, str]] = Counter()
    sums: dict[str, dict[str, Fraction]] = {}
    sums_by: dict[tuple[str, str], dict[str, Fraction]] = {}
    final = SETTLED if table in selection.main_tables else "参加"
    for row in rows:
        verdict = selection.verdicts[table].get(row.number)
        state = verdict.state if verdict else final
        states[state] += 1
        if verdict and verdict.by:
            by[(state, verdict.by)] += 1
        for name in money if table in selection.main_tables else ():
            value = (row.record or {}).get(name)
            value = value.value if isinstance(value, OutOfRange) else value
            if isinstance(value, Fraction):
                sums.setdefault(state, {}).setdefault(name, Fraction(0))
                sums[state][name] += value
                if verdict and verdict.by:
                    decided = sums_by.setdefault((state, verdict.by), {})
                    decided[name] = decided.get(name, Fraction(0)) + value
    stored = selection.tables[table]
    unread = None if table in selection.main_tables else sum(r.number not in stored.read for r in stored.rows)
    return Account(table, len(rows), dict(states), sums, dict(by), unread, sums_by)
