"""Many people on one workbench: ``python -m tests.workbench.many_sessions --sessions 20 --seconds 300``.

Each has a browser window of their own and does what a person does: opens pages, types a line into a file of rules,
prices a case, looks at the examples, again and again. Afterwards every line that was typed has to be in the drafts, the
server has to have let all pages go, and its memory is told: at the beginning (each page opened once), the most, and at
the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Error, async_playwright

from engine.drafts import Drafts
from tests import browser
from tests.workbench.served import READY, REGION, ROOT, Served, serving
from tests.workbench.watched import FORGETS

FILES = ("字段.yaml", "报表.yaml", "程序.yaml", "第三章 病组和点数.yaml", "第四章 结算.yaml")
"""Each of a region is one person's, so that nobody is told of another."""
COSTS = (("2600", "37.1429"), ("4317.97", "82.7050"), ("22000", "105.0907"))
"""Costs of the case that the page of cases begins with, and its points: 2600 ÷ 7000 × 100, the others as in stories."""
PAUSE = 180
"""Seconds that a step may take on a busy machine."""


@dataclass
class Told:
    """``kept_within``: seconds from the last sign of a line until it is on the disk, at most.
    ``begin``, ``most``, ``end``: MB of the server and its children. ``lost``: lines typed that no draft has.
    """

    sessions: int
    seconds: int
    steps: int = 0
    typed: int = 0
    kept_within: float = 0.0
    begin: int = 0
    most: int = 0
    end: int = 0
    held: str = ""
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    by_minute: list[int] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """Pages that the server still has."""
        return int(re.search(r"pages=(\d+)", self.held)[1])  # type: ignore[index]


@dataclass
class Person:
    """``rests``: seconds that it looks at a page at least. ``lines``: what was typed, in order; it leaves a page once
    that is kept.
    """

    number: int
    region: str
    file: str
    page: Any
    served: Served
    rests: float
    lines: list[str] = field(default_factory=list)
    steps: int = 0
    kept_within: float = 0.0

    @property
    def chance(self) -> random.Random:
        return random.Random(1000 * self.number + self.steps)

    async def live(self, until: float) -> None:
        steps = [self.write, self.price, self.examples, self.home]
        self.chance.shuffle(steps)
        while True:
            for step in steps:
                if time.monotonic() > until and self.lines:
                    return
                try:
                    await step()
                except Error as error:
                    raise AssertionError(f"{self.number}, {step.__name__}: {await self.shown()}") from error
                self.steps += 1
                await asyncio.sleep(self.chance.uniform(1, 2) * self.rests)

    async def shown(self) -> str:
        """What stands on the page, and in its fields."""
        fields = "[...document.querySelectorAll('input')].map(one => one.value).join(' | ')"
        return str(await self.page.evaluate(f"document.querySelector('main.wb-page').innerText + ' ' + {fields}"))

    async def open(self, page: str, query: str = "") -> None:
        await self.page.goto(self.served.address(f"/r/{self.region}/{page}{query}"))
        await self.page.wait_for_selector(".wb-page")
        await self.page.wait_for_selector(".wb-waiting", state="detached")

    async def write(self) -> None:
        await self.open("rules", f"?file={self.file}")
        await self.page.wait_for_function(
            "document.querySelector('.cm-content[aria-label=规则文件]')?.innerText.length > 40"
        )
        await self.page.locator(".cm-content").click()
        await self.page.keyboard.press("Control+End")
        line = f"# {self.number} 号第 {len(self.lines) + 1} 句"
        await self.page.keyboard.press("Enter")
        await self.page.keyboard.type(line, delay=30)
        self.lines.append(line)
        begun = time.monotonic()
        while self.lost() and time.monotonic() < begun + PAUSE:
            await asyncio.sleep(0.2)
        self.kept_within = max(self.kept_within, time.monotonic() - begun)
        await self.page.get_by_text("草稿已留在磁盘上").wait_for()

    async def price(self) -> None:
        await self.open("case")
        cost, points = self.chance.choice(COSTS)
        await self.page.get_by_label("住院总费用 *").fill(cost)
        await self.page.locator(".wb-figures dd", has_text=points).first.wait_for()

    async def examples(self) -> None:
        await self.open("examples")
        await self.page.get_by_text("8 个例子，0 个不符").wait_for()

    async def home(self) -> None:
        await self.page.goto(self.served.address("/"))
        await self.page.wait_for_selector(".wb-waiting", state="detached")
        await self.page.get_by_text("没有错误").first.wait_for()

    def lost(self) -> list[str]:
        """Of what was typed, what the draft has not, in its order."""
        drafts = Drafts(self.served.folder / "regions" / self.region)
        draft = drafts.of(self.file)
        text = draft.text if draft is not None else ""
        wanted = drafts.on_disk(self.file) + "".join(f"\n{line}" for line in self.lines)
        return [] if text == wanted else [line for line in self.lines if line not in text] or [f"{self.file}：次序不同"]


