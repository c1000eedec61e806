"""The pictures of the settlement page, taken anew: nothing is wider than the window, axe finds nothing serious, and the
chapter of the handbook shows no other.

``CASEMIX_PICTURES=1`` puts them into docs; else they go to a folder of the test.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.workbench.served import REGION, ROOT, Tab, copied, serving
from tests.workbench.settling import RESULT, SETTLE, filled, to_result, with_result

CHAPTER = ROOT / "docs" / "handbook" / "22-在工作台结算.md"
HANDBOOK, GALLERY = ROOT / "docs" / "handbook" / "pictures" / "22", ROOT / "docs" / "workbench"
VIEWS = ("核对", "完成", "报表", "去向", "理由")
LOOKS = (("light", 1366, 768), ("dark", 1366, 768), ("light", 1920, 1080), ("dark", 1920, 1080))


def taken(tab: Tab, out: Path, name: str) -> None:
    wide = tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} pixels wider than the window"
    tab.page.mouse.move(5, 300)
    tab.page.wait_for_timeout(400)  # what moves has come to rest
    assert tab.serious() == [], name
    tab.page.screenshot(path=str(out / f"{name}.png"))


@pytest.mark.slow
def test_the_pictures_are_taken_again(tab_of: Callable[..., Tab], tmp_path: Path) -> None:
    folder = copied(tmp_path / "city", REGION)
    with_result(folder)
    out = tmp_path / "pictures"
    out.mkdir()
    with serving(folder, tmp_path / "log.txt") as served:
        for look, width, height in LOOKS:
            tab = tab_of(served, color_scheme=look, viewport={"width": width, "height": height})
            named = f"-{width}-{look}"
            tab.enter(SETTLE)
            filled(tab)
            tab.page.get_by_role("button", name="先核对数据").click()
            tab.page.get_by_text("数据齐了").wait_for()
            taken(tab, out, f"核对{named}")
            tab.page.get_by_role("button", name="开始结算").click()
            to_result(tab)
            tab.page.go_back()
            tab.page.get_by_role("link", name="看结果").wait_for()
            taken(tab, out, f"完成{named}")
            tab.open(f"{SETTLE}?{urlencode({'result': RESULT, 'table': '月度拨付表'})}")
            tab.page.get_by_role("tabpanel", name="月度拨付表").get_by_role("link", name="理由").first.wait_for()
            taken(tab, out, f"报表{named}")
            tab.page.get_by_role("tab", name="去向和必须").click()
            tab.page.get_by_text("每一行去了哪里").wait_for()
            taken(tab, out, f"去向{named}")
            why = {"result": RESULT, "grain": "机构池", "key": "YX01,居民,本地"}
            tab.open(f"{SETTLE}?{urlencode(why)}")
            tab.page.locator(".wb-step-inside summary").first.click()
            taken(tab, out, f"理由{named}")
            tab.page.context.close()
    shown = re.findall(r"\(pictures/22/(.+?)\.png\)", CHAPTER.read_text("utf-8"))
    assert sorted(shown) == sorted(VIEWS)
    if os.environ.get("CASEMIX_PICTURES"):
        HANDBOOK.mkdir(parents=True, exist_ok=True)
        for name in VIEWS:
            shutil.copy(out / f"{name}-1366-light.png", HANDBOOK / f"{name}.png")
        for path in out.glob("*.png"):
            if path.name.startswith(("核对", "报表", "理由")):
                shutil.copy(path, GALLERY / f"结算-{path.name}")
    for name in shown:
        assert (HANDBOOK / f"{name}.png").is_file()
