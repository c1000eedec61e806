"""The pictures of the documentation: ``python -m tests.workbench.pictures [NAME…]`` takes them anew, a test again."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.api import simulate
from engine.drafts import Drafts
from tests.workbench.served import REGION, ROOT, Served, Tab, copied, serving

PICTURES = ROOT / "docs" / "workbench"
CHAPTER = "第三章 病组和点数.yaml"
SIZES = {1366: 768, 1920: 1080}
LOOKS = ("light", "dark")
REGIONS = ("jiyuan", "jiyuan-demo", REGION)
SIMULATED = "试算/次手术比例"


@dataclass(frozen=True)
class Picture:
    """A page at an address, with what has to stand on it before it is taken, and what is clicked in order.

    ``drafted``: in a folder where a change is drafted and was simulated.
    """

    name: str
    path: str
    awaits: str
    clicks: tuple[str, ...] = ()
    drafted: bool = False

    def file(self, width: int, look: str) -> str:
        return f"{self.name}-{width}-{look}.png"


TAKEN = (
    Picture("home", "/", ".wb-card:last-child >> text=没有错误"),
    Picture("rules", f"/r/{REGION}/rules?name=次手术点数&tab=text", ".cm-activeLine >> text=次手术点数"),
    Picture("examples", f"/r/{REGION}/examples?name=次手术点数", ".ag-row >> nth=0"),
    Picture(
        "examples-wrong",
        f"/r/{REGION}/examples?name=次手术点数&why=分情形|2|次手术点数",
        ".wb-tree > details",
        (".wb-tree .wb-step-inside summary >> nth=0",),
        drafted=True,
    ),
    Picture(
        "compare",
        f"/r/{REGION}/compare?a={SIMULATED}/before&b={SIMULATED}/after&by=机构编码",
        ".wb-bars svg",
        drafted=True,
    ),
    Picture(
        "compare-reasons",
        f"/r/{REGION}/compare?a={SIMULATED}/before&b={SIMULATED}/after&grain=病例&key=202503023",
        ".wb-settle > section:nth-child(2) .wb-tree >> text=次手术比例",
        drafted=True,
    ),
    Picture("simulate", f"/r/{REGION}/simulate?result={SIMULATED}&by=机构编码", ".wb-bars svg", drafted=True),
    Picture(
        "reasons",
        f"/r/{REGION}/simulate?result={SIMULATED}&grain=病例&key=202503023",
        ".wb-settle > section:nth-child(2) .wb-tree >> text=次手术比例",
        drafted=True,
    ),
    Picture(
        "case",
        f"/r/{REGION}/case",
        ".wb-case:has(.wb-chart svg) .wb-from-data >> text=表单里就是",
        (".wb-tree > details:nth-child(2) > summary",),
    ),
)


def pictured(tab: Tab, folder: Path, name: str) -> None:
    """What the browser shows; nothing on it is wider than the window, nothing serious is wrong with it."""
    assert tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    assert tab.serious() == [], name
    tab.page.screenshot(path=str(folder / f"{name}.png"), animations="disabled")


def take(browser: Any, served: Served, picture: Picture, width: int, look: str, file: Path) -> list[str]:
    """Takes one, and tells which texts on it are cut."""
    size = {"width": width, "height": SIZES[width]}
    context = browser.new_context(viewport=size, locale="zh-CN", color_scheme=look)
    tab = Tab(context.new_page(), served)
    tab.enter(picture.path)
    tab.page.locator(picture.awaits).first.wait_for()
    for click in picture.clicks:
        tab.page.locator(click).click()
        tab.page.wait_for_timeout(400)
    tab.page.mouse.move(0, 0)
    tab.page.screenshot(path=file, animations="disabled")
    cut = tab.page.evaluate(CUT)
    context.close()
    assert tab.strange == []
    return [str(text) for text in cut]


CUT = """() => [...document.querySelectorAll('main *')].filter(one => {
    const style = getComputedStyle(one);
    return one.childNodes.length && [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
        && style.overflow !== 'visible' && one.clientWidth > 1 && one.checkVisibility({visibilityProperty: true})
        && one.scrollWidth > one.clientWidth + 1;
}).map(one => one.textContent.trim().slice(0, 60))"""
"""Texts that do not fit where they stand."""


def simulated(folder: Path) -> Path:
    """A share is 40 % in a draft of the demonstration city, and what that does to March was simulated."""
    region = folder / "regions" / REGION
    drafts = Drafts(region)
    drafts.keep(CHAPTER, drafts.on_disk(CHAPTER).replace("{2025-01-01: 50%}", "{2025-01-01: 40%}"), 0)
    simulate(region, "月度预结算", "2025-03", region / "示例数据", folder / SIMULATED)
    return folder


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests import browser

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser.program(), args=["--no-sandbox"])
        place = Path(folder)
        os.environ["CASEMIX_DRAFTS"] = str(place / "drafts")
        only = sys.argv[1:]
        for drafted, regions in ((False, REGIONS), (True, (REGION,))):
            at = copied(place / str(drafted), *regions)
            with serving(simulated(at) if drafted else at, place / f"{drafted}.txt") as served:
                for picture in TAKEN:
                    if picture.drafted == drafted and (not only or picture.name in only):
                        for width in SIZES:
                            for look in LOOKS:
                                file = picture.file(width, look)
                                print(file, take(opened, served, picture, width, look, PICTURES / file))
        opened.close()


if __name__ == "__main__":
    main()
