"""The examples page: an officer runs examples, sees what fails and why, and mends it in the grid."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.workbench.served import REGION, ROOT, Served, Tab, comes_to, drafts_of, held, serving_apart, undo

pytestmark = pytest.mark.slow
PAGE = f"/r/{REGION}/examples"
FILE = "点数和结算.yaml"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own: these tests write."""
    with serving_apart(tmp_path_factory, "examples", never=("SLOW", "Traceback")) as found:
        yield found


@pytest.fixture
def at(tab_of: Callable[..., Tab], desk: Served) -> Callable[..., Tab]:
    """The page at an address, once its examples ran; of the files as they were at first."""
    shutil.copy(ROOT / "regions" / REGION / "tests" / FILE, desk.folder / "regions" / REGION / "tests" / FILE)
    for path in desk.drafts.rglob("*.draft"):
        path.unlink()

    def opened(query: str = "", **options: object) -> Tab:
        tab = tab_of(desk, **options)
        tab.enter(PAGE + query)
        tab.page.get_by_text("个例子，").wait_for()
        return tab

    return opened


def saved(served: Served) -> str:
    return (served.folder / "regions" / REGION / "tests" / FILE).read_text("utf-8")


def drafts(served: Served) -> dict[str, str]:
    found = [json.loads(path.read_text("utf-8")) for path in served.drafts.rglob("*.draft")]
    return {one["file"]: one["text"] for one in found}


def cell(tab: Tab, row: int, column: str) -> Any:
    """Of the grid of cases."""
    grid = tab.page.locator(".wb-grid", has_text="次手术点数")
    place = grid.locator(".ag-header-cell", has=tab.page.get_by_text(column, exact=True)).get_attribute("aria-colindex")
    return grid.locator(f'.ag-row[row-index="{row}"] .ag-cell[aria-colindex="{place}"]')


def typed_only(tab: Tab, row: int, column: str, text: str) -> None:
    """By the keys, into a cell that is not left."""
    cell(tab, row, column).dblclick()
    tab.page.keyboard.press("Control+a")
    tab.page.keyboard.type(text)


def typed(tab: Tab, row: int, column: str, text: str) -> None:
    typed_only(tab, row, column, text)
    tab.page.keyboard.press("Control+Enter")


def test_a_cell_is_changed_run_by_a_key_told_why_it_fails_mended_and_saved(at, desk):
    before = saved(desk)
    tab = at(f"?file=tests/{FILE}&example={quote('第八条 第二个手术')}")
    page = tab.page
    page.get_by_text("8 个例子，0 个不符").wait_for()
    typed(tab, 1, "次手术点数", "32")
    page.get_by_text("8 个例子，1 个不符").wait_for()
    line = "| B2         || 正常     | {}         | 172\n"
    wanted = before.replace(line.format(40), line.format(32), 1)
    assert drafts(desk) == {f"tests/{FILE}": wanted} and saved(desk) == before
    comes_to(page.locator(".wb-cell-wrong").all_inner_texts, ["32"])
    page.get_by_text("次手术点数 得到 40").wait_for()
    page.get_by_text("✗ 分情形 第 2 行 次手术点数：应得 32，得到 40").wait_for()
    page.get_by_role("button", name="怎么来的").click()
    tree = page.locator(".wb-tree > details", has_text="次手术点数")
    tree.get_by_text("缺省(80, 0) × 0.5").first.wait_for()
    assert quote("分情形|2|次手术点数") in page.url

    page.get_by_text("只看不符的").click()
    page.get_by_text("第七条 高倍率的三档").wait_for(state="detached")
    typed(tab, 1, "住院总费用", "8401")
    page.get_by_text("8 个例子，1 个不符").wait_for()
    page.get_by_role("button", name="应得改成 40").click()
    page.get_by_text("8 个例子，0 个不符").wait_for()
    page.get_by_role("button", name="存…").click()
    page.get_by_text("存 1 个文件").click()
    page.get_by_text("存了 1 个文件").wait_for()
    assert saved(desk) == before.replace("    2      | 8400 ", "    2      | 8401 ", 1) and drafts(desk) == {}


ROWS = {  # of the example with the second surgery
    "2": "    2      | 8400       | 0        | B2         || 正常     | 40         | 172",
    "3": "    3      | 8400       | 0        | A1         || 正常     | 0          | 132",
}
SECOND = f"?file=tests/{FILE}&example={quote('第八条 第二个手术')}"


