"""The policy story from the first click to the last: an officer reads an article beside its rule, changes a figure in
the form, sees which example fails and why, mends it in the grid, simulates, sees who loses and why down to a case,
and saves.

The pictures of the chapter on simulations are taken on the way; ``CASEMIX_PICTURES=1`` puts them into docs.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.compare.gains import gains
from engine.compare.runs import read_run
from engine.compare.sheets import Sheets
from tests.workbench.pictures import pictured
from tests.workbench.served import REGION, ROOT, Served, Tab, comes_to, drafts_of, serving_apart
from tests.workbench.settling import chip, choose, to_result, typed

pytestmark = pytest.mark.slow
CHAPTER = ROOT / "docs" / "handbook" / "24-在浏览器里试算.md"
PICTURES = ROOT / "docs" / "handbook" / "pictures" / "24"
RULES, EXAMPLES = "第三章 病组和点数.yaml", "tests/点数和结算.yaml"
OUT = f"试算/{REGION}-月度预结算-2025-03"
SECOND = {"2": ("32", "164"), "6": ("32", "164"), "8": ("32", "164"), "9": ("32", "224")}
"""What the cases of the example get by 40 %: 80 × 40 % = 32 points, 8 fewer in all."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own, with drafts of its own: the story saves."""
    with serving_apart(tmp_path_factory, "policy") as found:
        yield found


def test_a_share_is_lowered_tried_read_down_to_a_case_and_saved(
    tab_of: Callable[..., Tab], bench: Served, tmp_path: Path
) -> None:
    tab = tab_of(bench)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    tab.enter()
    _read_beside_its_rule(tab)
    _changed_in_the_form(tab, bench)
    _mended_in_the_grid(tab, bench)
    _simulated(tab, bench, pictures)
    reasons = _read_down_to_a_case(tab, pictures)
    _saved(tab, bench)
    tab.page.goto(reasons)  # both sides were run from their own copies of the rules
    rooms = tab.page.locator(ROOMS)
    rooms.nth(1).locator(".wb-tree").wait_for()
    assert "315.05" in rooms.nth(0).inner_text()

    shown = re.findall(r"\(pictures/24/(.+?)\.png\)", CHAPTER.read_text("utf-8"))
    assert sorted(shown) == sorted(path.stem for path in pictures.glob("*.png"))
    for name in shown if os.environ.get("CASEMIX_PICTURES") else ():
        PICTURES.mkdir(parents=True, exist_ok=True)
        shutil.copy(pictures / f"{name}.png", PICTURES)
    assert all((PICTURES / f"{name}.png").is_file() for name in shown)


ROOMS = ".wb-settle > section"


def _read_beside_its_rule(tab: Tab) -> None:
    page = tab.page
    page.get_by_role("navigation", name="云溪市（示例）").get_by_role("link", name="规则").click()
    tab.stands()
    page.locator(".wb-node", has_text=re.compile("^第八条$")).click()
    page.get_by_text("一次住院完成两个以上手术的").wait_for()
    page.locator(".cm-content").get_by_text("第二个手术按其所属病组基准点数的 50% 增加点数").wait_for()
    page.locator(".wb-rule-side").get_by_role("link", name="次手术比例").first.click()
    page.locator(".cm-activeLine", has_text="次手术比例:").wait_for()


def _changed_in_the_form(tab: Tab, bench: Served) -> None:
    """Which example fails, though none names the figure, and what saving would say now."""
    page = tab.page
    page.get_by_role("tab", name="数和表").click()
    page.get_by_label("值", exact=True).fill("40%")
    page.keyboard.press("Enter")
    page.get_by_text("取值: {2025-01-01: 40%}").wait_for()
    page.locator(".wb-rule-side").get_by_text("次手术比例：办法 第八条 里没有 40%").wait_for()
    page.get_by_role("tab", name="例子").click()
    page.get_by_text("次手术比例：没有例子直接提到它").wait_for()
    page.get_by_role("button", name="运行全部例子").click()
    page.get_by_text("别的例子里不符的").wait_for()
    assert page.locator(".wb-example-row").count() == 1
    assert "次手术点数" in page.locator(".wb-failure").first.inner_text()
    page.get_by_role("button", name="存…").click()
    page.get_by_text(re.compile(r"用草稿运行了 \d+ 个例子，1 个不符")).wait_for()
    page.get_by_text("次手术比例：办法 第八条 里没有 40%").wait_for()
    page.get_by_text("次手术比例：原句里没有 40%").wait_for()
    page.get_by_role("status").get_by_text("1 个例子不符；2 个数条款里没有").wait_for()
    page.get_by_role("button", name="照样存 1 个文件").wait_for()
    page.locator("button:focus", has_text="回去改").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached")
    assert [one.file for one in drafts_of(bench).all()] == [RULES]


def _mended_in_the_grid(tab: Tab, bench: Served) -> None:
    page = tab.page
    page.get_by_role("link", name="在格子里改").click()
    tab.stands()
    page.get_by_text("8 个例子，1 个不符").wait_for()
    page.locator(".q-checkbox[aria-checked=true]", has_text="只看不符的").wait_for()
    assert page.get_by_label("例子的名字").get_by_role("link").all_inner_texts() == ["第八条 第二个手术"]
    assert tab.page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    page.get_by_text("✗ 分情形 第 2 行 次手术点数：应得 40，得到 32").wait_for()
    page.get_by_role("button", name="怎么来的").first.click()
    tree = page.locator(".wb-tree > details", has_text="次手术点数")
    tree.get_by_text("缺省(80, 0) × 0.4").first.wait_for()
    tree.locator(".wb-step-line", has_text="次手术比例").get_by_text("≠ 值不同").wait_for()
    grid = page.locator(".wb-grid", has_text="次手术点数")
    for case, values in SECOND.items():
        for column, value in zip(("次手术点数", "结算点数"), values, strict=True):
            cell = _cell(page, grid, int(case) - 1, column)
            cell.dblclick()
            page.keyboard.press("Control+a")
            page.keyboard.type(value)
            page.keyboard.press("Enter")
            cell.get_by_text(value, exact=True).wait_for()
    page.get_by_role("button", name="运行").click()
    page.get_by_text("8 个例子，0 个不符").wait_for()
    assert [one.file for one in drafts_of(bench).all()] == [RULES, EXAMPLES]


