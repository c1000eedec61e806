"""Rows of other tables that belong to the case: typed on the page, in its address, priced with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.workbench.served import Served, Tab, drafts_of, held, serving_apart
from tests.workbench.test_case import shows

REGION = {
    "region.yaml": "名称: 试城\n施行: 2025-01-01\n文件:\n  办法: {题名: 办法}\n",
    "规则.yaml": (
        "依据: 办法\n"
        "单子: {主键: 单号, 归期: 日期, 字段: {单号: 文本, 日期: 日期}}\n"
        "手术: {主键: [单号, 序号], 可空: 是, 字段: {单号: → 单子, 序号: 文本, 价: {类型: 元, 范围: ≥ 0}}}\n"
        "应付: {粒度: 单子, 单位: 元, 舍入: 2, 公式: 合计(价)}\n"
        "应付表: {粒度: 单子, 首要: [应付], 列: [应付]}\n"
        "月结: {期间: 月, 需要: {单子: [应付]}, 报表: [应付表]}\n"
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving_apart(tmp_path_factory, "rows", write) as found:
        yield found


def write(folder: Path) -> None:
    (folder / "regions" / "town").mkdir(parents=True)
    for name, text in REGION.items():
        (folder / "regions" / "town" / name).write_text(text, "utf-8")


def field(tab: Tab, name: str, row: int) -> Any:
    return tab.page.get_by_label(f"{name} *", exact=True).nth(row)


def test_rows_below_a_case_are_added_filled_and_taken_away(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter("/r/town/case?单号=1&日期=2025-01-02")
    tab.page.get_by_text("属于它的 手术").click()
    for row, price in enumerate(("3", "4.50")):
        tab.page.get_by_role("button", name="加一行").click()
        field(tab, "序号", row).fill(str(row + 1))
        field(tab, "价", row).fill(price)
    shows(tab, "应付", "7.50")
    assert tab.serious() == []
    tab.page.get_by_label("单号 *", exact=True).first.fill("2")  # its rows stay its own
    tab.page.wait_for_function("location.search.includes('%E5%8D%95%E5%8F%B7=2')")
    shows(tab, "应付", "7.50")
    tab.page.get_by_role("button", name="去掉最后一行").click()
    shows(tab, "应付", "3.00")
    address = tab.page.url.removeprefix(bench.base)
    other = tab_of(bench)
    other.enter(address)
    shows(other, "应付", "3.00")
    assert field(other, "价", 0).input_value() == "3"


def test_who_is_quicker_than_the_page_loses_no_row_and_nothing_typed(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter("/r/town/case?单号=1&日期=2025-01-02&手术.1.序号=1&手术.1.价=3")
    shows(tab, "应付", "3.00")
    more = tab.page.get_by_role("button", name="加一行")
    with held(bench):
        more.click()
        more.click()
        field(tab, "价", 0).press("Control+a")
        tab.page.keyboard.type("40")
    field(tab, "序号", 2).wait_for()
    tab.page.keyboard.type("0")  # the rows came while somebody was typing in another
    shows(tab, "应付", "400.00")
    assert tab.page.get_by_label("序号 *", exact=True).count() == 3
    with held(bench):
        field(tab, "序号", 1).fill("2")
        field(tab, "价", 1).fill("5")
        tab.page.get_by_role("button", name="去掉最后一行").click()
    shows(tab, "应付", "405.00")
    assert [field(tab, "价", row).input_value() for row in range(2)] == ["400", "5"]


def test_an_example_is_made_of_the_case_as_it_is_when_the_button_is_pressed(
    tab_of: Callable[..., Tab], bench: Served
) -> None:
    tab = tab_of(bench)
    tab.enter("/r/town/case?单号=1&日期=2025-01-02&手术.1.序号=1&手术.1.价=3")
    shows(tab, "应付", "3.00")
    with held(bench):
        field(tab, "价", 0).fill("7")
        tab.page.get_by_role("button", name="变成例子").click()
    tab.page.get_by_role("link", name="写进了草稿：单子 1").wait_for()
    (draft,) = drafts_of(bench, "town").all()
    assert "7.00" in draft.text and "3.00" not in draft.text
    shows(tab, "应付", "7.00")
    assert tab.page.get_by_role("link", name="写进了草稿：单子 1").count() == 1


def test_a_wrong_row_holds_the_case_and_says_why(tab_of: Callable[..., Tab], bench: Served) -> None:
    tab = tab_of(bench)
    tab.enter("/r/town/case?单号=1&日期=2025-01-02&手术.1.序号=1&手术.1.价=-3&手术.2.序号=2&手术.2.价=4")
    tab.page.locator(".wb-verdict").get_by_text("挂起").wait_for()
    tab.page.get_by_text("价 -3 超出范围 ≥ 0").first.wait_for()
