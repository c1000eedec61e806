"""Rows that were refused, by reason: what is told of them, and when there are too many for a result.

Refused is a row that could not be read, and one that a 拒收 check took out. A program says with 拒收上限 how many of a
table there may be; where it does not, no single reason may refuse more than half of the rows of the run. A table of
which rows came and nothing is left stops every run that does not allow 100 %.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.data.refund_endings import REFUSALS
from engine.data.typed import Rejected
from engine.data.values import Cell, OutOfRange
from engine.execute.reference.outcome import Outcome
from engine.execute.reference.selection import falls_in
from engine.execute.reference.verdicts import REJECTED
from engine.execute.result import Account, Refusal, TooManyRefused
from engine.language.values import Value, decimal_text, render
from engine.rulebook.model import Check
from engine.rulebook.parts import names_of

ALL = Fraction(1)
REASONS_SHOWN, VALUES_SHOWN = 5, 3


def key_text(key: tuple[Value, ...]) -> str:
    """A key as people write it."""
    return ",".join(render(part) for part in key)


def stop_if_too_many_refused(execution: Outcome) -> None:
    """Raises :class:`TooManyRefused` before anything is computed from what is left."""
    details = []
    for name in _tables(execution):
        came = _came(execution, name)
        headline = came.too_many(execution.program.refuse_limit)
        if headline:
            sums = execution.account(name).sums_by if came.checks else {}
            about = (
                _refusal(execution, name, by, rows, sums.get((REJECTED, by), {}))
                for by, rows in came.checks.most_common()
            )
            every = sorted([*unreadable_rows(name, came.unreadable), *about], key=lambda found: -found.rows)
            details += [f"表 {name}：{headline}", *(f"  {line}" for line in _lines(every))]
    if details:
        limit = execution.program.refuse_limit
        raise TooManyRefused(
            f"{execution.period} 拒收的行太多，不能当作结果",
            details,
            "先按上面的例子改数据、映射或检查；确实要不管这些行照样算，在程序里写 拒收上限，如 拒收上限: 60%"
            if limit is None
            else "先按上面的例子改数据、映射或检查；确实可以拒收这么多，改程序的 拒收上限",
        )


def refusals(execution: Outcome, accounts: Iterable[Account]) -> list[Refusal]:
    """Every reason for which rows were refused, the most frequent of a table first."""
    found: list[Refusal] = []
    for account in accounts:
        checks = [(by, rows) for (state, by), rows in account.by.items() if state == REJECTED]
        about = [
            _refusal(execution, account.table, by, rows, account.sums_by.get((REJECTED, by), {})) for by, rows in checks
        ]
        about += unreadable_rows(account.table, execution.data.unreadable.get(account.table, ()))
        found += sorted(about, key=lambda one: (-one.rows, one.by, one.code))
    return found


@dataclass(frozen=True)
class _Came:
    """What came of a table for the run: ``rows`` that could be read, those ``unreadable`` that may belong to the run,
    and how many of the former each check refused.
    """

    rows: int
    unreadable: Sequence[Rejected]
    checks: Counter[str]

    def too_many(self, limit: int | Fraction | None) -> str:
        """What is too much about it, or nothing."""
        refused = len(self.unreadable) + self.checks.total()
        came = self.rows + len(self.unreadable)
        if not refused:
            return ""
        counted = f"这次有 {came} 行，拒收 {refused} 行"
        if refused == came and limit != ALL:
            return f"{counted}，一行也没有留下"
        if limit is None:
            reasons = self.checks + Counter((row.field, row.code) for row in self.unreadable)
            most = reasons.most_common(1)[0][1]
            return f"{counted}，其中 {most} 行是同一个原因，超过了一半" if 2 * most > came else ""
        if isinstance(limit, int):
            return f"{counted}，拒收上限是 {limit} 行" if refused > limit else ""
        return f"{counted}，拒收上限是 {decimal_text(limit * 100)}%" if refused > limit * came else ""


def _tables(execution: Outcome) -> list[str]:
    """Tables of which rows were refused, in the order of the rulebook."""
    refused = {table for table, _, _ in execution.verdicts_of(REJECTED)} | set(execution.data.unreadable)
    return [name for name in execution.selection.tables if name in refused]


def _came(execution: Outcome, name: str) -> _Came:
    table = execution.now.tables[name]
    every = execution.data.unreadable.get(name, ())
    dated = table.period_field is not None and name not in execution.program.rows
    unreadable = [
        row for row in every if not dated or row.when is None or falls_in(execution.period, row.when)
    ]  # of another period: no matter for this one
    checks = Counter(verdict.by for table, _, verdict in execution.verdicts_of(REJECTED) if table == name)
    return _Came(execution.came_in(name), unreadable, checks)


def unreadable_rows(table: str, rows: Sequence[Rejected]) -> list[Refusal]:
    """Rows that could not be read, by the first field at fault and what is wrong with it."""
    grouped: dict[tuple[str, str], list[Rejected]] = {}
    for row in rows:
        grouped.setdefault((row.field, row.code), []).append(row)
    found = []
    for (field, code), alike in grouped.items():
        amounts: dict[str, Fraction] = {}
        for name, amount in (pair for row in alike for pair in row.amounts):
            amounts[name] = amounts.get(name, Fraction(0)) + amount
        first = alike[0]
        by, code = (code, REJECTED) if code in REFUSALS else (field or ("主键" if code == "D104" else "整行"), code)
        found.append(
            Refusal(
                table, by, code, len(alike), amounts, first.origin, first.line or None, first.key_text, first.reason
            )
        )
    return found


def _refusal(execution: Outcome, table: str, by: str, rows: int, amounts: dict[str, Fraction]) -> Refusal:
    """A check with the first row that it refused, the values that it looked at, and its article."""
    number, verdict = next((n, v) for t, n, v in execution.verdicts_of(REJECTED) if t == table and v.by == by)
    origin, line = execution.data.sources_of([(table, number)])[table, number]
    check = execution.now.checks.get(verdict.check)
    reason = verdict.reason
    if check is not None:
        seen = _values(execution, table, check, number)
        reason += f"（{check.provenance.cite}）" if check.provenance.cite else ""
        reason += f"，这一行 {seen}" if seen else ""
    return Refusal(
        table, by, "拒收", rows, amounts, origin, line or None, key_text(execution.key_of(table, number)), reason
    )


def _values(execution: Outcome, table: str, check: Check, number: int) -> str:
    """The fields of the row that a check names, with what stands in them."""
    record = execution.record_of(table, number)
    names = [name for name in execution.now.tables[table].fields if name in names_of(check) and name in record]
    return "、".join(f"{name} = {_shown(record[name])}" for name in names[:VALUES_SHOWN])


def _shown(cell: Cell) -> str:
    value = cell.value if isinstance(cell, OutOfRange) else cell
    return "空" if value is None else render(value)


def _lines(found: Sequence[Refusal]) -> list[str]:
    lines = [f"{one.headline}，如 {one.example}" for one in found[:REASONS_SHOWN]]
    rest = found[REASONS_SHOWN:]
    return [*lines, f"另有 {sum(one.rows for one in rest)} 行，{len(rest)} 种原因"] if rest else lines
