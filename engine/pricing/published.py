"""The ``--out`` folder of a finished run as published figures."""

from __future__ import annotations

from pathlib import Path

from engine.data.kept_values import read_values
from engine.execute.closures.dependence import Dependence
from engine.execute.closures.figures import Figures
from engine.execute.closures.one_case import CaseExecution
from engine.execute.published import PublishedValues
from engine.execute.result import RunStopped
from engine.files.errors import DataError
from engine.files.ordinary import read_json


def figures_of(execution: CaseExecution, folder: Path) -> Figures:
    """Kept values of what one case cannot be added up to. Raises :class:`RunStopped` for a run of other rules."""
    book, program, period = execution.book, execution.program, execution.period
    record = _record(folder)
    is_ = {"region": book.name, "program": program.name, "period": str(period), "rules_sha256": book.fingerprint()}
    other = [f"{name} {record.get(name)}" for name, value in is_.items() if record.get(name) != value]
    if other:
        raise RunStopped(
            f"{folder} 不是 {book.title} {program.name} {period} 用这些规则结算的结果（{'，'.join(other)}）",
            hint="published= 写同一地区、程序、期间的 --out 文件夹，规则也要一样",
        )
    scope = execution.scope(execution.closing)
    found = Dependence(execution, execution.closing)
    kept: dict[str, set[str]] = {}
    names = set()
    for rule in scope.book.rules.values():
        base = scope.base(rule.grain)
        if base not in execution.case_tables and scope.as_rule(rule.name):
            if base not in kept:
                kept[base] = _kept(folder, base)
            if rule.name in kept[base] and found.of_rule(rule.name):
                names.add(rule.name)
    return Figures(PublishedValues(folder, str(period), book.name), frozenset(names))


def _kept(folder: Path, grain: str) -> set[str]:
    try:
        return {column.name for column in read_values(folder, grain).columns if not column.key}
    except DataError:
        return set()


def _record(folder: Path) -> dict[str, object]:
    try:
        found = read_json(folder / "run.json")
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        raise RunStopped(
            f"{folder} 不是一次运行的输出（没有 run.json，或读不出来）", hint="published= 写 run 的 --out 文件夹"
        ) from None
