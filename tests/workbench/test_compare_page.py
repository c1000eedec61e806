"""Two results on a page: every figure is that of ``casemix compare``, and a row leads to its two reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import expect

from engine.api import run
from engine.compare.runs import read_run
from engine.compare.sheets import Sheets
from tests.workbench.served import REGION, Tab, copied, serving
from tests.workbench.settling import RESULT, with_result

COMPARE = f"/r/{REGION}/compare"
OTHER = "结果/改了"
OVERLAPPING = """(svg) => {
  const boxes = [...svg.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
  const over = (a, b) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
  const after = (n, box) => boxes.slice(n + 1).filter(([, other]) => over(box, other));
  return boxes.flatMap(([a, box], n) => after(n, box).map(([b]) => [a, b]));
}"""
"""Texts of a drawing that lie over each other."""


def test_a_changed_figure_shows_who_gains_down_to_a_row_with_both_reasons(
    tab_of: Callable[..., Tab], tmp_path: Path
) -> None:
    folder = copied(tmp_path / "two", REGION)
    one = with_result(folder)
    region = folder / "regions" / REGION
    data = copied(tmp_path / "other", REGION) / "regions" / REGION / "示例数据"
    text = (data / "病组.csv").read_text("utf-8-sig").replace("168.00", "188.00")
    (data / "病组.csv").write_text(text, "utf-8")
    run(region, "月度预结算", "2025-03", data, folder / OTHER)
    with Sheets(read_run("A", one), read_run("B", folder / OTHER), "月度预结算表") as sheets:
        changed = next(c for c in sheets.difference().changed if c.heading == "点数")
    with serving(folder, tmp_path / "log.txt") as served:
        tab = tab_of(served)
        tab.enter(f"{COMPARE}?{urlencode({'a': RESULT, 'b': OTHER, 'by': '机构编码'})}")
        tab.page.get_by_text("张报表不同").wait_for()
        row = tab.page.get_by_role("row").filter(has_text="点数").filter(has_text=f"{changed.after:,f}").first
        assert f"{changed.before:,f}" in row.inner_text()
        assert row.locator("td").first.inner_text().endswith("点数（点）")
        tab.page.get_by_text("应付金额（元），按 机构编码").wait_for()
        assert tab.serious() == []
        bars = tab.page.locator(".wb-bars svg").first
        bars.locator("text").first.wait_for()
        assert bars.evaluate(OVERLAPPING) == []
        tab.page.get_by_role("cell", name="YX01 云溪第一医院").first.get_by_role("link").click()
        rows = tab.page.get_by_text(re.compile("^机构编码 YX01 云溪第一医院：变得最多的 [0-9]+ 行$")).first
        expect(rows).to_be_in_viewport()
        expect(tab.page.get_by_text("YX01，职工，本地").first).to_be_in_viewport()
        tab.page.get_by_role("link", name="列出全部的行").click()
        tab.page.get_by_text("应付金额（元），按 机构编码").wait_for()
        tab.page.locator(".wb-more").filter(has_text="变得最多的").first.locator(".q-item").first.click()
        tab.page.get_by_role("link", name="两边的理由").first.click()
        tab.page.wait_for_url("**grain=**")
        tab.page.locator("section.wb-card .wb-tree").nth(1).wait_for()
        assert tab.serious() == []
        above = tab.page.get_by_role("heading", level=1).inner_text()
        tab.page.get_by_label("病例明细里属于它的行").get_by_role("link", name="两边的理由").first.click()
        tab.page.get_by_role("link", name=f"回到 {above}").wait_for()
        assert tab.page.get_by_role("heading", level=1).inner_text().startswith("病例 ")
        tab.page.get_by_label("不同从哪里开始").get_by_role("row").nth(1).wait_for()
        tab.page.context.close()