@asynccontextmanager
async def windows(served: Served, people: int, rests: float, wrong: list[str]) -> AsyncIterator[list[Person]]:
    """Windows of a browser, each with cookies of its own, entered by the link."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=browser.program(), args=["--no-sandbox"])
        made = []
        for number in range(people):
            context = await opened.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
            context.set_default_timeout(PAUSE * 1000)
            context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
            context.on("weberror", lambda told: wrong.append(str(told.error)))
            page = await context.new_page()
            await page.goto(served.link)
            await page.wait_for_url(served.base + "/", timeout=READY)
            made.append(Person(number + 1, _region(number), FILES[number % len(FILES)], page, served, rests))
        yield made
        await opened.close()


def _region(number: int) -> str:
    return f"city-{number // len(FILES) + 1}"


async def lived(served: Served, people: int, seconds: int, rests: float, after: float) -> Told:
    """``rests``: see :class:`Person`. ``after``: seconds after the windows are closed until what is held is asked."""
    told = Told(people, seconds)
    async with windows(served, people, rests, told.wrong) as persons:
        for step in ("write", "price", "examples", "home"):
            await getattr(persons[0], step)()
        told.begin = memory(served.process.pid)
        watching = asyncio.create_task(_watched(served, told))
        until = time.monotonic() + seconds
        await asyncio.gather(*(one.live(until) for one in persons))
    await asyncio.sleep(after)
    watching.cancel()
    told.end = memory(served.process.pid)
    told.held = await held(served)
    told.steps = sum(one.steps for one in persons)
    told.typed = sum(len(one.lines) for one in persons)
    told.kept_within = round(max(one.kept_within for one in persons), 1)
    told.lost = [line for one in persons for line in one.lost()]
    said = served.said()
    told.slow = [line for line in said.splitlines() if line.startswith("SLOW")]
    if "Traceback" in said:
        told.wrong.append(said[said.index("Traceback") :][:3000])
    return told


async def _watched(served: Served, told: Told) -> None:
    begun = time.monotonic()
    while True:
        now = memory(served.process.pid)
        told.most = max(told.most, now)
        if (time.monotonic() - begun) // 60 >= len(told.by_minute):
            told.by_minute.append(now)
        await asyncio.sleep(1)


def memory(pid: int) -> int:
    """MB of a process and all below it (Linux)."""
    children = [one for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]
    status = Path(f"/proc/{pid}/status").read_text()
    own = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]
    return own + sum(memory(int(child)) for child in children)


async def held(served: Served) -> str:
    """What the server says of the pages and tasks that it has."""
    before = served.said().count("HELD")
    os.kill(served.process.pid, signal.SIGUSR1)
    for _ in range(200):
        await asyncio.sleep(0.1)
        found = re.findall(r"HELD (.*)", served.said())
        if len(found) > before:
            return str(found[-1])
    raise TimeoutError("the server does not say what it holds")


def cities(folder: Path, people: int) -> Path:
    """A folder with as many copies of the demonstration city as ``people`` need."""
    import shutil

    for name in {_region(number) for number in range(people)}:
        shutil.copytree(ROOT / "regions" / REGION, folder / "regions" / name)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["CASEMIX_DRAFTS"] = f"{name}/drafts"
        os.environ.pop(FORGETS, None)
        folder = cities(Path(name) / "desk", given.sessions)
        with serving(folder, Path(name) / "log.txt") as served:
            told = asyncio.run(lived(served, given.sessions, given.seconds, rests=8, after=80))
    print(json.dumps(told.__dict__, ensure_ascii=False, indent=2))
    raise SystemExit(bool(told.lost or told.wrong or told.pages))


if __name__ == "__main__":
    main()
