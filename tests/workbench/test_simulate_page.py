"""试算 in a browser: a figure is changed in a draft, who loses is seen down to a case, and the draft is saved."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from engine.compare.gains import gains
from engine.compare.runs import read_run
from engine.compare.sheets import Sheets
from engine.drafts import Drafts
from tests.workbench.served import REGION, ROOT, Served, Tab, copied, serving
from tests.workbench.settling import choose, typed

CHAPTER = ROOT / "docs" / "handbook" / "24-在浏览器里试算.md"
PICTURES = ROOT / "docs" / "handbook" / "pictures" / "24"
PAGE = f"/r/{REGION}/simulate"
FILE = "第三章 病组和点数.yaml"
OUT = f"试算/{REGION}-月度预结算-2025-03"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own, with drafts of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMIX_DRAFTS", str(tmp_path_factory.mktemp("drafts")))
        folder = copied(tmp_path_factory.mktemp("simulating"), REGION)
        with serving(folder, tmp_path_factory.mktemp("log") / "log.txt") as found:
            yield found


def drafts_of(served: Served) -> Drafts:
    return Drafts(served.folder / "regions" / REGION)


def changed(served: Served, old: str, new: str) -> None:
    """What the rules page keeps when somebody types."""
    drafts = drafts_of(served)
    for one in drafts.all():
        drafts.drop(one.file)
    drafts.keep(FILE, drafts.on_disk(FILE).replace(old, new), 0)


def pictured(tab: Tab, folder: Path, name: str) -> None:
    """A picture for the handbook; nothing on it is wider than the window, nothing serious is wrong with it."""
    assert tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    assert tab.serious() == [], name
    tab.page.screenshot(path=str(folder / f"{name}.png"), animations="disabled")


def test_a_lower_share_is_simulated_read_down_to_a_case_and_saved(
    tab_of: Callable[..., Tab], bench: Served, tmp_path: Path
) -> None:
    changed(bench, "{2025-01-01: 50%}", "{2025-01-01: 40%}")
    tab = tab_of(bench)
    tab.enter(PAGE)
    page = tab.page
    page.get_by_text("次手术比例 · 取值 · 2025-01-01：50% → 40%").wait_for()
    choose(tab, "程序", "月度预结算")
    typed(tab, "期间", "2025-03")
    page.get_by_label("数据：文件夹和以前的结果（后面的盖前面的）").click()
    page.get_by_role("option", name="示例数据", exact=True).click()
    page.keyboard.press("Escape")
    page.locator(".q-menu").wait_for(state="detached")
    pictured(tab, tmp_path, "选择")
    page.get_by_role("button", name="开始试算").click()
    page.wait_for_url("**job=**")
    page.get_by_role("link", name="看结果").click(timeout=60_000)

    page.get_by_text("4 张报表不同").wait_for(timeout=30_000)
    page.get_by_text("次手术比例 · 取值 · 2025-01-01：50% → 40%").wait_for()
    before, after = (read_run(name, bench.folder / OUT / name) for name in ("before", "after"))
    with Sheets(before, after, "月度预结算表") as sheets:
        told = gains(sheets, "机构编码")
    shown = page.locator(".wb-compared").filter(has_text="月度预结算表").filter(has_text="应付金额")
    for gain in told:
        one, other = gain.sums["应付金额"]
        row = shown.get_by_role("row").filter(has_text=gain.value).filter(has_text=f"{one:f}").first
        row.wait_for(state="attached")
        assert f"{other:f}" in row.text_content() and f"{gain.change('应付金额'):+f}" in row.text_content()
    assert page.locator(".wb-bars svg").count() == 3  # what adds up, of each statement that has the hospital
    page.locator(".wb-compared").nth(1).scroll_into_view_if_needed()
    pictured(tab, tmp_path, "谁多谁少")

    cases = page.locator(".wb-compared").filter(has_text="病例明细")
    cases.get_by_role("link", name="YX02").first.click()
    page.wait_for_url("**of=YX02**")
    cases.get_by_text("点数 315.0500 → 305.8000").wait_for(timeout=30_000)
    cases.get_by_role("link", name="两边的理由").first.click()
    page.wait_for_url("**grain=**")
    rooms = page.locator(".wb-settle > section")
    rooms.nth(1).locator(".wb-tree").wait_for(timeout=60_000)
    assert "315.05" in rooms.nth(0).inner_text() and "305.8" in rooms.nth(1).inner_text()
    reasons = page.url
    begins = page.get_by_label("不同从哪里开始").get_by_role("row").nth(1)
    assert begins.locator("td").all_inner_texts() == ["次手术比例", "值不同", "50%", "40%", "办法 第八条"]
    for room, share in ((0, "0.5"), (1, "0.4")):  # the way to what differs is open; the rest is not, and has no mark
        leaf = rooms.nth(room).locator(".wb-step-line").filter(has_text="次手术比例").first
        leaf.wait_for()
        assert "".join(leaf.inner_text().split()) == f"次手术比例={share}（{share[2:]}0%）≠值不同"
        same = rooms.nth(room).locator(".wb-step-line").filter(has_text="病例点数").first
        assert "≠" not in same.inner_text()
    pictured(tab, tmp_path, "两边的理由")
    page.get_by_role("link", name="回到比较").click()

    page.get_by_role("button", name="存进地区…").click(timeout=30_000)
    page.get_by_role("button", name="存 1 个文件").click()
    page.get_by_text("这些改动已经存进地区了").wait_for(timeout=30_000)
    assert "40%}" in (drafts_of(bench).folder / FILE).read_text("utf-8") and drafts_of(bench).all() == []
    page.goto(reasons)  # both sides were run from their own copies of the rules
    rooms.nth(1).locator(".wb-tree").wait_for(timeout=60_000)
    assert "315.05" in rooms.nth(0).inner_text()

    shown = re.findall(r"\(pictures/24/(.+?)\.png\)", CHAPTER.read_text("utf-8"))
    assert sorted(shown) == sorted(path.stem for path in tmp_path.glob("*.png"))
    for name in shown if os.environ.get("CASEMIX_PICTURES") else ():
        PICTURES.mkdir(parents=True, exist_ok=True)
        shutil.copy(tmp_path / f"{name}.png", PICTURES)
    assert all((PICTURES / f"{name}.png").is_file() for name in shown)


def test_errors_of_the_drafts_are_said_first_and_nothing_is_run(tab_of: Callable[..., Tab], bench: Served) -> None:
    changed(bench, "次手术点数:", "次手术点数: {公式: 没有的名字}\n次手术点数二:")
    tab = tab_of(bench, color_scheme="dark")
    tab.enter(f"{PAGE}?{urlencode({'program': '月度预结算', 'period': '2025-03', 'data': json.dumps(['示例数据'])})}")
    tab.page.get_by_text("规则有错，不能试算").wait_for()
    assert tab.page.get_by_role("button", name="开始试算").is_disabled()
    assert tab.serious() == []


def test_a_folder_that_is_no_simulation_is_told(tab_of: Callable[..., Tab], bench: Served, tmp_path: Path) -> None:
    tab = tab_of(bench)
    tab.enter(f"{PAGE}?{urlencode({'result': '../etc'})}")
    tab.page.get_by_text("没有试算 ../etc").wait_for()