def _cell(page: Any, grid: Any, row: int, column: str) -> Any:
    heading = grid.locator(".ag-header-cell", has=page.get_by_text(column, exact=True))
    return grid.locator(
        f'.ag-row[row-index="{row}"] .ag-cell[aria-colindex="{heading.get_attribute("aria-colindex")}"]'
    )


def _simulated(tab: Tab, bench: Served, pictures: Path) -> None:
    """Who gains and who loses, as ``casemix compare`` has it."""
    page = tab.page
    page.get_by_role("navigation", name="页").get_by_role("link", name="试算").click()
    tab.stands()
    page.get_by_text("次手术比例 · 取值 · 2025-01-01：50% → 40%").wait_for()
    choose(tab, "程序", "月度预结算")
    typed(tab, "期间", "2025年3月")
    comes_to(lambda: page.get_by_label("期间", exact=True).input_value(), "2025-03")
    chip(tab, "示例数据").wait_for()  # the only data that are there
    pictured(tab, pictures, "选择")
    page.get_by_role("button", name="开始试算").click()
    to_result(tab)

    page.get_by_text("4 张报表不同").wait_for()
    assert page.get_by_label("结果变了什么").get_by_role("listitem").all_inner_texts() == [
        "应付金额（元）：总数没有变，还是 242,648.00",
        "按 机构编码：2 个多了（最多的 YX01 云溪第一医院 +425.71），1 个少了（最多的 YX02 云溪第二医院 -507.45）",
        "基金池表的点值（元/点）：1 行变了，变得最多的 居民,本地：+0.3406",
        "病例明细：23 行里 1 行变了",
    ]
    page.get_by_text("次手术比例 · 取值 · 2025-01-01：50% → 40%").wait_for()
    before, after = (read_run(name, bench.folder / OUT / name) for name in ("before", "after"))
    with Sheets(before, after, "月度预结算表") as sheets:
        told = gains(sheets, "机构编码")
    shown = page.locator(".wb-compared").filter(has_text="月度预结算表").filter(has_text="应付金额")
    for gain in told:
        one, other = gain.sums["应付金额"]
        row = shown.get_by_role("row").filter(has_text=gain.value).filter(has_text=f"{one:,f}").first
        row.wait_for(state="attached")
        assert f"{other:,f}" in row.text_content() and f"{gain.change('应付金额'):+,f}" in row.text_content()
    assert page.locator(".wb-bars svg").count() == 3  # what adds up, of each statement that has the hospital
    page.locator(".wb-compared").nth(1).scroll_into_view_if_needed()
    pictured(tab, pictures, "谁多谁少")


def _read_down_to_a_case(tab: Tab, pictures: Path) -> str:
    """The address of the two reasons side by side."""
    page = tab.page
    cases = page.locator(".wb-compared").filter(has_text="病例明细")
    cases.get_by_role("link", name="YX02").first.click()
    page.wait_for_url("**of=YX02**")
    cases.get_by_text("点数 315.0500 → 305.8000").wait_for()
    cases.get_by_role("link", name="两边的理由").first.click()
    page.wait_for_url("**grain=**")
    rooms = page.locator(ROOMS)
    rooms.nth(1).locator(".wb-tree").wait_for()
    assert "315.05" in rooms.nth(0).inner_text() and "305.8" in rooms.nth(1).inner_text()
    begins = page.get_by_label("不同从哪里开始").get_by_role("row").nth(1)
    assert begins.locator("td").all_inner_texts() == ["次手术比例", "值不同", "50%", "40%", "办法 第八条"]
    for room, share in ((0, "0.5"), (1, "0.4")):  # the way to what differs is open; the rest is not, and has no mark
        leaf = rooms.nth(room).locator(".wb-step-line").filter(has_text="次手术比例").first
        leaf.wait_for()
        assert "".join(leaf.inner_text().split()) == f"次手术比例={share}（{share[2:]}0%）≠值不同"
        same = rooms.nth(room).locator(".wb-step-line").filter(has_text="病例点数").first
        assert "≠" not in same.inner_text()
    pictured(tab, pictures, "两边的理由")
    reasons = str(page.url)
    page.get_by_role("link", name="回到比较").click()
    page.wait_for_url("**of=YX02**")  # where the reader was
    cases.get_by_text("点数 315.0500 → 305.8000").wait_for(timeout=30_000)
    page.wait_for_function("window.scrollY > 200")
    return reasons


def _saved(tab: Tab, bench: Served) -> None:
    page, drafts = tab.page, drafts_of(bench)
    page.get_by_role("button", name="存进地区…").click()
    page.get_by_text(re.compile(r"用草稿运行了 \d+ 个例子，全部相符")).wait_for()
    page.get_by_role("button", name="照样存 2 个文件").click()  # the article says 50 % as before
    page.get_by_text("这些改动已经存进地区了").wait_for()
    assert "40%}" in (drafts.folder / RULES).read_text("utf-8") and drafts.all() == []
    mended = (drafts.folder / EXAMPLES).read_text("utf-8")
    assert "2      | 8400       | 0        | B2         || 正常     | 32         | 164" in mended
