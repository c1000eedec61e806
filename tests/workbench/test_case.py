"""The page of a case: its form, its address, its curve, and what is said of a value that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.workbench.served import REGION, Served, Tab

CASE = f"/r/{REGION}/case"


@pytest.fixture
def tab(tab_of: Callable[..., Tab], served: Served) -> Tab:
    """On the shared workbench, let in; each test opens the page of a case at an address of its own."""
    found = tab_of(served)
    found.let_in()
    return found


def shows(tab: Tab, name: str, value: str) -> None:
    """Waits until a figure of the case says so."""
    tab.page.locator(".wb-figures > div", has_text=name).locator("dd", has_text=value).wait_for()


def test_what_the_page_shows_is_in_its_address(tab: Tab, tab_of: Callable[..., Tab]) -> None:
    tab.open(CASE)
    shows(tab, "结算点数", "82.7050")
    tab.page.get_by_label("住院总费用 *").fill("2600")
    shows(tab, "病例类型", "低倍率")
    tab.page.wait_for_function("location.search.includes('2600')")
    other = tab_of(tab.served)
    other.enter(tab.page.url.removeprefix(tab.served.base))
    shows(other, "病例类型", "低倍率")
    assert other.page.get_by_label("住院总费用 *").input_value() == "2600"


def test_a_number_that_the_data_have_is_told_and_its_values_are_filled_in(tab: Tab) -> None:
    tab.open(CASE)
    tab.page.get_by_text("表单里就是 示例数据/病例.csv 第 2 行。").wait_for()
    number = tab.page.get_by_label("病例号 *")
    number.fill("202503023")
    tab.page.get_by_text("示例数据/病例.csv 第 56 行 有 病例 202503023，表单里的值和它不一样。").wait_for()
    assert tab.page.get_by_label("住院总费用 *").input_value() == "4317.97"  # nothing is overwritten unasked
    tab.page.get_by_role("button", name="填进表单").click()
    shows(tab, "结算点数", "315.0500")
    tab.page.get_by_text("表单里就是 示例数据/病例.csv 第 56 行。").wait_for()
    assert tab.page.get_by_label("期间").input_value() == "2025-03"
    assert tab.page.get_by_label("住院总费用 *").input_value() == "36756.00"
    tab.page.get_by_label("住院总费用 *").fill("36755")
    tab.page.get_by_role("button", name="填进表单").wait_for()
    number.fill("云溪九号")
    tab.page.get_by_text("示例数据 里没有 病例 云溪九号：按表单里填的算。").wait_for()


def test_where_no_data_are_chosen_the_page_says_that_nothing_is_looked_for(tab: Tab) -> None:
    tab.open(f"{CASE}?period=2025-03&data=%7C&{quote('病例号')}=202503023")
    tab.page.get_by_text("没有选数据，不知道到哪里找 病例 202503023：按表单里填的算。").wait_for()


def test_another_period_and_an_empty_form_are_other_addresses(tab: Tab) -> None:
    tab.open(CASE)
    shows(tab, "结算点数", "82.7050")
    tab.page.get_by_label("期间").fill("2025-03")
    tab.page.get_by_label("期间").press("Enter")
    tab.page.get_by_text("不属于 2025-03").wait_for()
    tab.page.get_by_role("button", name="清空表单").click()
    tab.page.get_by_text("拒收", exact=True).wait_for()
    assert tab.page.get_by_label("病例号 *").input_value() == ""


def test_a_wrong_value_says_what_is_wrong_with_it(tab: Tab) -> None:
    tab.open(CASE)
    shows(tab, "结算点数", "82.7050")
    tab.page.get_by_label("住院总费用 *").fill("四千")
    tab.page.get_by_text("数据格式：住院总费用：“四千”").wait_for()
    field = tab.page.locator(".wb-field", has=tab.page.get_by_label("住院总费用 *"))
    field.get_by_text("“四千”不是数").wait_for()
    tab.page.get_by_text("住院总费用 读不出来，没有曲线").wait_for()
    assert tab.page.locator(".wb-chart").count() == 0
    tab.page.get_by_label("住院总费用 *").fill("4317.97")
    tab.page.locator(".wb-chart svg").wait_for()
    assert tab.page.locator(".wb-field.q-field--error").count() == 0
    tab.page.get_by_label("统筹基金支出 *").focus()
    assert tab.page.locator(".wb-field.q-field--focused").evaluate("(one) => getComputedStyle(one).zIndex") == "4"
    first = tab.page.locator(".wb-tree > details").filter(has_text="结算点数").first.locator("> summary")
    assert "= 82.7050 点" in first.inner_text()  # as in the figures above
    marks = tab.page.locator(".wb-chart text", has_text=re.compile(r"^\d+\.\d\d$")).all_text_contents()
    assert marks and marks == sorted(set(marks), key=float)


def test_published_tables_that_are_not_there_are_asked_for(tab: Tab) -> None:
    tab.open(CASE)
    shows(tab, "结算点数", "82.7050")
    tab.page.wait_for_function("location.search.includes('4317.97')")
    tab.page.goto(re.sub(r"data=[^&]*", "data=%7C", tab.page.url))
    tab.page.get_by_text("没有交来").first.wait_for()
    tab.page.get_by_text("→ 公布的表不全").wait_for()


def test_the_numbers_of_the_curve_go_with_the_case(tab: Tab) -> None:
    tab.open(CASE)
    tab.page.locator(".wb-chart svg").wait_for()
    tab.page.get_by_label("到", exact=True).fill("3000")
    tab.page.wait_for_function("location.search.includes('to=3000')")
    tab.page.locator(".wb-thresholds").get_by_text("2724.39 → 2724.40：低倍率 → 正常，38.9199 → 82.7050").wait_for()
    tab.page.locator(".wb-thresholds", has_text="20433").wait_for(state="detached")


def test_script_in_a_value_is_text(tab: Tab) -> None:
    bad = "<img src=x onerror=window.reached=1><script>window.reached=1</script>{{1+1}}"
    address = f"{CASE}?period=2025-01&data={quote('示例数据')}&new=1&{quote('病例号')}={quote(bad)}"
    tab.open(address)
    assert tab.page.get_by_label("病例号 *").input_value() == bad
    tab.page.get_by_text("拒收", exact=True).wait_for()
    tab.page.get_by_label("住院总费用 *").fill("<b onmouseover=1>")
    tab.page.get_by_text("<b onmouseover=1>").first.wait_for()
    assert tab.page.evaluate("window.reached") is None


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(tab_of: Callable[..., Tab], served: Served, look: str) -> None:
    tab = tab_of(served, color_scheme=look)
    tab.enter(CASE)
    shows(tab, "结算点数", "82.7050")
    tab.page.locator(".wb-tree summary").first.click()
    tab.page.locator(".wb-chart svg").wait_for()
    assert tab.serious() == []


@pytest.mark.parametrize("width", [1366, 1920])
def test_nothing_is_wider_than_the_screen(tab_of: Callable[..., Tab], served: Served, width: int) -> None:
    tab = tab_of(served, viewport={"width": width, "height": 768})
    tab.enter(CASE)
    tab.page.locator(".wb-chart svg").wait_for()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