def test_the_note_is_written_beside_the_grid_while_both_stay_as_they_are(at, desk):
    before = saved(desk)
    tab = at(SECOND)
    page = tab.page
    page.locator(".wb-grid", has_text="次手术点数").evaluate("(grid) => (grid.dataset.stands = 'here')")
    note = page.get_by_label("说明")
    assert note.input_value().startswith("标准费用 1.2 × 7000 = 8400。正常：")
    note.fill("第一句\n第二句")
    with tab.pressing(cell(tab, 1, "住院总费用")):  # the field is left, and the grid does not move away from below
        page.get_by_text("草稿已留在磁盘上").wait_for()
    cell(tab, 1, "住院总费用").click(click_count=2)
    page.keyboard.press("Control+a")
    page.keyboard.type("8401")
    page.keyboard.press("Control+Enter")
    page.get_by_text("改过，再运行").wait_for(state="detached")
    page.get_by_text("8 个例子，0 个不符").wait_for()
    a, b = before.index("  说明: |\n"), before.index("  已知:\n")
    wanted = f"{before[:a]}  说明: |\n    第一句\n    第二句\n{before[b:]}".replace(
        "    2      | 8400 ", "    2      | 8401 ", 1
    )
    comes_to(lambda: drafts(desk), {f"tests/{FILE}": wanted})
    assert page.locator(".wb-grid[data-stands=here]").count() == 1
    other = at(SECOND)
    assert other.page.get_by_label("说明").input_value() == "第一句\n第二句"
    note.fill("")
    page.keyboard.press("Control+Enter")
    comes_to(lambda: "说明" in drafts(desk)[f"tests/{FILE}"].partition("已知")[0], False)
    other.page.get_by_label("说明").fill("另一句")  # of what it was, which another window took out
    other.page.keyboard.press("Control+Enter")
    other.page.get_by_text("别处刚刚改过").wait_for()
    comes_to(lambda: "说明" in drafts(desk)[f"tests/{FILE}"].partition("已知")[0], False)


def test_cells_typed_as_quickly_as_a_keyboard_allows_are_all_kept(at, desk):
    before = saved(desk)
    tab = at(SECOND)
    page = tab.page
    for row in (1, 2, 3):
        cell(tab, row, "次手术点数").click()
        page.keyboard.type(f"3{row}")
        page.keyboard.press("Tab")
        page.keyboard.type(f"13{row}")
        page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    page.get_by_text("8 个例子，1 个不符").wait_for()
    rows = drafts(desk)[f"tests/{FILE}"].split("\n")[20:23]
    assert [[text.strip() for text in row.split("|")[-2:]] for row in rows] == [[f"3{n}", f"13{n}"] for n in (1, 2, 3)]
    assert before == saved(desk)


def test_what_was_typed_is_taken_back_by_a_key_and_comes_again_by_another(at, desk):
    before = saved(desk)
    tab = at(SECOND)
    page = tab.page
    page.get_by_text("8 个例子，0 个不符").wait_for()

    def stands(first: str, second: str) -> None:
        comes_to(
            lambda: (cell(tab, 1, "次手术点数").inner_text(), cell(tab, 2, "住院总费用").inner_text()), (first, second)
        )

    page.set_viewport_size({"width": 1366, "height": 1600})  # nothing is scrolled
    place = cell(tab, 2, "住院总费用").bounding_box()
    for row, column, text in ((1, "次手术点数", "32"), (2, "住院总费用", "84")):
        typed_only(tab, row, column, text)
        page.keyboard.press("Enter")
    stands("32", "84")
    assert cell(tab, 2, "住院总费用").bounding_box() == place  # where the next cell was about to be clicked
    page.keyboard.press("Control+z")
    stands("32", "8400")
    page.keyboard.press("Control+z")
    stands("40", "8400")
    comes_to(lambda: drafts(desk), {})
    page.keyboard.press("Control+y")
    stands("32", "8400")
    wanted = before.replace(ROWS["2"], ROWS["2"].replace("40 ", "32 "))
    comes_to(lambda: drafts(desk), {f"tests/{FILE}": wanted})


def test_what_is_typed_stays_while_the_answer_to_the_cell_before_comes(at, desk):
    tab = at(SECOND)
    page = tab.page
    with held(desk):
        typed_only(tab, 1, "次手术点数", "32")
        page.keyboard.press("Enter")
        typed_only(tab, 1, "结算点数", "16")  # of the same row
    page.get_by_text("草稿已留在磁盘上").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    with held(desk):
        typed_only(tab, 1, "结算点数", "164.5")  # and once more, before it is known that it was kept
        page.keyboard.press("Enter")
        page.get_by_role("button", name="加一行").last.click()
        typed_only(tab, 2, "住院总费用", "84")
    cell(tab, 9, "结算点数").wait_for()
    page.keyboard.type("01")
    page.get_by_role("link", name="第六条 基础病组同病同价").click()  # leaves the cell, and the example
    page.get_by_role("heading", name="第六条 基础病组同病同价").wait_for()
    wanted = saved(desk).replace(ROWS["2"], ROWS["2"].replace("40    ", "32    ").replace("172", "164.5"), 1)
    wanted = wanted.replace(ROWS["3"], ROWS["3"].replace("8400", "8401"), 1)
    last = "    9      | 25200      | 0        | B2         || 高倍率   | 40         | 232\n"
    comes_to(lambda: drafts(desk), {f"tests/{FILE}": wanted.replace(last, last * 2, 1)})


