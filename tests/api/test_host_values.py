"""Values of many combinations of keys at once are those that the execution gives one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from engine.databases.places import open_places
from engine.execute.closures.host import CoarseRows
from engine.execute.loading import load
from engine.execute.period import parse_period
from engine.execute.reference.execution import Execution
from engine.execute.reference.rows import Row
from engine.execute.reference.rows_elsewhere import Elsewhere
from engine.language.values import Unresolved, Value
from engine.rulebook.book import load as load_book
from engine.settle.may_run import program_of
from engine.watching.watching import UNWATCHED

DEMO = Path(__file__).parents[2] / "regions" / "jiyuan-demo"
NAMES = (
    "机构系数上浮", "机构点数上浮", "调节系数", "适用基准点数", "适用级别次均费用",
    "高倍率判定倍率", "级别", "没有的名字",
)  # fmt: skip


class OnTheHost(Elsewhere):
    def quick(self, judge: Execution) -> CoarseRows:
        return CoarseRows(judge)


def value_of(value: Callable[[Row], Value], key: tuple[Value, ...]) -> str:
    try:
        return repr(value(Row("机构病组", key)))
    except Unresolved as error:
        return f"{error} {error.cause}"


def one_by_one(execution: Execution, name: str) -> Callable[[Row], Value]:
    return lambda row: execution.value(name, row, execution.closing)


@pytest.fixture(scope="module")
def executions() -> tuple[Execution, CoarseRows]:
    book, period = load_book(str(DEMO)), parse_period("2025-03")
    program = program_of(book, "月度预结算", period)
    loaded = load(book, program, period, open_places([DEMO / "示例数据"]), UNWATCHED)
    made = [Execution(book, program, period, loaded.memory(), elsewhere=one) for one in (Elsewhere(), OnTheHost())]
    for execution in made:
        execution.hold()
    assert isinstance(made[1].quick, CoarseRows)
    return made[0], made[1].quick


def test_many_combinations_at_once(executions: tuple[Execution, CoarseRows]) -> None:
    reference, host = executions
    hospitals = [*(row.key[0] for row in reference.rows_of("医疗机构")), "没有的"]
    groups = [*(row.key[0] for row in reference.rows_of("病组")), "没有的"]
    keys = list(product(hospitals, groups))
    on_rows = [host.on_row(name, "机构病组", reference.closing) for name in NAMES]
    found = [[value_of(value, key) for value in on_rows] for key in keys]
    assert found == [[value_of(one_by_one(reference, name), key) for name in NAMES] for key in keys]
    assert any("Fraction" in line[2] for line in found) and any("没有 机构编码 = 没有的" in line[6] for line in found)
