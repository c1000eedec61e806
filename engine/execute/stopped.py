"""Every row that was refused, of a result and of a run that stops: which could not be read, which a check took out.

A run that stops leaves no result; the rows that it refused are written beside the place where it would have stood, in
a folder (or schema) with a mark of its own that no command takes for a result or for data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from engine import __version__
from engine.data.occupied import file_stem
from engine.data.refund_endings import CANCELLED, REFUSALS
from engine.data.rejects_out import clear_stopped, write_stopped
from engine.data.typed import Rejected
from engine.databases.out_place import REJECTS, OutTable
from engine.databases.registry import is_out_address, out_place, parse_address
from engine.execute.loading import Loaded
from engine.execute.reference.lookups import OUT_OF_RANGE
from engine.execute.reference.refusals import REASONS_SHOWN, unreadable_rows
from engine.execute.result import Account, RejectedRow, TooManyRefused
from engine.files.errors import DataError, RunStopped, why
from engine.files.ordinary import resolved
from engine.language.values import decimal_text

REFUSED = "拒收"
UNREADABLE = "数据格式"


def beside(out: Path | str) -> Path | str:
    """Where the rows go that a run into ``out`` refuses before it stops: OUT.拒收, or the schema SCHEMA_拒收."""
    if is_out_address(out):
        return f"{parse_address(out).schema}_{REFUSED}"
    target = resolved(Path(out))
    if not target.name:
        raise DataError(f"{target} 是整个磁盘，不能放结果", "写一个文件夹，如 --out 结果")
    return target.with_name(f"{target.name}.{REFUSED}")


def all_rejected(loaded: Loaded | None, by_checks: Sequence[RejectedRow]) -> dict[str, list[Rejected]]:
    """Table to its refused rows: those that could not be read, then those that checks took out."""
    tables = loaded.tables if loaded is not None else {}
    found = {name: list(table.rejected) for name, table in tables.items() if table.rejected}
    for row in by_checks:
        refused = Rejected(row.key, row.line or 0, row.check, row.reason, REFUSED, row.origin)
        found.setdefault(row.table, []).append(refused)
    return found


def with_unreadable(account: Account, loaded: Loaded) -> Account:
    """Rows that could not even be typed are refused rows of the account."""
    table = loaded.tables.get(account.table)
    rows = table.rejected if table is not None else []
    if not rows:
        return account
    states = account.states | {REFUSED: account.states.get(REFUSED, 0) + len(rows)}
    by, sums_by = dict(account.by), dict(account.sums_by)
    sums = {state: dict(amounts) for state, amounts in account.sums.items()}
    for row in rows:
        why = (REFUSED, row.code if row.code in REFUSALS else UNREADABLE)
        by[why] = by.get(why, 0) + 1
        if account.unread is None:
            for amounts in (sums.setdefault(REFUSED, {}), sums_by.setdefault(why, {})):
                _add(amounts, row)
    return replace(account, rows=account.rows + len(rows), states=states, sums=sums, by=by, sums_by=sums_by)


def with_cancelled(account: Account, loaded: Loaded) -> Account:
    """The account with the settlements and refunds that left the delivery together: their yuan add up to nothing."""
    table = loaded.tables.get(account.table)
    rows = table.cancelled if table is not None else ()
    if not rows:
        return account
    net: dict[str, Fraction] = {}
    settled: dict[str, Fraction] = {}
    for row in rows:
        _add(net, row)
        _add(settled, replace(row, amounts=tuple((name, max(amount, Fraction(0))) for name, amount in row.amounts)))
    return replace(
        account,
        rows=account.rows + len(rows),
        states={**account.states, CANCELLED: len(rows)},
        sums={**account.sums, CANCELLED: net} if account.unread is None else account.sums,
        cancelled=settled,
    )


def like_refunds(accounts: Sequence[Account]) -> list[str]:
    """What to tell of rows that were refused because their money is negative, where it need not be."""
    found = []
    for account in accounts:
        for (state, by), sums in account.sums_by.items():
            column = by.removesuffix(f" {OUT_OF_RANGE}")
            amount = sums.get(column, Fraction(0))
            if state == REFUSED and column != by and amount < 0:
                rows = f"{account.table} 有 {account.by[state, by]} 行的 {column} 合计 {decimal_text(amount, 2)} 元"
                cure = "在映射里写 退费: {标志: 列, 值: 退费的值, 原单号: 列}，和原单成对冲销"
                found.append(f"{rows}，拒收了；像是退费，它冲的那一单可能还照样结算：{cure}")
    return found


def _add(amounts: dict[str, Fraction], row: Rejected) -> None:
    for name, amount in row.amounts:
        amounts[name] = amounts.get(name, Fraction(0)) + amount


@dataclass(frozen=True)
class Stopped:
    """What a run into ``out`` leaves if it stops.

    ``place``: a folder, or the name of a schema beside that of ``out``.
    """

    out: Path | str
    place: Path | str
    formats: Sequence[str]

    def told(self, stop: RunStopped, loaded: Loaded | None, about: Mapping[str, Any]) -> RunStopped:
        """``stop`` with the rows that could not be read, which may be why, said first; they are written too.

        ``about``: which run it was.
        """
        if not isinstance(stop, TooManyRefused):  # that says it all
            stop.details[:0] = _causes(loaded, stop.details)
        rejected = all_rejected(loaded, stop.rejected)
        if rejected:
            count = sum(map(len, rejected.values()))
            try:
                self._write(rejected, {**about, "version": __version__, "stopped": stop.message})
                stop.left = f"拒收的 {count} 行写在 {self.place}"
            except DataError as error:
                stop.left = f"拒收的 {count} 行没有写出来：{error}"
            except OSError as error:
                stop.left = f"拒收的 {count} 行没有写出来：{why(error)}"
        return stop

    def clear(self) -> None:
        """A result has come: what an earlier run left here when it stopped is of no use any more."""
        if isinstance(self.place, Path):
            clear_stopped(self.place)
            return
        with suppress(DataError):
            out_place(self.out, True, self.place).clear(REFUSED)

    def _write(self, rejected: Mapping[str, Sequence[Rejected]], record: Mapping[str, Any]) -> None:
        if isinstance(self.place, Path):
            write_stopped(self.place, rejected, self.formats, record)
            return
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="casemix-"))) / "out"
            write_stopped(folder, rejected, (), record)
            _publish(str(self.out), self.place, folder, list(rejected), record)


def _publish(out: str, schema: str, folder: Path, tables: Sequence[str], record: Mapping[str, Any]) -> None:
    files = [OutTable(REJECTS + name, folder / "rejects" / f"{file_stem(name)}.parquet") for name in tables]
    target = out_place(out, True, schema)
    target.refuse_result()
    target.write(files, {"written_by": REFUSED, **record})


def _causes(loaded: Loaded | None, details: Sequence[str]) -> list[str]:
    """What may be behind a stop: tables that are not there (those that ``details`` name, where they name any), and
    rows that could not be read, by field and reason.
    """
    if loaded is None:
        return []
    named = [name for name in loaded.undelivered if any(f"表 {name} 没有交来" in line for line in details)]
    found = [f"没有交来表 {name}" for name in named or loaded.undelivered]
    for name, table in sorted(loaded.tables.items()):
        if table.rejected:
            found.append(f"表 {name} 有 {len(table.rejected)} 行读不出来，没有用上：")
            reasons = sorted(unreadable_rows(name, table.rejected), key=lambda one: -one.rows)
            found += [f"  {one.headline}，如 {one.example}" for one in reasons[:REASONS_SHOWN]]
            rest = len(reasons) - REASONS_SHOWN
            found += [f"  另有 {rest} 种原因"] if rest > 0 else []
    return found
