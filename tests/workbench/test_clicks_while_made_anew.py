"""Clicks that begin before something is made anew and end after it: each does what it would have done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.workbench.served import REGION, Served, Tab, serving_apart

FILE = "第三章 病组和点数.yaml"
SIDE = ".wb-rule-side"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own: these tests write."""
    with serving_apart(tmp_path_factory, "clicks") as found:
        yield found


@pytest.fixture
def at(tab_of: Callable[..., Tab], desk: Served) -> Callable[[str], Tab]:
    for path in (desk.drafts or desk.folder).rglob("*.draft"):
        path.unlink()

    def opened(path: str) -> Tab:
        tab = tab_of(desk)
        tab.enter(f"/r/{REGION}/{path}")
        return tab

    return opened


def write_at_the_end(tab: Tab, text: str) -> None:
    """Without the mouse, whose button may be down, and at once: the cursor is on no name on the way."""
    tab.page.locator(".cm-content").focus()
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.insert_text(text)


def by_script(tab: Tab, name: str) -> None:
    """A button is pressed without the mouse, whose own button is down."""
    tab.page.get_by_role("button", name=re.compile(name)).last.evaluate("(button) => button.click()")


def test_a_name_beside_the_text_while_another_comes_to_its_list(at: Callable[[str], Tab]) -> None:
    tab = at("rules?name=次手术点数&tab=name")
    side = tab.page.locator(SIDE)
    side.get_by_text("读它的").wait_for()
    assert side.get_by_role("link", name="新的").count() == 0
    with tab.pressing(side.get_by_role("link", name="次手术比例", exact=True)):
        write_at_the_end(tab, "新的: {粒度: 付费病例, 单位: 点, 公式: 次手术点数 × 2, 依据: 办法 第八条}")
        side.get_by_role("link", name="新的", exact=True).wait_for()
    tab.page.locator(".cm-activeLine", has_text="次手术比例:").wait_for()


def test_an_example_beside_the_text_while_it_comes_out_otherwise(at: Callable[[str], Tab]) -> None:
    tab = at("rules?name=次手术点数&tab=examples")
    side = tab.page.locator(SIDE)
    side.get_by_role("button", name="运行全部例子").click()
    side.get_by_text("✓", exact=True).first.wait_for()
    example = side.locator(".wb-example-row").first.get_by_role("link")
    name = example.inner_text()
    with tab.pressing(example):
        write_at_the_end(tab, "# 二句")
        side.get_by_text("还没有运行过例子").wait_for()
    tab.page.locator(".cm-activeLine", has_text=name).wait_for()


def test_a_step_of_the_reasons_while_the_case_is_priced_anew(at: Callable[[str], Tab]) -> None:
    tab = at("case")
    tree = tab.page.locator(".wb-tree")
    second = tree.locator("> details").nth(1)
    second.wait_for()
    with tab.pressing(second.locator("> summary .wb-step-value")):
        tab.page.get_by_label("住院总费用 *").fill("2600")
        tree.get_by_text("= 低倍率").first.wait_for()
    second.get_by_text("适用：低倍率病例").wait_for()
    assert second.evaluate("(details) => details.open")


def test_an_open_step_closes_while_the_case_is_priced_anew(at: Callable[[str], Tab]) -> None:
    tab = at("case")
    first = tab.page.locator(".wb-tree > details").first
    first.locator(".wb-step-inside > .wb-step").first.wait_for()
    with tab.pressing(first.locator("> summary .wb-step-value")):
        tab.page.get_by_label("住院总费用 *").fill("2600")
        tab.page.locator(".wb-tree").get_by_text("= 低倍率").first.wait_for()
    first.locator(".wb-step-inside .wb-step").first.wait_for(state="hidden")


def test_an_article_in_the_tree_while_the_files_become_others(at: Callable[[str], Tab]) -> None:
    """After the others: saving runs the examples, and what is told of that goes again with the next change."""
    tab = at(f"rules?file={FILE}")
    page = tab.page
    write_at_the_end(tab, "# 一句")
    page.get_by_text("草稿已留在磁盘上").wait_for()
    page.locator(".wb-node-draft").wait_for()
    with tab.pressing(page.locator(".wb-node", has_text=re.compile("^第八条$"))):
        by_script(tab, "^存…")
        page.get_by_role("button", name="存 1 个文件").wait_for()
        by_script(tab, "^存 1 个文件")
        page.get_by_role("dialog").wait_for(state="detached")
        page.locator(".wb-node-draft").wait_for(state="detached")
    page.locator(SIDE).get_by_text("一次住院完成两个以上手术的").wait_for()
