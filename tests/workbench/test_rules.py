"""The rules page: what a person does there, by the keys and the mouse of a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.workbench.served import REGION, Served, Tab, comes_to, copied, held, serving, serving_apart, undo

pytestmark = pytest.mark.slow
PAGE = f"/r/{REGION}/rules"
FILE = "第三章 病组和点数.yaml"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own: these tests write."""
    with serving_apart(tmp_path_factory, "rules") as found:
        yield found


def rules_of(served: Served) -> str:
    return (served.folder / "regions" / REGION / FILE).read_text("utf-8")


def kept(served: Served) -> list[str]:
    found = served.drafts.rglob("*.draft")
    return [json.loads(path.read_text("utf-8"))["text"] for path in found]


def stands(tab: Tab) -> None:
    """The file's text is in the editor, and the editor knows the rules: it completes and is named."""
    tab.page.wait_for_function("document.querySelector('.cm-content[aria-label=规则文件]')?.innerText.length > 40")


@pytest.fixture
def at(tab_of: Callable[..., Tab], desk: Served) -> Callable[..., Tab]:
    """A page on the rules, opened at an address."""

    for path in desk.drafts.rglob("*.draft"):
        path.unlink()

    def opened(query: str, **options: object) -> Tab:
        tab = tab_of(desk, **options)
        tab.enter(PAGE + query)
        stands(tab)
        return tab

    return opened


def drop(page: Any) -> None:
    """The draft of the file that is open, as a person drops it."""
    page.get_by_role("button", name="不要草稿").click()
    page.get_by_role("button", name="不要了").click()


def test_an_article_is_read_beside_the_rules_that_state_it(at):
    tab = at("")
    tab.page.locator(".wb-node", has_text=re.compile("^第八条$")).click()
    tab.page.get_by_text("一次住院完成两个以上手术的").wait_for()
    tab.page.locator(".cm-content").get_by_text("第二个手术按其所属病组基准点数的 50% 增加点数").wait_for()
    assert tab.page.locator(".wb-node-none").all_inner_texts() == ["第十六条（没有规则）"]
    tab.page.locator(".wb-rule-side").get_by_role("link", name="次手术比例").first.click()
    tab.page.locator(".cm-activeLine", has_text="次手术比例:").wait_for()
    assert "name=%E6%AC%A1" in tab.page.url


BELOW_THE_BUTTONS = """(card) => {
  card.style.maxHeight = '120px';  // so that there is more than fits
  const bar = card.querySelector('.wb-rule-bar').getBoundingClientRect();
  const gap = Math.round(card.getBoundingClientRect().bottom - bar.bottom);
  card.style.maxHeight = '';
  return gap;
}"""
"""Pixels in which what scrolls by would show."""


def test_many_mistakes_that_can_mean_nothing_else_are_mended_by_one_click(at, desk):
    before = rules_of(desk)
    tab = at(f"?file={FILE}")
    page = tab.page
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    tab.composed("一个数：{单位：元，取值：{2026/1/1：1}}")
    page.keyboard.press("Enter")
    tab.composed("又一个数：{单位：元，取值：{2026/1/1：2}}")
    page.get_by_text("后面是全角冒号").first.wait_for()
    page.wait_for_timeout(2000)  # the last sign was typed and checked
    page.get_by_role("button", name="只有一种改法的都改好").click()
    page.get_by_text("改好了：").wait_for()
    page.get_by_text("后面是全角冒号").first.wait_for(state="detached")
    wanted = "一个数: {单位: 元, 取值: {2026-01-01: 1}}\n又一个数: {单位: 元, 取值: {2026-01-01: 2}}"
    comes_to(lambda: kept(desk), [before + wanted])


