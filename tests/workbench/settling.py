"""A result in the folder of a workbench, and how a person fills in the settlement page."""

from __future__ import annotations

from pathlib import Path

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
    """Program, period and data of the region itself."""
    choose(tab, "程序", "月度预结算")
    typed(tab, "期间", "2025-03")
    tab.page.get_by_label("文件夹和以前的结果（后面的盖前面的）").click()
    tab.page.get_by_role("option", name=data, exact=True).click()
    tab.page.keyboard.press("Escape")


def jobs_of(served: Served) -> Path:
    return served.folder.parent / f"{served.folder.name}-jobs"
