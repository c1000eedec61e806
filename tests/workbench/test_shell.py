"""The shell: the link, the regions, the navigation, light and dark, and that nothing is slow or from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from engine.rulebook.book import load
from engine.rulebook.model import REQUIRED
from engine.rulebook.unsure import unsure
from tests.workbench.served import REGION, ROOT, Served, Tab


def test_the_printed_link_leads_to_the_regions_and_leaves_no_token_in_the_address(tab: Tab) -> None:
    assert tab.page.url == tab.served.base + "/"
    tab.page.get_by_text("云溪市（示例）").wait_for()
    tab.page.get_by_text("没有错误").wait_for()
    assert tab.page.locator("html").get_attribute("lang") == "zh-CN"


def test_the_first_page_lists_what_is_open_and_what_is_not_official_and_leads_there(tab: Tab) -> None:
    tab.page.get_by_text("没有待定").wait_for()
    listed = [one for one in unsure(load(ROOT / "regions" / REGION)) if one.provenance.status != REQUIRED]
    tab.page.get_by_text(f"{len(listed)} 项不是正式的").click()
    first = tab.page.locator(".wb-pending").get_by_role("link")
    first.nth(len(listed) - 1).wait_for()
    assert first.all_inner_texts() == [one.name for one in listed]
    first.nth(0).click()
    tab.page.wait_for_url(f"**/rules?name={quote(listed[0].name)}&tab=name**")


def test_a_region_is_called_by_its_name_and_its_rows_as_it_calls_them(tab: Tab) -> None:
    tab.page.get_by_text("没有错误").wait_for()
    card = tab.page.locator(".wb-card")
    assert " ".join(card.inner_text().split()).startswith(f"云溪市（示例） {REGION} ")
    assert "病例" in card.get_by_role("navigation").inner_text().split()
    card.get_by_role("link", name="云溪市（示例）").click()
    tab.stands()
    chosen = tab.page.locator(".wb-region")
    assert "云溪市（示例）" in chosen.inner_text() and REGION in chosen.locator(".q-field__label").inner_text()
    tab.page.get_by_role("navigation", name="页").get_by_role("link", name="病例", exact=True).click()
    tab.page.wait_for_function("document.title === '病例 · 云溪市（示例） · Casemix 工作台'")


def test_an_address_opens_the_same_page_in_another_tab(tab: Tab) -> None:
    other = tab.page.context.new_page()
    other.goto(tab.served.address("/"))
    other.get_by_text("云溪市（示例）").wait_for()


def test_a_request_to_elsewhere_would_be_seen_here_and_in_windows_that_are_opened(tab: Tab) -> None:
    there = ["http://192.0.2.1/one.png", "http://192.0.2.2/two.png", "ws://192.0.2.3/three"]
    for number, ask in enumerate(("new Image().src = ", "new Image().src = ", "new WebSocket")):
        page = tab.page if number == 0 else tab.page.context.new_page()
        page.goto("about:blank")
        page.evaluate(f"() => {{ {ask}({there[number]!r}) }}")
    tab.page.wait_for_timeout(300)
    assert sorted(tab.strange) == there
    tab.strange.clear()
    tab.wrong.clear()


def test_what_is_no_page_or_no_region_says_so(served: Served, tab: Tab) -> None:
    for path in ("/nothing", "/r/..%2F..%2Fetc/case", "/r/nowhere/case"):
        answer = tab.page.goto(served.address(path))
        assert answer.status == 404
        tab.page.get_by_text(f"有的地区：{REGION}").wait_for()
    tab.wrong.clear()  # the browser's own words about 404


def test_light_and_dark_follow_the_system_until_the_reader_chooses(tab: Tab) -> None:
    body = tab.page.locator("body")
    tab.page.emulate_media(color_scheme="dark")
    tab.page.wait_for_selector("body.body--dark")
    tab.page.get_by_role("button", name="跟随系统").click()
    tab.page.wait_for_selector("body.body--light")
    tab.page.get_by_role("button", name="浅色").click()
    tab.page.wait_for_selector("body.body--dark")
    tab.page.emulate_media(color_scheme="light")
    tab.page.reload()
    tab.stands()
    assert "body--dark" in body.get_attribute("class")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_first_page(tab_of: Callable[..., Tab], served: Served, look: str) -> None:
    tab = tab_of(served, color_scheme=look)
    tab.enter()
    tab.page.get_by_text("没有错误").wait_for()
    assert tab.serious() == []


def test_the_keyboard_reaches_the_text_first_and_sees_where_it_is(tab: Tab) -> None:
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.textContent") == "跳到正文"
    tab.page.keyboard.press("Tab")
    width = tab.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(re.sub("px", "", width)) >= 2
    link = tab.page.locator(".wb-card a").first
    stood = link.bounding_box()
    link.focus()
    assert link.evaluate("one => one.matches(':focus-visible')") and link.bounding_box() == stood  # nothing jumps


def test_on_paper_there_is_no_navigation(tab: Tab) -> None:
    tab.page.get_by_text("云溪市（示例）").wait_for()
    tab.page.emulate_media(media="print")
    assert not tab.page.locator(".wb-header").is_visible()
    assert tab.page.get_by_text("云溪市（示例）").is_visible()


def test_a_region_on_the_first_page_leads_to_each_of_its_pages(tab: Tab) -> None:
    links = tab.page.locator(".wb-card-pages a")
    titles = links.all_inner_texts()
    assert len(titles) >= 2
    assert [
        one for one in links.evaluate_all("all => all.map(one => one.pathname)") if f"/r/{REGION}/" not in one
    ] == []
