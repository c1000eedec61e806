"""Values that the run kept, against what comes out now: an explanation of other numbers is refused."""

from __future__ import annotations

from dataclasses import dataclass

from engine.execute.published import PublishedValues
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.result import RunStopped
from engine.explain.numbers import key_text, number
from engine.language.values import Unresolved


@dataclass
class KeptBefore:
    """The kept values of the run that is explained."""

    values: PublishedValues

    def agree(self, execution: Execution, name: str, row: Row) -> None:
        """Raises :class:`RunStopped` where the value kept for ``row`` is not what comes out now."""
        then = self.values.kept(name, row.grain, row.key)
        if then is None:
            return
        try:
            now = number(execution.value(name, row, execution.own_day(row)))
        except Unresolved as error:
            now = f"无法确定（{error}）"
        before = f"无法确定（{then.failed}）" if then.failed is not None else number(then.value)
        if now != before:
            raise RunStopped(
                f"{name}〔{row.grain} {key_text(row)}〕当时是 {before or '空'}，现在算出 {now or '空'}，输出可能被改动",
                hint="用当时的规则和数据重新运行",
            )
