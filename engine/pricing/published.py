"""The ``--out`` folder of a finished run as published figures."""

from __future__ import annotations

from pathlib import Path

from engine.data.record import FolderRecord, read_record
from engine.execute.closures.dependence import Dependence
from engine.execute.closures.figures import Figures
from engine.execute.closures.one_case import SingleCases
from engine.execute.published import PublishedValues, unchanged_values
from engine.files.errors import DataError, RunStopped


def figures_of(cases: SingleCases, folder: Path) -> Figures:
    """Kept values of what one case cannot be added up to. Raises :class:`RunStopped` for a run of other rules."""
    judge = cases.judge
    book, program, period = judge.book, judge.program, judge.period
    record = _record(folder)
    is_ = {"region": book.name, "program": program.name, "period": str(period), "rules_sha256": book.fingerprint()}
    other = [f"{name} {record.said[name]}" for name, value in is_.items() if record.said[name] != value]
    if other:
        raise RunStopped(
            f"{folder} 不是 {book.title} {program.name} {period} 用这些规则结算的结果（{'，'.join(other)}）",
            hint="published= 写同一地区、程序、期间的 --out 文件夹，规则也要一样",
        )
    scope = judge.scope(judge.closing)
    found = Dependence(cases, judge.closing)
    kept: dict[str, set[str]] = {}
    names = set()
    for rule in scope.book.rules.values():
        base = scope.base(rule.grain)
        if base not in cases.case_tables and scope.as_rule(rule.name):
            if base not in kept:
                kept[base] = _kept(record, base)
            if rule.name in kept[base] and found.of_rule(rule.name):
                names.add(rule.name)
    return Figures(PublishedValues(record), frozenset(names))


def _kept(record: FolderRecord, grain: str) -> set[str]:
    kept = unchanged_values(record, grain)
    return set() if kept is None else {column.name for column in kept.columns if not column.key}


def _record(folder: Path) -> FolderRecord:
    try:
        return read_record(folder)
    except DataError as error:
        raise RunStopped(error.message, hint="published= 写 run 的 --out 文件夹") from None