def test_a_branch_that_nothing_reaches_gets_a_row_that_does(at, desk):
    before = saved(desk)
    tab = at(f"?file=tests/{FILE}&example={quote('第七条 高倍率的三档')}&name={quote('高倍率判定倍率')}")
    page = tab.page
    page.get_by_role("button", name="删最后一行").click()
    page.get_by_text("草稿已留在磁盘上").wait_for()
    page.get_by_role("button", name="运行").click()
    page.get_by_text("没有走到的 3 处").wait_for()
    page.get_by_role("button", name="加一行走到它").first.click()
    page.get_by_text("加了一行，走得到").wait_for()
    page.get_by_text("没有走到的").wait_for(state="detached")
    (text,) = drafts(desk).values()
    last = "    C        | 200          || 2.5\n"
    assert text == before.replace("    D        | 200.01       || 2\n", "").replace(
        last, last + "    A        | 200.02       || 2\n"
    )
    page.get_by_role("button", name="不要草稿").click()
    page.get_by_text("8 个例子，0 个不符").wait_for()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(at, look):
    why = quote("分情形|2|结算点数")
    tab = at(f"?file=tests/{FILE}&example={quote('第八条 第二个手术')}&why={why}", color_scheme=look)
    tab.page.get_by_text("结算点数 怎么来的").wait_for()
    assert tab.serious() == []


def test_all_that_came_out_otherwise_is_taken_over_in_one_act_that_says_what_it_changes_and_is_undone_by_one(at, desk):
    rules = drafts_of(desk)
    chapter = "第三章 病组和点数.yaml"
    rules.put(chapter, rules.on_disk(chapter).replace("{2025-01-01: 50%}", "{2025-01-01: 40%}"))
    before = saved(desk)
    page = at(SECOND).page
    page.get_by_text("8 个例子，1 个不符").wait_for()
    page.get_by_role("button", name="8 处应得都改成算出的值…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("分情形 第 2 行 次手术点数：40 → 32").wait_for()
    dialog.get_by_text("说明里还写着 40").wait_for()
    dialog.get_by_role("button", name="先不改").click()
    assert list(drafts(desk)) == [chapter]
    page.get_by_role("button", name="8 处应得都改成算出的值…").click()
    dialog.get_by_role("button", name="改这 8 处").click()
    page.get_by_text("8 个例子，0 个不符").wait_for()
    page.get_by_role("status").get_by_text("说明里还写着 40，例子里已经没有了").wait_for()
    changed = drafts(desk)[f"tests/{FILE}"]
    assert sum(one != other for one, other in zip(before.split("\n"), changed.split("\n"), strict=True)) == 4
    page.get_by_role("button", name="存…").click()
    page.get_by_role("status").get_by_text("1 处说明没有跟着改").wait_for()
    page.get_by_role("button", name="照样存 2 个文件").click()
    page.get_by_text("存了 2 个文件").wait_for()
    assert saved(desk) == changed
    undo(page, "第 2 行 · 次手术点数：32 → 40")
    assert saved(desk) == before and drafts(desk) == {}


def test_what_was_said_of_a_row_that_is_changed_since_is_said_to_be_of_before_until_it_is_run_again(at):
    tab = at(SECOND)
    page = tab.page
    page.get_by_text("8 个例子，0 个不符").wait_for()
    typed(tab, 1, "次手术点数", "32")
    said = page.get_by_text("✗ 分情形 第 2 行 次手术点数：应得 32，得到 40")
    said.wait_for()
    assert said.inner_text().endswith("得到 40") and "wb-bad" in said.get_attribute("class")
    typed_only(tab, 1, "次手术点数", "40")
    page.keyboard.press("Enter")
    page.get_by_text("得到 40（改之前的结果，再运行）").wait_for()
    assert "wb-bad" not in said.get_attribute("class") and "wb-quiet" in said.get_attribute("class")
    page.keyboard.press("Control+Enter")
    page.get_by_text("8 个例子，0 个不符").wait_for()
    page.get_by_text("改之前的结果").wait_for(state="detached")


def test_an_article_that_a_reason_cites_leads_to_its_text_and_the_way_back_to_where_one_was(at):
    tab = at(SECOND)
    page = tab.page
    page.get_by_text("8 个例子，0 个不符").wait_for()
    cell(tab, 1, "次手术点数").click()
    tree = page.locator(".wb-tree > details", has_text="次手术点数")
    tree.get_by_role("link", name="第八条（三）").click()
    tab.stands()
    page.get_by_role("tab", name="原文", selected=True).wait_for()
    page.locator(".wb-law").get_by_text("（三）第二个手术所属病组没有公布基准点数的").wait_for()
    page.locator(".cm-activeLine", has_text="次手术点数:").wait_for()
    page.locator(".q-tree__node--selected", has_text="第八条").first.wait_for()
    page.get_by_role("navigation", name="页").get_by_role("link", name="例子").click()
    tab.stands()
    page.get_by_text("分情形 第 2 行 次手术点数 怎么来的").wait_for()
    page.get_by_role("navigation", name="页").get_by_role("link", name="规则").click()
    tab.stands()
    page.locator(".wb-law").get_by_text("（三）第二个手术所属病组没有公布基准点数的").wait_for()
