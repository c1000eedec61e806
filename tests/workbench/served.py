"""A workbench in a process of its own, and a browser's page that lets nothing pass that it should not."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.drafts import Drafts

ROOT = Path(__file__).parents[2]
REGION = "yunxi-demo"
READY = 60_000
"""Milliseconds that anything on a page may take on a busy machine."""


def copied(to: Path, *regions: str) -> Path:
    """A folder to work in, with regions of its own that a test may change."""
    for name in regions:
        shutil.copytree(ROOT / "regions" / name, to / "regions" / name)
    return to


def drafts_of(served: Served, region: str = REGION) -> Drafts:
    """What was typed into a region's files and not saved."""
    return Drafts(served.folder / "regions" / region)


@dataclass
class Served:
    """``link``: with the token. ``base``: without. ``log``: what the process said. ``drafts``: where its drafts are."""

    folder: Path
    link: str
    process: subprocess.Popen[bytes]
    log: Path
    drafts: Path | None = None

    @property
    def base(self) -> str:
        return self.link.partition("/enter")[0]

    @property
    def token(self) -> str:
        return re.search(r"token=([^&]+)", self.link)[1]  # type: ignore[index]

    def address(self, path: str) -> str:
        return self.base + path

    def said(self) -> str:
        return self.log.read_text("utf-8")

    def asked(
        self, path: str, data: bytes | None = None, headers: dict[str, str] | None = None, method: str | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a request that a program makes; it follows nothing."""
        request = urllib.request.Request(self.base + path, data, headers or {}, method=method)
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays)


@contextmanager
def serving(folder: Path, log: Path, *options: str) -> Iterator[Served]:
    """Begins a workbench and ends it; what it was slow with fails the test."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.workbench.watched", str(folder), "--no-browser", *options],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=os.environ | {"CASEMIX_JOBS": str(folder.parent / f"{folder.name}-jobs")},
        )  # fmt: skip
    try:
        until = time.monotonic() + 60
        found = None
        while found is None and time.monotonic() < until and process.poll() is None:
            found = re.search(r"http://\S+", log.read_text("utf-8"))
            time.sleep(0.05)
        assert found is not None, log.read_text("utf-8")
        yield Served(folder, found[0], process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def held(served: Served) -> Iterator[None]:
    """The workbench stands still: whoever is quick goes on meanwhile on a page that was not answered."""
    served.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        served.process.send_signal(signal.SIGCONT)


def one_city(folder: Path) -> Path:
    """The folder with the demonstration city in it."""
    return copied(folder, REGION)


@contextmanager
def serving_apart(
    made: pytest.TempPathFactory,
    name: str,
    fill: Callable[[Path], object] = one_city,
    never: tuple[str, ...] = ("Traceback",),
    **environment: str,
) -> Iterator[Served]:
    """A workbench of its own with drafts of its own, for tests that write. ``never``: what its log may not say."""
    folder, drafts = made.mktemp(name), made.mktemp("drafts")
    with pytest.MonkeyPatch.context() as patch:
        for variable, text in ({"CASEMIX_DRAFTS": str(drafts)} | environment).items():
            patch.setenv(variable, text)
        fill(folder)
        with serving(folder, made.mktemp("log") / "log.txt") as found:
            found.drafts = drafts
            yield found
            said = found.said()
            assert not [word for word in never if word in said], said[-6000:]


def comes_to(look: Callable[[], object], wanted: object) -> None:
    """What is looked at is as it should be, at once or in a while: what was typed is on its way to the disk."""
    until = time.monotonic() + READY / 1000
    while (found := look()) != wanted and time.monotonic() < until:
        time.sleep(0.1)
    assert found == wanted, f"{found}\n\nis not\n\n{wanted}"


def undo(page: Any, shown: str) -> None:
    """Undoes what was saved last, once its difference says ``shown``."""
    page.get_by_role("button", name="撤销上次存的…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(shown).first.wait_for()
    dialog.get_by_role("button", name=re.compile("撤销这")).click()
    page.get_by_text("撤销了").first.wait_for()


SOCKET = "a socket to "
SOCKETS = f"""window.WebSocket = new Proxy(window.WebSocket, {{construct(socket, given) {{
    console.debug("{SOCKET}" + new URL(given[0], location.href));
    return new socket(...given);
}}}});"""
"""Playwright tells of a socket only once it is connected."""


@dataclass
class Tab:
    """A page of the browser. ``strange``: requests that did not go to the workbench; ``wrong``: errors it told."""

    page: Any
    served: Served
    strange: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Every page of the browser's window is watched, those that it opens too."""
        context = self.page.context
        context.set_default_timeout(READY)
        context.add_init_script(SOCKETS)
        context.on("request", lambda request: self._request(request.url))
        context.on("console", lambda said: self._said(said.type, said.text))
        context.on("weberror", lambda told: self.wrong.append(str(told.error)))

    def _said(self, kind: str, text: str) -> None:
        if text.startswith(SOCKET):
            self._request(text.removeprefix(SOCKET))
        elif kind == "error":
            self.wrong.append(text)

    def _request(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
            self.strange.append(url)

    def open(self, path: str = "/") -> None:
        """The page at ``path``, once it stands."""
        self.page.goto(self.served.address(path))
        self.stands()

    def stands(self) -> None:
        self.page.wait_for_selector("main")
        self.page.wait_for_selector(".wb-waiting", state="detached")

    def enter(self, path: str = "/") -> None:
        """By the printed link, as a person does; to another page than the first, without looking at the first."""
        if path != "/":
            self.let_in()
            self.open(path)
            return
        self.page.goto(self.served.link)
        self.page.wait_for_url(self.served.base + "/")
        self.stands()

    def let_in(self) -> None:
        """The browser has the cookie that the printed link gives, and shows nothing yet."""
        assert self.page.context.request.get(self.served.link).ok

    @contextmanager
    def pressing(self, target: Any) -> Iterator[None]:
        """The button of the mouse goes down on ``target``, and up again at the same place once all else is done."""
        target.scroll_into_view_if_needed()
        place = target.bounding_box()
        self.page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        self.page.mouse.down()
        yield
        self.page.mouse.up()

    def composed(self, text: str) -> None:
        """Types Chinese as an input method does: sign after sign as a composition, then the whole."""
        session = self.page.context.new_cdp_session(self.page)
        for end in range(1, len(text) + 1):
            shown = text[:end]
            session.send("Input.imeSetComposition", {"text": shown, "selectionStart": end, "selectionEnd": end})
        session.send("Input.insertText", {"text": text})
        session.detach()

    def serious(self, within: str | None = None) -> list[str]:
        """What axe finds that is serious or worse, once what comes and goes has come or gone. ``within``: a part of the
        page, such as a dialog; axe misreads colours of what lies below one.
        """
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_function("!document.querySelector('[class*=-enter-active], [class*=-leave-active]')")
        # Axe takes the shade behind a dialog, whose z-index is negative, to lie over the dialog's buttons.
        self.page.evaluate(
            "document.querySelectorAll('.q-dialog__backdrop').forEach((one) => (one.style.display = 'none'))"
        )
        found = Axe().run(self.page, within).response["violations"]
        return [
            f"{one['id']}: {one['help']}: {node['html'][:200]}: {node['failureSummary']}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
