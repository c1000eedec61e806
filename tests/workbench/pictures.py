"""The pictures of the documentation: ``python -m tests.workbench.pictures`` takes them anew, a test again."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.workbench.served import REGION, ROOT, Served, Tab, copied, serving

PICTURES = ROOT / "docs" / "workbench"
SIZES = {1366: 768, 1920: 1080}
LOOKS = ("light", "dark")
REGIONS = ("jiyuan", "jiyuan-demo", REGION)


@dataclass(frozen=True)
class Picture:
    """A page at an address, with what has to stand on it before it is taken, and what is clicked in order."""

    name: str
    path: str
    awaits: str
    clicks: tuple[str, ...] = ()

    def file(self, width: int, look: str) -> str:
        return f"{self.name}-{width}-{look}.png"


TAKEN = (
    Picture("home", "/", ".wb-card:last-child >> text=没有错误"),
    Picture("rules", f"/r/{REGION}/rules?name=次手术点数&tab=text", ".cm-activeLine >> text=次手术点数"),
    Picture("case", f"/r/{REGION}/case", ".wb-chart svg", (".wb-tree > details:nth-child(2) > summary",)),
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
        && style.overflow !== 'visible' && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
}).map(one => one.textContent.trim().slice(0, 60))"""
"""Texts that do not fit where they stand."""


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests import browser

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser.program(), args=["--no-sandbox"])
        place = Path(folder)
        with serving(copied(place / "place", *REGIONS), place / "log.txt") as served:
            for picture in TAKEN:
                for width in SIZES:
                    for look in LOOKS:
                        file = picture.file(width, look)
                        print(file, take(opened, served, picture, width, look, PICTURES / file))
        opened.close()


if __name__ == "__main__":
    main()
