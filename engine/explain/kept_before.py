"""Values that the run kept, against what comes out now: an explanation of other numbers is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine import __version__
from engine.execute.published import KeptValue
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.explain.numbers import key_text, number
from engine.explain.stored.rows import StoredRows
from engine.files.errors import RunStopped
from engine.language.values import Unresolved, Value


class Keeps(Protocol):
    """Where kept values are found."""

    def kept(self, name: str, grain: str, key: tuple[Value, ...]) -> KeptValue | None:
        """What was kept of ``name`` at ``key``; ``None`` where nothing was."""


@dataclass
class KeptBefore:
    """The kept values of the run that is explained, whose files, rules and data were found as they were.

    ``record``: its ``run.json``.
    """

    values: Keeps
    record: Mapping[str, Any] = field(default_factory=dict)

    def agree(self, execution: Execution, name: str, row: Row) -> None:
        """Raises :class:`RunStopped` where the value kept for ``row`` is not what comes out now."""
        then = self.values.kept(name, row.grain, row.key)
        if then is None:
            return
        rows = execution.elsewhere
        if isinstance(rows, StoredRows) and then.failed is None:
            rows.sums.was_known(name, row.grain)
        try:
            now = number(execution.worked_out(name, row))
        except Unresolved as error:
            now = f"无法确定（{error}）"
        before = f"无法确定（{then.failed}）" if then.failed is not None else number(then.value)
        if now != before:
            why, cure = self._why()
            raise RunStopped(
                f"{name}〔{row.grain} {key_text(row)}〕当时是 {before or '空'}，现在算出 {now or '空'}：{why}",
                hint=cure,
            )

    def _why(self) -> tuple[str, str]:
        """What else a value may come from, and what to do."""
        version = self.record.get("version")
        if version and version != __version__:
            return f"当时的程序是 {version}，现在是 {__version__}", "用当时的版本解释，或用现在的版本重新运行"
        return "运行记录和留存的值不是同一次运行的", "用当时的规则和数据重新运行"
