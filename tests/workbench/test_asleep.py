"""A browser that sleeps longer than the server waits for it opens the page anew, and nothing that was typed is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.workbench.asleep import FILE, PAGE, is_marked_old, opens_anew, sleeps, stands, types
from tests.workbench.served import Served, Tab, drafts_of, serving_apart
from tests.workbench.watched import FORGETS

pytestmark = pytest.mark.slow
KEPT = 2
GONE = "WebSocket is already in CLOSING or CLOSED state."
CUT = "window.socket.io.reconnection(false); window.socket.io.engine.close()"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench that waits two seconds for a browser that is gone, as it does a minute."""
    with serving_apart(tmp_path_factory, "asleep", **{FORGETS: str(KEPT)}) as found:
        yield found


@pytest.fixture
def tab(tab_of: Callable[..., Tab], bench: Served) -> Iterator[Tab]:
    for one in drafts_of(bench).all():
        drafts_of(bench).drop(one.file)
    found = tab_of(bench)
    found.enter(PAGE)
    stands(found)
    yield found
    found.wrong[:] = [one for one in found.wrong if one != GONE]  # what it sent just when it woke


def _draft_ends(served: Served, text: str) -> bool:
    """Within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = drafts_of(served).all()
        if len(found) == 1 and found[0].text.endswith(text):
            return True
        time.sleep(0.2)
    return False


def _shows_at_its_end(tab: Tab, text: str) -> None:
    """The editor has only the lines that it shows in the page: it is taken to the last first."""
    tab.page.locator(".cm-content").click()
    tab.page.keyboard.press("Control+End")
    tab.page.locator(".cm-content").get_by_text(text).wait_for()


def test_a_tab_that_slept_opens_its_page_anew_and_what_was_typed_is_there(tab: Tab, bench: Served) -> None:
    page = tab.page
    types(tab, "# 睡前")
    page.get_by_text("草稿已留在磁盘上").wait_for()
    is_marked_old(tab)
    sleeps(tab, 10)  # the server asks after it (4 s), waits for an answer (2 s), and then for it (2 s)
    opens_anew(tab)
    _shows_at_its_end(tab, "# 睡前")
    types(tab, "，醒后")
    assert _draft_ends(bench, "# 睡前，醒后")


def test_what_was_typed_while_the_connection_was_broken_is_given_back(tab: Tab, bench: Served) -> None:
    page = tab.page
    types(tab, "# 一")
    page.get_by_text("草稿已留在磁盘上").wait_for()
    is_marked_old(tab)
    page.evaluate(CUT)
    page.locator("#popup").get_by_text("正在重新连接").wait_for()
    types(tab, "二")
    page.wait_for_timeout(KEPT * 1000 + 2000)
    assert _draft_ends(bench, "# 一")
    page.evaluate("window.socket.connect()")
    opens_anew(tab)
    page.get_by_text("连接断开的时候写的放回来了").wait_for()
    _shows_at_its_end(tab, "# 一二")
    assert _draft_ends(bench, "# 一二")
    page.reload()
    stands(tab)
    page.wait_for_timeout(1000)
    assert page.get_by_text("放回来了").count() == 0 and _draft_ends(bench, "# 一二")


def test_where_another_window_went_on_meanwhile_the_reader_chooses(tab: Tab, bench: Served) -> None:
    page = tab.page
    is_marked_old(tab)
    page.evaluate(CUT)
    types(tab, "# 这里")
    drafts = drafts_of(bench)
    drafts.keep(FILE, drafts.on_disk(FILE) + "# 那边", 0)
    page.wait_for_timeout(KEPT * 1000 + 2000)
    page.evaluate("window.socket.connect()")
    opens_anew(tab)
    page.get_by_text("这个文件在另一个窗口里改过").wait_for()
    _shows_at_its_end(tab, "# 这里")
    assert _draft_ends(bench, "# 那边")
    page.get_by_role("button", name="用这里的").click()
    assert _draft_ends(bench, "# 这里")


def test_what_is_typed_as_the_page_asks_for_what_was_unsent_stays(tab: Tab, bench: Served) -> None:
    page = tab.page
    types(tab, "# 一")
    page.evaluate("getElement(Number(document.querySelector('.wb-rule-editor').id.slice(1))).rulesUnsent()")
    page.keyboard.type("二三四五六七八", delay=30)  # while the server answers
    assert _draft_ends(bench, "# 一二三四五六七八")
    page.wait_for_timeout(1000)
    assert page.locator(".cm-content").inner_text().endswith("# 一二三四五六七八")
    assert page.get_by_text("这个文件在另一个窗口里改过").count() == 0
    assert page.get_by_text("放回来了").count() == 0
