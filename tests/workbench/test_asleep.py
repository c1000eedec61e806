"""A browser that sleeps longer than the server waits for it opens the page anew, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workbench.served import REGION, Served, Tab, copied, drafts_of, serving
from tests.workbench.watched import FORGETS

pytestmark = pytest.mark.slow
FILE = "第三章 病组和点数.yaml"
PAGE = f"/r/{REGION}/rules?file={FILE}"
KEPT = 2
CUT = "window.socket.io.reconnection(false); window.socket.io.engine.close()"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workbench that waits two seconds for a browser that is gone, as it does a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMIX_DRAFTS", str(tmp_path_factory.mktemp("drafts")))
        patch.setenv(FORGETS, str(KEPT))
        folder = copied(tmp_path_factory.mktemp("asleep"), REGION)
        with serving(folder, tmp_path_factory.mktemp("log") / "log.txt") as found:
            yield found
            assert "Traceback" not in found.said(), found.said()[-6000:]


@pytest.fixture
def tab(tab_of: Callable[..., Tab], bench: Served) -> Tab:
    for one in drafts_of(bench).all():
        drafts_of(bench).drop(one.file)
    found = tab_of(bench)
    found.enter(PAGE)
    _stands(found.page)
    return found


def _stands(page: Any) -> None:
    page.wait_for_function("document.querySelector('.cm-content[aria-label=规则文件]')?.innerText.length > 40")


def _typed(page: Any, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def _draft(served: Served) -> str:
    (draft,) = drafts_of(served).all()
    return draft.text


def _was_forgotten(page: Any) -> None:
    """The browser came back, and the page was opened anew."""
    page.wait_for_function("!window.casemixIsOld && window.did_handshake")
    _stands(page)


def test_a_tab_that_slept_opens_its_page_anew_and_what_was_typed_is_there(tab: Tab, bench: Served) -> None:
    page = tab.page
    _typed(page, "# 睡前")
    page.get_by_text("草稿已留在磁盘上").wait_for()
    page.evaluate("window.casemixIsOld = true")
    session = page.context.new_cdp_session(page)
    session.send("Debugger.enable")
    session.send("Debugger.pause")  # nothing of the page runs any more
    page.wait_for_timeout(10_000)  # the server asks after it (4 s), waits for an answer (2 s), and then for it (2 s)
    session.send("Debugger.resume")
    session.detach()
    _was_forgotten(page)
    page.get_by_text("# 睡前").wait_for()
    _typed(page, "，醒后")
    page.wait_for_timeout(1000)
    assert _draft(bench).endswith("# 睡前，醒后")


def test_what_was_typed_while_the_connection_was_broken_is_given_back(tab: Tab, bench: Served) -> None:
    page = tab.page
    _typed(page, "# 一")
    page.get_by_text("草稿已留在磁盘上").wait_for()
    page.evaluate("window.casemixIsOld = true")
    page.evaluate(CUT)
    page.locator("#popup").get_by_text("正在重新连接").wait_for()
    _typed(page, "二")
    page.wait_for_timeout(KEPT * 1000 + 1500)
    assert _draft(bench).endswith("# 一")
    page.evaluate("window.socket.connect()")
    _was_forgotten(page)
    page.get_by_text("连接断开的时候写的放回来了").wait_for()
    page.get_by_text("# 一二").wait_for()
    assert _draft(bench).endswith("# 一二")
    page.reload()
    _stands(page)
    page.wait_for_timeout(1000)
    assert page.get_by_text("放回来了").count() == 0 and _draft(bench).endswith("# 一二")


def test_where_another_window_went_on_meanwhile_the_reader_chooses(tab: Tab, bench: Served) -> None:
    page = tab.page
    page.evaluate("window.casemixIsOld = true")
    page.evaluate(CUT)
    _typed(page, "# 这里")
    drafts = drafts_of(bench)
    drafts.keep(FILE, drafts.on_disk(FILE) + "# 那边", 0)
    page.wait_for_timeout(KEPT * 1000 + 1500)
    page.evaluate("window.socket.connect()")
    _was_forgotten(page)
    page.get_by_text("这个文件在另一个窗口里改过").wait_for()
    page.get_by_text("# 这里").wait_for()
    assert _draft(bench).endswith("# 那边")
    page.get_by_role("button", name="用这里的").click()
    page.wait_for_timeout(1000)
    assert _draft(bench).endswith("# 这里")
