"""A result in the folder of a workbench, and how a person fills in the settlement page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from engine.api import run
from tests.workbench.served import REGION, ROOT, Served, Tab

DATA = ROOT / "regions" / REGION / "示例数据"
SETTLE = f"/r/{REGION}/settle"
RESULT = "结果/三月"


def with_result(folder: Path) -> Path:
    """March of the demonstration city, settled."""
    region = folder / "regions" / REGION
    run(region, "月度预结算", "2025-03", region / "示例数据", folder / RESULT, formats=("parquet",))
    return folder / RESULT


def choose(tab: Tab, label: str, text: str) -> None:
    tab.page.get_by_label(label, exact=True).click()
    tab.page.get_by_role("option", name=text, exact=True).click()


def typed(tab: Tab, label: str, text: str) -> None:
    field = tab.page.get_by_label(label, exact=True)
    field.fill(text)
    field.blur()


def filled(tab: Tab, data: str = "示例数据") -> None:
    """Program and period; data of the region itself, which are chosen where there are no others."""
    choose(tab, "程序", "月度预结算")
    typed(tab, "期间", "2025-03")
    if not chip(tab, data).count():
        tab.page.get_by_label("文件夹和以前的结果（后面的盖前面的）").click()
        tab.page.get_by_role("option", name=data, exact=True).click()
        tab.page.keyboard.press("Escape")


def chip(tab: Tab, name: str) -> Any:
    """Of data that are chosen."""
    return tab.page.locator(".q-chip").get_by_text(name, exact=True)


def to_result(tab: Tab) -> None:
    """From the job to its result: who waited is led there, who came when it had ended follows a link."""
    page = tab.page
    page.wait_for_url(re.compile("(job|result)="))
    page.wait_for_function("location.search.includes('result=') || document.querySelector('a.wb-go')")
    if "result=" not in page.url:
        page.get_by_role("link", name="看结果").click()
    page.wait_for_url("**result=**")
    tab.stands()


def jobs_of(served: Served) -> Path:
    return served.folder.parent / f"{served.folder.name}-jobs"