def test_a_mistake_is_told_mended_kept_saved_and_undone(at, desk):
    before = rules_of(desk)
    tab = at(f"?file={FILE}")
    page = tab.page
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    tab.composed("新的: ")
    page.keyboard.type("{粒度: 付费病例, 单位: 点, 公式: 次手")
    page.get_by_role("option", name="次手术点数").wait_for()
    page.wait_for_timeout(1000)  # the last answer has come
    page.keyboard.press("Enter")
    page.keyboard.type(" × 次手术比列, 依据: 办法 第八条}")
    page.get_by_text("没有 次手术比列 这个名字").wait_for()
    page.wait_for_timeout(2000)  # the last sign was typed and checked
    page.get_by_role("button", name="怎样改").first.click()
    page.get_by_role("button", name="改成 次手术比例").click()
    page.get_by_text("没有 次手术比列 这个名字").wait_for(state="detached")
    wanted = before + "新的: {粒度: 付费病例, 单位: 点, 公式: 次手术点数 × 次手术比例, 依据: 办法 第八条}"
    page.get_by_text("规则 新的 没有一个程序会读").wait_for()
    assert rules_of(desk) == before and kept(desk) == [wanted]

    with held(desk):
        page.get_by_role("button", name="存…").dblclick()
    page.get_by_text("新写 新的：").first.wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_text("新写 新的：").count() == 1
    (path,) = desk.drafts.rglob("*.draft")  # another window goes on while the difference is looked at
    said = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(said | {"text": wanted + "\n# 一", "revision": said["revision"] + 1}), "utf-8")
    assert tab.serious("[role=dialog]") == []
    assert page.locator(".wb-save-dialog").evaluate(BELOW_THE_BUTTONS) == 0
    page.get_by_role("button", name="存 1 个文件").click()
    page.get_by_text("存了 1 个文件").wait_for()
    assert rules_of(desk) == wanted and kept(desk) == [wanted + "\n# 一"]
    drop(page)
    comes_to(lambda: kept(desk), [])
    undo(page, "删去 新的：")
    known = page.locator(".q-notification").get_by_role("button", name="知道了")
    known.wait_for()
    assert known.evaluate("(one) => getComputedStyle(one).color") == "rgb(255, 255, 255)"  # as what the notice says
    assert tab.serious() == []
    assert rules_of(desk) == before
    page.get_by_text("存的：第三章 病组和点数.yaml 删去 新的：").wait_for()
    page.locator("button[disabled][title^=没有可撤销的]", has_text="撤销上次存的…").wait_for()


def test_no_sign_is_lost_while_one_types_on_and_the_rules_are_checked(at, desk):
    page = at(f"?file={FILE}").page
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    typed = "错: 乙 " + "".join(f"{number} " for number in range(40)) + "完"
    for part in typed.split(" "):
        page.keyboard.type(part + " ")
        page.wait_for_timeout(180)  # about as long as a pause: a check falls between
    page.keyboard.press("Escape")
    comes_to(lambda: kept(desk), [rules_of(desk) + typed + " "])


def test_a_figure_is_changed_in_a_form_and_a_gap_of_a_table_is_marked_in_its_grid(at, desk):
    tab = at("?name=低倍率界值&tab=figures")
    page = tab.page
    page.get_by_text("没有问题").first.wait_for()
    assert page.get_by_role("button", name="不要草稿").is_disabled()
    page.get_by_label("值", exact=True).fill("0.5")
    page.keyboard.press("Enter")
    page.get_by_text("取值: {2025-01-01: 0.5}").wait_for()
    page.get_by_role("button", name="不要草稿").click()
    page.get_by_role("button", name="留着").click()
    page.get_by_role("button", name="留着").wait_for(state="detached")
    assert len(kept(desk)) == 1
    drop(page)
    page.get_by_text("取值: {2025-01-01: 0.4}").wait_for()

    tab = at("?name=高倍率判定倍率&tab=figures")
    page = tab.page
    page.get_by_text("没有空缺，也没有重叠").wait_for()
    page.locator(".ag-cell", has_text="(100, 200]").dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("(120, 200]")
    page.keyboard.press("Enter")
    page.locator(".wb-rule-side").get_by_text("E701").wait_for()
    page.locator(".ag-cell.wb-cell-bad").first.wait_for()
    drop(page)
    page.get_by_text("没有空缺，也没有重叠").wait_for()
    assert kept(desk) == []


def test_who_types_on_in_the_form_while_a_figure_is_kept_keeps_what_they_typed(at, desk):
    page = at("?name=低倍率界值&tab=figures").page
    box = page.get_by_label("值", exact=True)
    with held(desk):
        box.fill("0.5")
        page.keyboard.press("Enter")
        page.keyboard.type("5")
    page.get_by_text(re.compile(r"取值: \{2025-01-01: 0\.55?\}")).wait_for()
    page.wait_for_timeout(500)
    assert box.input_value() == "0.55"
    page.keyboard.press("Enter")
    page.get_by_text("取值: {2025-01-01: 0.55}").wait_for()
    drop(page)
    page.get_by_text("取值: {2025-01-01: 0.4}").wait_for()
    comes_to(box.input_value, "0.4")


