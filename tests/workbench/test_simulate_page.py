"""试算 in a browser: what it refuses. What it does is in the policy story."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.workbench.served import REGION, Served, Tab, comes_to, drafts_of, serving_apart

PAGE = f"/r/{REGION}/simulate"
FILE = "第三章 病组和点数.yaml"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own, with drafts of its own."""
    with serving_apart(tmp_path_factory, "simulating") as found:
        yield found


def changed(served: Served, old: str, new: str) -> None:
    """What the rules page keeps when somebody types."""
    drafts = drafts_of(served)
    for one in drafts.all():
        drafts.drop(one.file)
    drafts.keep(FILE, drafts.on_disk(FILE).replace(old, new), 0)


def test_errors_of_the_drafts_are_said_first_and_nothing_is_run(tab_of: Callable[..., Tab], bench: Served) -> None:
    changed(bench, "次手术点数:", "次手术点数: {公式: 没有的名字}\n次手术点数二:")
    tab = tab_of(bench, color_scheme="dark")
    tab.enter(f"{PAGE}?{urlencode({'program': '月度预结算', 'period': '2025-03', 'data': json.dumps(['示例数据'])})}")
    tab.page.get_by_text("规则有错，不能试算").wait_for()
    assert tab.page.get_by_role("button", name="开始试算").is_disabled()
    assert tab.serious() == []


def test_program_and_period_are_chosen_as_on_the_settlement_page(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter(PAGE)
    comes_to(lambda: tab.page.get_by_label("程序", exact=True).input_value(), "月度预结算")
    assert tab.page.get_by_label("期间", exact=True).input_value() == "2025-01"
    out = tab.page.get_by_label("试算放在（工作台文件夹里）")
    assert out.input_value() == f"试算/{REGION}-月度预结算-2025-01"


def test_a_folder_that_is_no_simulation_is_told(tab_of: Callable[..., Tab], bench: Served, tmp_path: Path) -> None:
    tab = tab_of(bench)
    tab.enter(f"{PAGE}?{urlencode({'result': '../etc'})}")
    tab.page.get_by_text("没有试算 ../etc").wait_for()
