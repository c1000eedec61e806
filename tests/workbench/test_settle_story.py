"""The settlement story: a dirty delivery is dropped, read, mended by a mapping, settled, explained and downloaded."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine.results.opened import open_result
from tests.workbench.served import REGION, Served, copied, serving
from tests.workbench.settling import DATA, choose, to_result, typed

MAPPING = "病例:\n  来自: 出院病人"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench of its own: results are made in its folder."""
    folder = copied(tmp_path_factory.mktemp("settling"), REGION)
    with serving(folder, tmp_path_factory.mktemp("log") / "log.txt") as found:
        yield found
        assert found.said().count("SLOW") <= 2  # what is loaded the first time


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's deliveries, with the cases under other names, one cost that is no number, one too large."""
    folder = tmp_path_factory.mktemp("dirty")
    for name in ("医疗机构", "年度指标", "病组", "预算"):
        (folder / f"{name}.csv").write_bytes((DATA / f"{name}.csv").read_bytes())
    lines = list(csv.reader((DATA / "病例.csv").read_text("utf-8-sig").splitlines()))
    at = lines[0].index("住院总费用")
    lines[0][at] = "总费用"
    lines[2][at] = "五千"
    with (folder / "出院病人.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(lines)
    return folder


def test_a_dirty_delivery_is_mended_settled_explained_and_downloaded(
    tab_of: Callable[..., Any], bench: Served, dirty: Path, tmp_path: Path
) -> None:
    tab = tab_of(bench, accept_downloads=True)
    tab.enter()
    page = tab.page
    page.get_by_role("navigation", name="云溪市（示例）").get_by_role("link", name="结算").click()
    tab.stands()
    choose(tab, "程序", "月度预结算")
    page.get_by_text("期间写成 2025-03").wait_for()
    typed(tab, "期间", "2025-03")
    page.locator("input[type=file]").set_input_files(sorted(dirty.iterdir()))
    page.get_by_text("收下 预算.csv").wait_for()
    page.get_by_role("button", name="从列表里拿掉 预算.csv").wait_for()
    assert tab.serious() == []
    page.get_by_role("button", name="先核对数据").click()
    page.get_by_text("没有交来表：病例").wait_for()  # as casemix run says it

    page.get_by_role("button", name="编辑映射").click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(MAPPING)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("button", name="先核对数据").click()
    lacks = page.get_by_text("缺少列 住院总费用（是不是文件里的 总费用？）")
    lacks.wait_for()
    assert lacks.inner_text().startswith("交来/")
    assert str(lacks.get_attribute("title")).startswith(f"{bench.folder}/交来/")

    page.get_by_role("button", name="把列对上…").click()
    field = page.get_by_label("文件里的哪一列是 住院总费用")
    field.wait_for()
    assert field.input_value() == "总费用"
    assert tab.serious("[role=dialog]") == []
    page.get_by_role("button", name="写进映射，再核对").click()
    page.get_by_text("数据能读，有的行读不出来").wait_for()
    assert page.get_by_text(re.compile("五千|出院病人.csv 第 3 行")).count() >= 1

    page.get_by_role("button", name="开始结算").click()
    to_result(tab)
    tab.stands()
    result = open_result(bench.folder / "结果" / f"{REGION}-月度预结算-2025-03")
    page.get_by_role("tab", name=re.compile("月度拨付表")).click()
    assert "example" in result.said

    page.get_by_role("tab", name=re.compile("拒收 病例")).click()
    page.get_by_role("tab", name="去向和必须").click()
    page.get_by_text("每一行去了哪里").wait_for()
    page.get_by_role("tab", name="不是正式的").click()

    page.get_by_role("tab", name=re.compile("病例明细")).click()
    page.locator(".ag-cell", has_text=re.compile("^YX02 云溪第二医院$")).first.wait_for()
    page.get_by_role("tab", name=re.compile("月度预结算表")).click()
    panel = page.get_by_role("tabpanel", name=re.compile("月度预结算表"))
    panel.get_by_role("link", name="理由").first.wait_for()
    panel.locator(".ag-header-cell", has=page.get_by_text("点数（点）", exact=True)).wait_for()
    added = result.page("月度预结算表").sums["应付金额"]
    panel.locator(".ag-row-pinned .ag-cell", has_text=f"{added:,f}").first.wait_for()
    with page.expect_download() as download:
        panel.get_by_role("button", name="下载 Excel").click()
    download.value.save_as(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    table = result.table("月度预结算表")
    assert [cell.value for cell in sheet[1]] == [column.heading for column in table.columns]
    assert sheet.max_row >= table.rows + 1

    panel.get_by_role("link", name="理由").first.click()
    tab.stands()
    page.locator(".wb-step, .wb-leaf").first.wait_for()
    page.locator(".wb-step-inside .wb-code, .wb-step-inside .wb-step").first.wait_for()