def test_of_files_that_are_opened_one_upon_the_other_the_last_stays(at, desk):
    page = at(f"?file={FILE}").page
    others = ("第四章 结算.yaml", "字段.yaml")
    with held(desk):
        for file in others:
            page.locator(".wb-node", has_text=re.compile(f"^{file}$")).click()
    chosen = page.get_by_label("文件", exact=True)
    page.wait_for_url(f"**file={quote(others[1], safe='')}**")
    page.wait_for_timeout(1500)
    assert chosen.input_value() == others[1]
    assert quote(others[1], safe="") in page.url


def test_a_text_is_laid_out_without_losing_what_is_typed_meanwhile(at, desk):
    page = at(f"?file={FILE}").page
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    with held(desk):
        page.keyboard.type("#  一\n甲:   {单位: 元,   取值: {2025-01-01: 1}}")
        page.keyboard.press("Shift+Alt+f")
        page.keyboard.type("  # 二")
    page.locator(".cm-line", has_text=re.compile("^甲: +{单位: 元, +取值: {2025-01-01: 1}}  # 二$")).wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("Shift+Alt+f")
    page.locator(".cm-line", has_text=re.compile("^甲: {单位: 元, 取值: {2025-01-01: 1}}  # 二$")).wait_for()


def test_a_name_is_changed_everywhere_as_drafts_and_what_is_left_is_told(at, desk):
    page = at("?name=次手术点数&tab=name").page
    page.get_by_text("它读的 7 个").wait_for()
    page.get_by_role("button", name="改名…").click()
    page.get_by_label("新名字").fill("结算点数")
    page.get_by_role("button", name="改名", exact=True).click()
    page.get_by_text("结算点数 已经是一个名字").wait_for()
    page.get_by_label("新名字").fill("第二手术点数")
    page.get_by_role("button", name="改名", exact=True).click()
    page.get_by_text(re.compile(r"个文件里 \d+ 处改了")).wait_for()
    assert len(kept(desk)) >= 2 and all("第二手术点数" in text for text in kept(desk))
    page.get_by_role("button", name="知道了").click()
    page.get_by_text("第二手术点数:").first.wait_for()


def test_the_tree_finds_words_of_an_article_and_what_is_chosen_is_readable(at):
    page = at("?name=次手术比例&tab=name").page
    page.locator(".wb-rule-side").get_by_text("第三章 病组和点数.yaml:49:1〔").wait_for()
    assert "/" not in page.locator(".wb-rule-side").inner_text()
    page.get_by_label("找", exact=True).fill("第三个以上的手术 不再增加")
    comes_to(page.locator(".wb-node", has_text="第七条").count, 0)  # the article, and the chapter of the file
    page.locator(".wb-node", has_text=re.compile("^第八条$")).click()
    page.get_by_text("一次住院完成两个以上手术的").wait_for()
    chosen = page.locator(".q-tree__node--selected .q-tree__node-header-content")
    chosen.wait_for()
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.q-tree__node--selected .q-tree__node-header-content')).color"
        " === getComputedStyle(document.body).color"
    )
    assert page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")


def test_what_is_found_in_the_tree_is_seen_and_closes_again_when_nothing_is_looked_for(at):
    page = at("").page
    name = page.locator(".wb-node", has_text=re.compile("^次手术比例$")).last
    assert not name.is_visible()
    page.get_by_label("找", exact=True).fill("次手术比例")
    name.wait_for()
    page.get_by_label("找", exact=True).fill("")
    name.wait_for(state="hidden")


def test_that_the_folder_of_the_region_is_gone_is_said_first(at, desk):
    page = at(f"?file={FILE}").page
    folder = desk.folder / "regions" / REGION
    away = folder.rename(desk.folder / "away")
    try:
        page.get_by_text(re.compile("^地区的文件夹不在了")).first.wait_for()
        page.get_by_role("button", name="存…").click()
        page.get_by_text("地区的文件夹不在了，没有存").wait_for()
    finally:
        away.rename(folder)
    page.get_by_text("和存着的一样；全部 0 个错误").wait_for()


