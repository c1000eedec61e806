"""The examples of the regions that are open: run when typing pauses for longer, one at a time, between other work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from engine.assist.differing import Differs, differing
from engine.assist.examples import Example, all_examples
from engine.assist.reached import Reached, reaching
from engine.rulebook.book import Book

PAUSE = 2.0
Answer = TypeVar("Answer")


class Ask(Protocol):
    """Does work on the thread that has the sessions."""

    async def __call__(self, work: Callable[[], Answer]) -> Answer: ...


class Examples:
    """``reached``: by folder of the region what its examples reached when they ran last. ``done`` is called with the
    files of which something else is to be told then.
    """

    def __init__(self, ask: Ask, done: Callable[[set[Path]], None]) -> None:
        self.reached: dict[Path, Reached] = {}
        self._differing: dict[Path, list[Differs]] = {}
        self._ask, self._done = ask, done
        self._running: dict[Path, asyncio.Task[None]] = {}

    def stop(self, folder: Path) -> None:
        """The rules are being changed: what runs would tell of what is no more."""
        running = self._running.pop(folder, None)
        if running is not None:
            running.cancel()

    def run_soon(self, folder: Path, book: Callable[[], Book | None]) -> None:
        """After a pause all examples of the region, if ``book`` has rules that can be run."""
        self.stop(folder)
        self._running[folder] = asyncio.create_task(self._run(folder, book))

    def of(self, folder: Path | None, book: Book | None) -> Reached | None:
        """What is known of these very rules."""
        found = self.reached.get(folder) if folder is not None else None
        return found if found is not None and found.book is book else None

    def files(self, folder: Path) -> set[Path]:
        """Those with examples that came out otherwise when they ran last."""
        return {one.path for one in self._differing.get(folder, ())}

    def differing(self, folder: Path, path: Path) -> list[Differs]:
        """What came out of examples of a file otherwise when they ran last."""
        return [one for one in self._differing.get(folder, ()) if one.path == path]

    async def _run(self, folder: Path, wanted: Callable[[], Book | None]) -> None:
        await asyncio.sleep(PAUSE)
        book = wanted()
        if book is None or self.of(folder, book) is not None:
            return
        steps: list[Iterator[Reached]] = []

        def step() -> Reached | None:
            if not steps:
                steps.append(reaching(book))
            return next(steps[0], None)

        found = await self._ask(step)
        while found is not None and not found.whole:
            found = await self._ask(step)
        if found is None:
            return
        ran, before = found, self.files(folder)
        self._differing[folder] = await self._ask(lambda: differing(ran))
        self.reached[folder] = ran
        self._done(before | self.files(folder))


def titles(book: Book, reached: Reached | None) -> dict[str, str]:
    """For each name that examples mention what stands above it: how many there are, and how they came out."""
    by_name: dict[str, list[Example]] = {}
    for names in all_examples(book).values():
        for name, examples in names.items():
            by_name.setdefault(name, []).extend(examples)
    return {name: _title(examples, reached) for name, examples in by_name.items()}


def _title(examples: list[Example], reached: Reached | None) -> str:
    count = f"{len(examples)} 个例子"
    outcomes = [reached.outcome(one.path, one.name) for one in examples] if reached is not None else []
    if not outcomes or any(one is None for one in outcomes):
        return f"{count}，点这里运行"
    wrong = [one.name for one in outcomes if one is not None and not one.passed]
    if not wrong:
        return f"✓ {count}都符合"
    return f"✗ {count}里 {len(wrong)} 个不符：{'、'.join(wrong[:3])}{' …' if len(wrong) > 3 else ''}"
