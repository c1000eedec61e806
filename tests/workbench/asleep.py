"""A browser's tab that sleeps: ``python -m tests.workbench.asleep --seconds 660`` types, sleeps, wakes and types on."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from tests import browser
from tests.workbench.served import REGION, Tab, copied, drafts_of, serving
from tests.workbench.watched import FORGETS

FILE = "第三章 病组和点数.yaml"
PAGE = f"/r/{REGION}/rules?file={FILE}"


def stands(tab: Tab) -> None:
    """The editor has the text and knows the rules."""
    tab.page.wait_for_function("document.querySelector('.cm-content[aria-label=规则文件]')?.innerText.length > 40")


def types(tab: Tab, text: str) -> None:
    """At the end of the file."""
    tab.page.locator(".cm-content").click()
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.type(text)


def is_marked_old(tab: Tab) -> None:
    """So that :func:`opens_anew` knows this page from the one after it."""
    tab.page.evaluate("window.casemixIsOld = true")


def opens_anew(tab: Tab) -> None:
    """The server had let the page go: it is another now."""
    tab.page.wait_for_function("!window.casemixIsOld && window.did_handshake")
    stands(tab)


def sleeps(tab: Tab, seconds: float) -> None:
    """Nothing of the page runs for so long: no timer, no answer to the server that asks whether it is there."""
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")
    tab.page.wait_for_timeout(seconds * 1000)
    session.send("Debugger.resume")
    session.detach()


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=3600)
    seconds = parser.parse_args().seconds
    os.environ.pop(FORGETS, None)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        os.environ["CASEMIX_DRAFTS"] = f"{name}/drafts"
        opened = playwright.chromium.launch(executable_path=browser.program(), args=["--no-sandbox"])
        with serving(copied(Path(name) / "desk", REGION), Path(name) / "log.txt") as served:
            tab = Tab(opened.new_context(locale="zh-CN").new_page(), served)
            tab.page.set_default_timeout(120_000)
            tab.enter(PAGE)
            stands(tab)
            types(tab, "# 睡前")
            tab.page.get_by_text("草稿已留在磁盘上").wait_for()
            is_marked_old(tab)
            begun = time.monotonic()
            sleeps(tab, seconds)
            woken = time.monotonic()
            opens_anew(tab)
            print(f"slept {woken - begun:.0f} s, stood again after {time.monotonic() - woken:.1f} s")
            types(tab, "，醒后")
            tab.page.wait_for_timeout(5000)
            (draft,) = drafts_of(served).all()
            print("the draft ends with", draft.text[-7:])
            opened.close()
            print("Traceback" in served.said() and served.said())
            assert draft.text.endswith("# 睡前，醒后")


if __name__ == "__main__":
    main()