def test_examples_tell_which_pass_and_what_no_one_reaches(at):
    tab = at("?name=次手术点数&tab=examples")
    tab.page.get_by_role("button", name="运行全部例子").click()
    tab.page.get_by_text("4 处，例子走到 4 处").wait_for()
    assert tab.page.locator(".wb-example-row .wb-good").count() == 1


def test_of_two_tabs_on_a_file_the_second_is_told_and_nothing_is_overwritten(at, desk):
    one, other = at(f"?file={FILE}"), at(f"?file={FILE}")
    one.page.locator(".cm-content").click()
    one.page.keyboard.press("Control+End")
    one.page.keyboard.type("# 一")
    one.page.get_by_text("草稿已留在磁盘上").wait_for()
    other.page.get_by_text("这个文件在另一个窗口里改过").wait_for()
    assert [text.endswith("# 一") for text in kept(desk)] == [True]
    other.page.get_by_role("button", name="看那边的").click()
    other.page.get_by_text("这个文件在另一个窗口里改过").wait_for(state="hidden")
    other.page.locator(".cm-content").click()  # the editor has only the lines that it shows in the page
    other.page.keyboard.press("Control+End")
    other.page.get_by_text("# 一", exact=True).wait_for()
    drop(other.page)
    other.page.get_by_text("和存着的一样").wait_for()


def test_a_figure_of_an_article_leads_to_its_form_which_says_what_may_be_filled_in(at):
    page = at(f"?article={quote('办法 第八条')}").page
    page.locator(".wb-law").get_by_text("第八条").first.wait_for()
    page.get_by_role("link", name="改数 次手术比例").click()
    page.locator(".wb-rule-side").get_by_label("值", exact=True).wait_for()
    page.locator(".wb-rule-side").get_by_text("可填 0 到 1", exact=True).wait_for()
    page.get_by_role("tab", name="原文").click()
    page.get_by_role("link", name="次手术点数").first.wait_for()
    assert page.get_by_role("link", name="改数 次手术点数").count() == 0  # a rule has no form


def test_what_was_typed_is_there_again_after_the_server_was_killed(tab_of, tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMIX_DRAFTS", str(tmp_path / "drafts"))
    folder = copied(tmp_path / "desk", REGION)
    with serving(folder, tmp_path / "log.txt") as served:
        tab = tab_of(served)
        tab.enter(PAGE + f"?file={FILE}")
        stands(tab)
        tab.page.locator(".cm-content").click()
        tab.page.keyboard.press("Control+End")
        tab.page.keyboard.type("# 没有存")
        tab.page.get_by_text("草稿已留在磁盘上").wait_for()
        served.process.kill()
        served.process.wait()
        tab.page.locator("#popup").get_by_text("端口和令牌都是新的").wait_for()
        first = tab
    with serving(folder, tmp_path / "log2.txt") as served:
        tab = tab_of(served)
        tab.enter(PAGE + f"?file={FILE}")
        tab.page.keyboard.press("Control+End")
        tab.page.get_by_text("草稿已留在磁盘上").wait_for()
        assert not Path(folder / "regions" / REGION / FILE).read_text("utf-8").endswith("# 没有存")
        for one in (first, tab):
            one.page.goto("about:blank")
        first.wrong.clear()  # the browser's own words about a server that is gone


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(at, look):
    tab = at("?name=次手术点数&tab=name", color_scheme=look)
    tab.page.get_by_text("它读的 7 个").wait_for()
    assert tab.serious() == []


def test_the_page_opens_on_the_first_article_that_is_computed_beside_its_rule(at):
    page = at("").page
    page.locator(".wb-law").get_by_text("第二条").first.wait_for()
    page.locator(".q-tree__node--selected", has_text="第二条").first.wait_for()
    comes_to(lambda: "第一章 总则和第二章 预算.yaml" in page.locator(".wb-middle .q-field").first.inner_text(), True)


def test_an_article_that_the_address_names_alone_is_opened_beside_a_rule_that_states_it(at):
    page = at(f"?article={quote('办法 第十二条')}").page
    page.locator(".wb-law").get_by_text("第十二条").first.wait_for()
    comes_to(lambda: "第四章 结算.yaml" in page.locator(".wb-middle .q-field").first.inner_text(), True)
