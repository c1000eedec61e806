"""The story of a hospital's desk: it prices a case, reads why it is paid so, and turns it into an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.workbench.served import REGION, Served, Tab, drafts_of, serving_apart

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own, with drafts of its own: the example is one."""
    with serving_apart(tmp_path_factory, "hospital") as found:
        yield found


def test_a_hospital_prices_a_case_reads_why_and_turns_it_into_an_example(
    tab_of: Callable[..., Tab], bench: Served
) -> None:
    tab = tab_of(bench)
    tab.enter()
    _priced(tab)
    _read_why(tab)
    _made_an_example(tab, bench)


def _priced(tab: Tab) -> None:
    page = tab.page
    page.get_by_role("link", name="云溪市（示例）").click()
    page.get_by_role("link", name="病例", exact=True).click()  # the region's own name for its rows
    _shows(tab, "结算点数", "82.7050 点")
    _shows(tab, "病例类型", "正常")
    page.get_by_label("病例号 *").select_text()
    tab.composed("云溪一号")
    page.get_by_text("〔付费病例 云溪一号〕").first.wait_for()
    page.get_by_label("住院总费用 *").fill("22000")
    _shows(tab, "病例类型", "高倍率")
    _shows(tab, "结算点数", "105.0907 点")  # 82.705 + (22000 − 3 × 6811) ÷ 7000 × 100, four decimals


def _shows(tab: Tab, name: str, value: str) -> None:
    """Waits until a figure of the case says so."""
    tab.page.locator(".wb-figures > div", has_text=name).locator("dd").get_by_text(value, exact=True).wait_for()


def _read_why(tab: Tab) -> None:
    """Down to the article and the line of the file; and where the next class begins."""
    page = tab.page
    why = page.locator(".wb-tree > details", has_text="病例类型")
    why.locator("> summary").click()
    inside = why.locator("> .wb-step-inside")
    inside.get_by_text("适用：高倍率病例（是）", exact=True).wait_for()
    assert inside.get_by_text("不适用：要求 低倍率病例；它是 否").count() == 1
    for name in ("高倍率病例", "超过高倍率", "高倍率判定倍率"):
        inside = inside.locator("> details", has_text=name).first
        inside.locator("> summary").click()
        inside = inside.locator("> .wb-step-inside")
    inside.get_by_text("办法 第七条（二）1").wait_for()
    place = inside.get_by_role("link", name="第三章 病组和点数.yaml 第 31 行", exact=True)
    place.wait_for()
    assert "/rules?name=" in str(place.get_attribute("href"))
    assert place.get_attribute("title") == f"regions/{REGION}/第三章 病组和点数.yaml:31:36"
    page.locator(".wb-thresholds").get_by_text("住院总费用 20433.00 → 20433.01：正常 → 高倍率").wait_for()


def _made_an_example(tab: Tab, bench: Served) -> None:
    """A draft, which passes, and is dropped again."""
    page = tab.page
    page.get_by_role("button", name="变成例子").click()
    page.get_by_role("link", name="写进了草稿：病例 云溪一号").click()
    page.get_by_text("9 个例子，0 个不符").wait_for()
    page.get_by_text("✓ 4 个值都符合").wait_for()
    (draft,) = drafts_of(bench).all()
    assert "  应得:\n    结算点数: 105.0907\n    病例类型: 高倍率\n" in draft.text
    groups = "    病组: |\n      病组编码 | 病组基准点数 | 稳定 | 基础病组\n      BR23     | 97.3         | 是   | 否\n"
    assert groups in draft.text
    page.get_by_role("button", name="不要草稿").click()
    page.get_by_role("button", name="不要了").click()
    page.get_by_text("8 个例子，0 个不符").wait_for()
    assert drafts_of(bench).all() == []
